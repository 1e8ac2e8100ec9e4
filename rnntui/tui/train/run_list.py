"""The runs and models that are here: one or two lines each, marked ones with a sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets.option_list import Option

from rnntui.display import one_line
from rnntui.tui.train.summary import Summary, age
from rnntui.tui.widgets.line_list import LineList

ONE_LINE = 76
"""Columns from which a run needs one line."""
_REST = 54
"""Columns of such a line without the name."""

_SIGNS = {
    "starting": "…",
    "running": "▶",
    "stopped": "■",
    "finished": "✓",
    "stale": "!",
    "model": "◆",
    "damaged": "✗",
}


class RunList(LineList):
    """A list that is refreshed while it is used: the highlight stays on its run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "watch", key_display="⏎", id="runs.watch"),
        Binding("j", "cursor_down", show=False, id="runs.down"),
        Binding("k", "cursor_up", show=False, id="runs.up"),
    ]

    def __init__(self) -> None:
        super().__init__(id="runs", markup=False)
        self.summaries: list[Summary] = []
        self.starting: dict[Path, str] = {}
        """Runs that are being begun, and the last they said."""
        self.marked: list[Path] = []
        """In the order they were marked."""

    def show(self, summaries: Sequence[Summary], starting: dict[Path, str]) -> None:
        """List some runs; only lines that changed are drawn anew."""
        self.summaries, self.starting = list(summaries), dict(starting)
        here = {each.folder.path for each in summaries}
        self.marked = [path for path in self.marked if path in here]
        self._update()

    @property
    def chosen(self) -> Summary | None:
        """The run with the highlight; None where there is none, or it is only being begun."""
        option = self.highlighted_option
        wanted = option.id if option else None
        return next((each for each in self.summaries if str(each.folder.path) == wanted), None)

    def choose(self, folder: Path) -> None:
        """Put the highlight on a run."""
        ids = [option.id for option in self.options]
        if str(folder) in ids:
            self.highlighted = ids.index(str(folder))

    def toggle_mark(self) -> None:
        """Mark the run with the highlight, or take the mark away; go on to the next."""
        if chosen := self.chosen:
            path = chosen.folder.path
            if path in self.marked:
                self.marked.remove(path)
            else:
                self.marked.append(path)
            self._update()
            self.action_cursor_down()

    def on_resize(self, _: events.Resize) -> None:
        """One line or two, as there is room."""
        self._update()

    def _update(self) -> None:
        width = self.scrollable_content_region.width or self.size.width
        if width < 8:
            return
        lines = {
            str(path): _starting(path, said, width) for path, said in self.starting.items()
        } | {
            str(each.folder.path): _line(each, each.folder.path in self.marked, width)
            for each in self.summaries
        }
        if [option.id for option in self.options] != list(lines):
            before = self.highlighted_option
            self.set_options(Option(line, id=key) for key, line in lines.items())
            keys = list(lines)
            kept = before.id if before and before.id in lines else (keys[0] if keys else None)
            self.highlighted = keys.index(kept) if kept else None
            return
        for index, (option, line) in enumerate(zip(self.options, lines.values(), strict=True)):
            if option.prompt != line:
                self.replace_option_prompt_at_index(index, line)


def header(width: int) -> str:
    """Name the columns of a list that has one line a run."""
    rest = width - _REST
    return (
        f"   {'run':{max(0, rest)}} {'recipe':18} {'state':9} {'epochs':>7} {'best':>6} {'age':>6}"
    )


def _line(run: Summary, marked: bool, width: int) -> Content:
    """A run in one line or two; as plain text, whatever a folder is called."""
    mark = "●" if marked else " "
    sign = _SIGNS[run.state]
    state = str(run.owner.pid) if run.owner else run.state
    name, made = one_line(run.name, 60), run.made_by or run.network
    epoch = f"{run.epoch:.3g}" if run.epoch is not None else "–"
    if run.recipe and not run.recipe.minutes and run.state != "finished":
        epoch += f"/{run.recipe.epochs}"
    best = f"{run.best:.3f}" if run.best is not None else "–"
    past = "" if run.trains or run.state == "model" else age(run.changed)
    if width >= ONE_LINE:
        rest = width - _REST
        shown = f"{_cut(name, rest):{rest}} {_cut(made, 18):18}"
        return Content(f"{mark}{sign} {shown} {state:9} {epoch:>7} {best:>6} {past:>6}")
    first = f"{mark}{sign} {_cut(name, width - 14):{max(0, width - 14)}} {state:>9}"
    second = " · ".join(
        part for part in (made, epoch if "/" in epoch else f"{epoch} ep", best, past) if part
    )
    return Content.assemble(first, "\n", (f"   {_cut(second, width - 4)}", "dim"))


def _starting(path: Path, said: str, width: int) -> Content:
    name = one_line(path.name, max(4, width - 14))
    line = f" {_SIGNS['starting']} {name:{max(0, width - 14)}} {'starting':>9}"
    if width >= ONE_LINE:
        return Content(_cut(f" {_SIGNS['starting']} {name} starting: {said}", width))
    return Content.assemble(line, "\n", (f"   {_cut(said, width - 4)}", "dim"))


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
