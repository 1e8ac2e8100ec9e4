"""What may go wrong on either side of the pipe, and that nothing is lost by it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rnntui
from rnntui.engine.child import OWN, Death
from rnntui.engine.client import Engine, EngineError
from rnntui.engine.parts import Settings
from rnntui.engine.protocol import PROTOCOL, Error, Finished, Frame
from tests.conftest import MakeModel, Rnntui, command
from tests.engine.conftest import Play
from tests.engine.helpers import engine_with, events_of, text_of


class Bare:
    """An engine spoken to by hand."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(OWN, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def say(self, line: bytes | dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(line if isinstance(line, bytes) else json.dumps(line).encode())
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())


@pytest.fixture
def bare(home: Path) -> Iterator[Bare]:
    engine = Bare()
    yield engine
    engine.process.kill()
    engine.process.wait()
    for stream in (engine.process.stdin, engine.process.stdout):
        assert stream
        with contextlib.suppress(BrokenPipeError):
            stream.close()


def test_the_engine_survives_every_line_that_is_no_request(bare: Bare):
    bare.say({"type": "hello", "request": 1, "version": PROTOCOL})
    assert bare.hear()["type"] == "ready"
    nonsense = [
        b"", b"hello?", b"\x00\xff\xfe", b"null", b'{"type":"fly"}', b"[" * 100_000,
        b'{"type":"stop"}', b'"' + b"x" * 3_000_000 + b'"',
        b'{"type":"load","request":9,"model":5}',
    ]  # fmt: skip
    for line in nonsense:
        bare.say(line)
        answer = bare.hear()
        assert answer["type"] == "error" and "cannot read" in answer["what"]
        assert len(answer["what"]) < 400
    assert answer["request"] == 9
    bare.say(b"x" * ((64 << 20) + 1))
    assert "64 MiB" in bare.hear()["what"]
    bare.say({"type": "generate", "run": 4, "model": "m", "seed": -3})
    assert [bare.hear()["type"], bare.hear()["type"]] == ["error", "finished"]
    for request in ("stop", "pause", "resume", "credit"):
        bare.say({"type": request, "run": 77})
    bare.say({"type": "steer", "run": 77, "settings": {}})
    bare.say({"type": "ping", "request": 10})
    assert bare.hear() == {"type": "pong", "request": 10}


def test_another_version_of_the_protocol_is_refused_with_what_to_do(bare: Bare):
    bare.say({"type": "hello", "request": 1, "version": PROTOCOL + 1})
    answer = bare.hear()
    assert answer["type"] == "error" and answer["request"] == 1
    assert answer["fix"] == "install the same rnntui on both sides"


def test_the_engine_ends_with_its_input_in_mid_run_and_ignores_ctrl_c(
    bare: Bare, make_model: MakeModel
):
    make_model()
    bare.say({"type": "generate", "run": 1, "model": "tiny", "credit": 64})
    assert bare.hear()["type"] == "started"
    bare.process.send_signal(signal.SIGINT)
    for _ in range(5):
        assert bare.hear()["type"] == "frame"
    assert bare.process.stdin
    bare.process.stdin.close()  # nobody reads its output any more, either
    assert bare.process.wait(15) == 0


