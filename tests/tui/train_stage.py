"""What the tests of the Train mode share: run folders, real trainings, and the app opened in it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from textual.pilot import Pilot
from textual.screen import Screen

from rnntui.engine.parts import Facts
from rnntui.recipes.catalog import to_toml
from rnntui.recipes.schema import Recipe, TextRecipe
from rnntui.runs import history, predictions, samples
from rnntui.runs.folder import RunFolder
from rnntui.runs.history import Evaluation
from rnntui.runs.predictions import Predictions
from rnntui.tui.app import Launch, RnntuiApp
from rnntui.tui.train.screen import TrainScreen
from tests.conftest import command
from tests.scripted.engine import ScriptedEngine, Step

TINY = ("--hidden=6", "--layers=1", "--dropout=0", "--output-dropout=0", "--batch-size=4",
        "--seq-len=16", "--threads=1", "--precision=fp32", "--sample-length=20",
        "--early-stop=0", "--sample-every=1")  # fmt: skip
"""Options of a training that takes a second."""
FOR_EVER = "--epochs=100000"
PATIENCE = 90
"""Seconds after which a test gives up: on a busy machine PyTorch alone takes ten to load."""


def line(epoch: float, **changed: Any) -> Evaluation:
    """An evaluation that looks like one."""
    given = {
        "step": round(epoch * 100), "epoch": epoch, "seconds": epoch * 10, "lr": 0.003,
        "train_loss": 1.0 + 2 / (epoch + 1), "val_loss": 1.1 + 2 / (epoch + 1),
        "grad_norm": 0.5, "grad_norm_clipped": 0.4, "symbols_per_second": 5000.0,
    }  # fmt: skip
    return Evaluation(**{**given, **changed})


def write_run(
    folder: Path, epochs: int = 3, *, finished: bool = True, recipe: Recipe | None = None
) -> RunFolder:
    """Write a run folder as a training leaves it, without its weights."""
    run = RunFolder(folder)
    run.state.mkdir(parents=True)
    run.recipe.write_text(to_toml(recipe or TextRecipe(epochs=epochs)), "utf-8")
    for epoch in range(1, epochs + 1):
        history.append(run.history, line(epoch))
        texts = {0.5: f"cool words of epoch {epoch}", 1.0: f"hot words of epoch {epoch}"}
        samples.append(run.samples, samples.section(epoch, epoch * 100, 1, texts))
    state: dict[str, Any] = {"step": epochs * 100, "epoch": epochs, "finished": finished}
    state["best_loss"] = line(epochs).val_loss
    (run.state / "state.json").write_bytes(msgspec.json.encode(state))
    return run


def write_predictions(run: RunFolder, epoch: int) -> Predictions:
    """Write what a forecaster's training shows, and nothing that was drawn by letters."""
    run.path.mkdir(parents=True, exist_ok=True)
    came, said = (1.0, 2.0, 3.0, 2.0), (1.1, 1.9, 2.5, 2.1)
    shown = Predictions(epoch * 100, epoch, 40, "", "", (0.1, 0.9), came, said, said, came)
    predictions.write(run.path / predictions.PREDICTIONS, shown)
    run.samples.write_text(predictions.section(shown), "utf-8")
    return shown


def lock(run: RunFolder, pid: int, host: str = "", began: str = "") -> None:
    """Let a process hold a run."""
    owner = {"pid": pid, "host": host or socket.gethostname(), "began": began}
    run.lock.write_bytes(msgspec.json.encode(owner))


def text_file(folder: Path) -> Path:
    """Write a text that a tiny network reads in no time."""
    file = folder / "rhyme.txt"
    file.write_text("the cat sat on the mat, and the rat ran from the cat.\n" * 60, "utf-8")
    return file


class Training:
    """A real training in a process of its own."""

    def __init__(self, *arguments: str | Path) -> None:
        self.process = subprocess.Popen(
            command("train", "text", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def end(self) -> None:
        """Kill it, if it still goes on."""
        self.process.kill()
        self.process.wait()


def end_trainings(home: Path) -> None:
    """Kill every training that still goes on under a home, such as those the app has begun."""
    for path in home.glob("data/runs/*/lock"):
        try:
            pid = msgspec.json.decode(path.read_bytes())["pid"]
            if pid != os.getpid() and b"rnntui" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
        except (OSError, msgspec.MsgspecError):
            continue


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something is so, outside the app."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


class LoadingEngine(ScriptedEngine):
    """A scripted engine that remembers which models were asked for."""

    def __init__(self, *scripts: Sequence[Step]) -> None:
        super().__init__(*scripts)
        self.loaded: list[str] = []

    async def load(self, model: str) -> Facts:
        """Note the model."""
        self.loaded.append(model)
        return await super().load(model)


class TrainStage:
    """The app in its Train mode."""

    def __init__(self, pilot: Pilot[Any], app: RnntuiApp, engine: LoadingEngine) -> None:
        self.pilot, self.app, self.engine = pilot, app, engine

    @property
    def screen(self) -> TrainScreen:
        """The mode's own screen."""
        found = next(s for s in self.app.screen_stack if isinstance(s, TrainScreen))
        assert isinstance(found, TrainScreen)
        return found

    @property
    def shown(self) -> str:
        """All that stands on the terminal, line by line."""
        screen: Screen[Any] = self.app.screen
        return "\n".join(strip.text for strip in screen._compositor.render_strips())

    @property
    def notice(self) -> str:
        """The notice of the screen on top, "" while hidden."""
        notice = self.app.screen.query_one("Notice")
        return str(notice.render()) if notice.display else ""

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.pilot.press(*(_KEYS.get(character, character) for character in text))

    async def until(self, *parts: str | Callable[[], object]) -> None:
        """Wait until all of these texts stand on the screen, or these things are so."""
        end = time.monotonic() + PATIENCE
        while not all(part in self.shown if isinstance(part, str) else part() for part in parts):
            assert time.monotonic() < end, f"{parts} never came:\n{self.shown}"
            await self.pilot.pause(0.05)

    async def choose(self, name: str) -> None:
        """Put the highlight on a run."""
        runs = self.screen.runs
        await self.until(lambda: name in [each.name for each in runs.summaries])
        folder = next(each.folder.path for each in runs.summaries if each.name == name)
        runs.choose(folder)
        watched = self.screen
        await self.until(lambda: watched.pane.run and watched.pane.run.summary.name == name)


_KEYS = {" ": "space", "/": "slash", ".": "full_stop", "-": "minus", "_": "underscore"}

Scene = Callable[[TrainStage], Awaitable[None]]


def play(scene: Scene, size: tuple[int, int] = (120, 34)) -> None:
    """Open the app in its Train mode, play a scene, and close it."""

    async def whole() -> None:
        engine = LoadingEngine(["It writes. "], ["And more. "])
        app = RnntuiApp(Launch(mode="train"), engine=engine)
        async with app.run_test(size=size) as pilot:
            await scene(TrainStage(pilot, app, engine))

    asyncio.run(whole())


def copy_run(source: Path, home: Path, name: str) -> RunFolder:
    """Put a copy of a run into the library."""
    folder = home / "data" / "runs" / name
    shutil.copytree(source, folder)
    return RunFolder(folder)
