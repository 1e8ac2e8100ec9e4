"""How far back the gradients of some runs reach, as `rnntui gradients` measures it in a process."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar

import msgspec
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from rnntui.display import one_line
from rnntui.errors import RnntuiError, RunError
from rnntui.runs.folder import RunFolder
from rnntui.tui.train.canvas import Line, Series
from rnntui.tui.train.curves import Curve, Curves, Plot
from rnntui.tui.train.processes import COMMAND
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice

_LEAST = 36
"""Columns of a plot."""
_WIDE = 108
"""Columns of the whole table."""
_FLOOR = 1e-9
"""Shares of the gradient that are less are rounding."""
_LINES: dict[str, Line] = {"trained": "solid", "fresh": "dashed"}
_NOTHING = -900.0

READING = (
    "Each curve is the size of the loss's gradient with respect to the state so many steps back, "
    "as a share of that at the last step: a straight fall loses the same factor at every step, and "
    "what lies further back than the curve reaches cannot teach the network. A recurrent matrix "
    "whose largest |eigenvalue| is below 1 has powers that shrink and the gradient with them; "
    "above 1 they grow, and gates or saturation must keep the gradient from exploding."
)


class Matrix(msgspec.Struct, frozen=True):
    """A recurrent matrix, as `rnntui gradients --json` tells it."""

    layer: int
    direction: str
    gate: str
    radius: float
    powers: list[float]
    """log10 of the norms of its powers."""


class Measured(msgspec.Struct, frozen=True):
    """A network, trained or fresh, as `rnntui gradients --json` tells it."""

    name: str
    weights: str
    cell: str
    reach: int
    """The largest distance that keeps a hundredth of the gradient."""
    powers: list[int]
    """The exponents."""
    state: list[float]
    matrices: list[Matrix]


_MEASURED = msgspec.json.Decoder(list[Measured])


class GradientsScreen(Screen[None]):
    """Measures, then shows a plot for each run, side by side, and the matrices in a table.

    Args:
        folders: the runs', or models'.
    """

    HELP = f"# Gradients\n\n{READING}\n"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back", id="gradients.back"),
        Binding("down,j", "scroll(1)", "more", key_display="↓", id="gradients.down"),
        Binding("up,k", "scroll(-1)", "back up", show=False, id="gradients.up"),
    ]

    DEFAULT_CSS = """
    GradientsScreen {
        #page { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
        #reading { height: auto; color: $text-muted; margin-bottom: 1; }
        #plots { layout: grid; height: auto; grid-rows: 14; grid-gutter: 0 1; }
        #plots Curves { height: 14; }
        #table { width: auto; margin-top: 1; }
    }
    """

    def __init__(self, folders: Sequence[RunFolder]) -> None:
        super().__init__()
        self.folders = list(folders)
        self.pairs: list[list[Measured]] = []
        """What is measured of each run so far: trained, and fresh."""
        self._process: Process | None = None
        self.notice = Notice()
        self.plots = [Curves() for _ in self.folders]
        self.table = Static("", id="table", markup=False)

    def compose(self) -> ComposeResult:
        """How to read it, the plots, the table."""
        yield ModeBar("train")
        with VerticalScroll(id="page", can_focus=False):
            yield Static(READING, id="reading", markup=False)
            with Container(id="plots"):
                yield from self.plots
            yield self.table
        yield self.notice
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to measure."""
        for folder, curves in zip(self.folders, self.plots, strict=True):
            curves.show(Plot(one_line(folder.name, 30), empty="measuring"))
        self._measure()

    def on_resize(self, event: events.Resize) -> None:
        """As many plots side by side as have room, and columns of the table."""
        self._show()
        plots = self.query_one("#plots")
        plots.styles.grid_size_columns = max(1, min(len(self.folders), event.size.width // _LEAST))

    def action_scroll(self, lines: int) -> None:
        """Go down or up the page."""
        self.query_one("#page").scroll_relative(y=3 * lines, animate=False)

    async def on_unmount(self) -> None:
        """Nobody waits for the measuring any more."""
        if self._process and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    @work(exclusive=True, group="measure")
    async def _measure(self) -> None:
        """Measure one after the other: the first is seen soon, and a damaged one costs no other."""
        notes: list[str] = []
        for folder, curves in zip(self.folders, self.plots, strict=True):
            self.notice.note(f"{one_line(folder.name)} is being measured; Esc leaves it")
            try:
                self.pairs.append(await self._measure_one(folder, notes))
            except RnntuiError as error:
                self.pairs.append([])
                notes.append(str(error))
                curves.show(Plot(curves.plot.title, empty="not measured"))
            self._show()
        self.notice.hide()
        if not all(self.pairs):
            self.notice.problem(one_line("; ".join(notes), 300))
        elif notes:
            self.notice.note(one_line("; ".join(notes), 300))

    async def _measure_one(self, folder: RunFolder, notes: list[str]) -> list[Measured]:
        """Return what was measured of a run; what was said with it joins the notes.

        Raises:
            RunError: it cannot be measured.
        """
        words = [*COMMAND, "gradients", "--json", "--", str(folder.path)]
        self._process = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=PIPE
        )
        out, err = await self._process.communicate()
        said = [line for line in err.decode("utf-8", "replace").split("\n") if line.strip()]
        if self._process.returncode:
            last = said[-1] if said else "its measuring ended without a word"
            raise RunError(f"{folder.name}: {last.removeprefix('error: ')}")
        notes += [line.removeprefix("note: ") for line in said]
        try:
            return _MEASURED.decode(out)
        except msgspec.MsgspecError as error:
            raise RunError(f"{folder.name}: what was measured cannot be read ({error})") from None

    def _show(self) -> None:
        """Draw what is measured so far, all on one scale."""
        every = [share for pair in self.pairs for each in pair for share in relative(each)]
        shares = [share for share in every if share > _FLOOR]
        extent = (min(shares, default=_FLOOR), max(shares, default=1.0))
        for pair, curves in zip(self.pairs, self.plots, strict=False):
            if pair:
                curves.show(plot(pair, extent))
        measured = [pair for pair in self.pairs if pair]
        self.table.update(table(measured, wide=self.size.width >= _WIDE))


def relative(network: Measured) -> list[float]:
    """Return the gradient at each distance as a share of that at distance 0."""
    first = network.state[0] if network.state else 0.0
    return [size / first for size in network.state] if first else []


def plot(networks: Sequence[Measured], extent: tuple[float, float]) -> Plot:
    """Return the curves of one run, trained and fresh, on a scale that all share."""
    curves = []
    for number, each in enumerate(networks):
        points = [(float(k), share) for k, share in enumerate(relative(each)) if share > _FLOOR]
        series = Series(points, _LINES.get(each.weights, "dotted"), style=number)
        curves.append(Curve(series, each.weights, f"1 % at {each.reach}"))
    title = f"{one_line(networks[0].name, 30)} ({networks[0].cell})"
    return Plot(title, tuple(curves), unit="steps back", log=True, range_y=extent)


def table(pairs: Sequence[Sequence[Measured]], *, wide: bool = True) -> str:
    """Return the recurrent matrices, a line each: trained, then fresh.

    Args:
        pairs: of each run, trained and fresh.
        wide: whether there is room for two powers.
    """
    exponents = pairs[0][0].powers if pairs else []
    wanted = [n for n in ((16, 64) if wide else (64,)) if n in exponents]
    head = "".join(f"{f'norm of power {n}':>22}" for n in wanted)
    lines = [
        f"{'':16} {'':7} {'':9} {'largest |eigenvalue|':>20}{head}",
        f"{'run':16} {'layer':7} {'gate':9} " + f"{'trained':>11}{'fresh':>9}"
        + f"{'trained':>13}{'fresh':>9}" * len(wanted),
    ]  # fmt: skip
    for pair in pairs:
        fresh = pair[1].matrices if len(pair) > 1 else pair[0].matrices
        for one, other in zip(pair[0].matrices, fresh, strict=True):
            layer = f"{one.layer}" + (" back" if one.direction == "backward" else "")
            line = f"{one_line(pair[0].name, 16):16} {layer:7} {one.gate:9} "
            line += f"{one.radius:11.2f}{other.radius:9.2f}"
            for n in wanted:
                place = exponents.index(n)
                line += f"{_power(one.powers[place]):>13}{_power(other.powers[place]):>9}"
            lines.append(line)
    return "\n".join(lines)


def _power(log10: float) -> str:
    if log10 < _NOTHING:
        return "0"
    return f"{10**log10:.2g}" if abs(log10) < 2 else f"1e{log10:+.1f}"