def test_an_engine_without_work_uses_no_processor(bare: Bare, make_model: MakeModel):
    make_model()
    bare.say({"type": "generate", "run": 1, "model": "tiny", "credit": 2})
    assert [bare.hear()["type"] for _ in range(3)] == ["started", "frame", "frame"]

    def ticks() -> int:
        fields = Path(f"/proc/{bare.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    if not Path("/proc/self/stat").exists():
        pytest.skip("needs /proc")
    before = ticks()
    time.sleep(0.6)
    assert ticks() - before <= 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs POSIX")
def test_the_engine_ends_when_its_parent_is_killed(home: Path, make_model: MakeModel):
    make_model()
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _runs(pid)
    parent.stdout.close()


_PARENT = """
import asyncio
from rnntui.engine.client import Engine
from rnntui.engine.parts import (Settings)
async def main():
    engine = Engine()
    ready = await engine.start()
    async for event in engine.generate("tiny", "", Settings()):
        if getattr(event, "seq", 0) == 3:
            print(ready.pid, flush=True)
asyncio.run(main())
"""


def _runs(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc").exists()


def test_a_killed_engine_is_reported_and_after_a_restart_the_text_goes_on(
    play: Play, make_model: MakeModel
):
    make_model()
    deaths: list[Death] = []

    async def scene(engine: Engine) -> tuple[str, list[object], str, bool]:
        first = await engine.start()
        run = engine.generate("tiny", "Once", Settings())
        text = await text_of(run, frames=5)
        waiting = asyncio.create_task(engine.complete("tiny", "slow " * 90))
        await asyncio.sleep(0)
        os.kill(first.pid, signal.SIGKILL)
        rest = await events_of(run)
        text += "".join(e.text for e in rest if isinstance(e, Frame))
        await asyncio.gather(waiting, return_exceptions=True)
        assert deaths and engine.death is deaths[0] and not engine.alive
        with pytest.raises(EngineError, match="not running"):
            await engine.load("tiny")
        dead = await events_of(engine.generate("tiny", "x", Settings(length=5)))
        assert [type(e) for e in dead] == [Error, Finished]
        second = await engine.restart()
        assert second.pid != first.pid and engine.death is None
        on = engine.generate("tiny", "Once" + text, Settings(length=40), after=run.place, seed=8)
        return text, rest, await text_of(on), engine.alive

    text, rest, on, alive = play(scene, start=False, on_death=deaths.append)
    assert alive and len(deaths) == 1 and deaths[0].code == -signal.SIGKILL
    assert isinstance(rest[-1], Finished) and rest[-1].why == "error"
    assert isinstance(rest[-2], Error) and rest[-2].what == "the engine was killed by SIGKILL"
    assert on == "".join(rnntui.load("tiny").generate("Once" + text, 40, seed=8))


def test_a_hung_engine_is_noticed_and_ended(play: Play, make_model: MakeModel):
    make_model()
    deaths: list[Death] = []

    async def scene(engine: Engine) -> tuple[list[object], int]:
        ready = await engine.start()
        run = engine.generate("tiny", "", Settings())
        await text_of(run, frames=2)
        os.kill(ready.pid, signal.SIGSTOP)
        return await events_of(run), ready.pid

    rest, pid = play(scene, start=False, on_death=deaths.append, hung_after=1.0)
    assert rest[-2].what == "the engine no longer answered and was ended"
    assert [death.why for death in deaths] == ["hung"]
    assert not _runs(pid)


def test_an_idle_engine_that_is_well_is_not_taken_for_hung(play: Play, make_model: MakeModel):
    async def scene(engine: Engine) -> bool:
        await asyncio.sleep(2.2)
        return engine.alive

    assert play(scene, hung_after=1.6)


def test_closing_takes_no_time_even_while_it_writes_or_hangs(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> list[float]:
        taken = []
        for stop in (False, True):
            ready = await engine.start()
            run = engine.generate("tiny", "", Settings())
            await text_of(run, frames=3)
            if stop:
                os.kill(ready.pid, signal.SIGSTOP)
            begun = time.perf_counter()
            await engine.close()
            taken.append(time.perf_counter() - begun)
            assert not _runs(ready.pid)
            assert isinstance((await events_of(run))[-1], Finished)
        return taken

    # Far below the seconds a hung engine would be waited for; the budget is `bench_app`'s to hold.
    assert max(play(scene, start=False)) < 4


def test_a_shell_command_stands_for_an_engine_elsewhere(play: Play, make_model: MakeModel):
    make_model()
    own = " ".join(OWN)

    async def scene(engine: Engine) -> str:
        return await text_of(engine.generate("tiny", "x", Settings(length=50), seed=2))

    # As ssh does, it may greet with a banner before the program speaks.
    command = f"echo 'Welcome to gpubox'; echo 'last login' >&2; {own}"
    expected = "".join(rnntui.load("tiny").generate("x", 50, seed=2))
    assert play(scene, command=command) == expected


@pytest.mark.parametrize(
    ("shell", "said"),
    [
        ("echo 'ssh: Could not resolve hostname gpubox' >&2; exit 255", "gpubox"),
        ("echo nonsense", "nonsense"),
        ("no-such-program-anywhere", "not found"),
        ("yes nonsense", "nonsense"),
        ("cat /dev/zero | tr '\\0' '\\n'", "says nothing but"),
    ],
)
def test_an_engine_that_does_not_start_says_why(play: Play, shell: str, said: str):
    deaths: list[Death] = []

    async def scene(engine: Engine) -> Death | None:
        with pytest.raises(EngineError, match=f"does not start: .*{said}"):
            await engine.start()
        assert not deaths  # told once, by the exception
        return engine.death

    death = play(scene, command=shell, start=False, on_death=deaths.append)
    assert death.code is not None and (said in " ".join(death.last) or said in death.what)


def test_what_a_library_prints_goes_to_the_log_and_not_into_the_protocol(
    play: Play, make_model: MakeModel, home: Path
):
    make_model()
    noise = (
        "import os, rnntui.inference.loading as m; old = m.load; "
        'm.load = lambda x: (print("a library speaks", flush=True), os.write(1, b"raw noise\\n"), '
        'os.system("echo a child speaks"), old(x))[-1]'
    )

    async def scene(engine: Engine) -> str:
        return await text_of(engine.generate("tiny", "x", Settings(length=50), seed=2))

    assert len(play(scene, command=engine_with(noise))) == 50
    log = (home / "state" / "logs" / "engine.log").read_text()
    assert {"a library speaks", "raw noise", "a child speaks"} <= set(log.splitlines())


def test_a_bug_of_ours_is_an_error_with_its_traceback_in_the_log(
    play: Play, make_model: MakeModel, home: Path
):
    make_model()
    bug = (
        "import rnntui.inference.loading as m; old = m.load; "
        'm.load = lambda x: 1 / 0 if x.name == "bad" else old(x)'
    )
    make_model("bad")

    async def scene(engine: Engine) -> tuple[list[object], str]:
        with pytest.raises(EngineError, match="internal error: ZeroDivisionError"):
            await engine.load("bad")
        failed = await events_of(engine.generate("bad", "x", Settings()))
        return failed, await text_of(engine.generate("tiny", "x", Settings(length=5)))

    failed, text = play(scene, command=engine_with(bug))
    assert [type(e) for e in failed] == [Error, Finished] and len(text) == 5
    assert "engine.log" in failed[0].fix
    assert "Traceback" in (home / "state" / "logs" / "engine.log").read_text()


def test_models_that_cannot_be_loaded_say_why_and_one_in_memory_needs_no_folder(
    play: Play, make_model: MakeModel, home: Path
):
    folder = make_model()
    cut = make_model("cut")
    (cut / "model.safetensors").write_bytes(b"\x00" * 40)

    async def scene(engine: Engine) -> tuple[list[object], str]:
        with pytest.raises(EngineError, match="no model 'tyni' here; did you mean tiny"):
            await engine.load("tyni")
        with pytest.raises(EngineError) as damaged:
            await engine.load("cut")
        assert damaged.value.what and damaged.value.fix
        failed = await events_of(engine.generate("\udcff/../x", "\ud800", Settings()))
        await engine.load("tiny")
        shutil.rmtree(folder)
        return failed, await text_of(engine.generate("tiny", "x", Settings(length=5)))

    failed, text = play(scene)
    assert [type(e) for e in failed] == [Error, Finished] and len(text) == 5


def test_lines_far_beyond_a_pipes_buffer_pass_both_ways(play: Play, make_model: MakeModel):
    big = "\x00" * 40_000  # six bytes each on the wire
    config = make_model("big") / "config.json"
    document = json.loads(config.read_text())
    document["metrics"] = {"story": big}
    config.write_text(json.dumps(document))

    async def scene(engine: Engine) -> str:
        await engine.unload(big)
        return (await engine.load("big")).metrics["story"]

    assert play(scene) == big


def test_the_command_line_starts_an_engine_for_a_program(rnntui: Rnntui):
    done = rnntui("engine", stdin=b'{"type":"ping","request":3}\n')
    assert json.loads(done.stdout) == {"type": "pong", "request": 3}


def test_the_command_line_tells_a_person_what_the_engine_is(home: Path):
    pty = pytest.importorskip("pty")
    near, far = pty.openpty()
    done = subprocess.run(command("engine"), stdin=far, capture_output=True, text=True, timeout=30)
    os.close(near)
    os.close(far)
    assert done.returncode == 2
    assert done.stderr == "error: the engine talks to the app, not to people; start `rnntui`\n"
