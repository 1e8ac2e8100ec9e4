"""Choosing a series: those that have a name, and files as their path is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from rnntui.display import one_line, visible
from rnntui.engine.protocol.forecast import NamedSeries
from rnntui.paths import expanded
from rnntui.tui.path_completion import complete, unquoted

ENDINGS = (".csv", ".tsv", ".txt", ".gz")
"""Of the files that are offered; any other can be typed."""


class SeriesPicker(ModalScreen[str | None]):
    """Returns the name of a series or the path of a file, or None.

    Args:
        named: the series that have a name, as far as they are known.
        current: what is open.
    """

    DEFAULT_CSS = """
    SeriesPicker {
        align: center middle;
        OptionList { text-wrap: nowrap; text-overflow: ellipsis; max-height: 14; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="series.cancel"),
        Binding("tab", "complete", "complete", id="series.complete", priority=True),
    ]

    def __init__(self, named: Sequence[NamedSeries], current: str = "") -> None:
        super().__init__()
        self.named, self.current = named, current
        self.typed = Input(placeholder="path of a CSV, or the name of a series", id="path")
        self.listed = OptionList(id="series")
        self._choices: list[str] = []

    def compose(self) -> ComposeResult:
        """A title, the line, and what fits."""
        with Vertical(id="picker"):
            keys = "Tab completes, ↓ chooses, Enter takes it"
            yield Static(f"A series  ({keys})", markup=False)
            yield self.typed
            yield self.listed

    def on_mount(self) -> None:
        """Show all there is."""
        self._look("")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._look(event.value)

    def offer(self, named: Sequence[NamedSeries]) -> None:
        """Show the series that have a name, once they are known; what was typed stays."""
        self.named = named
        if self.is_mounted:
            self._look(self.typed.value)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _look(self, typed: str) -> None:
        typed = unquoted(typed)
        names = complete(typed).names  # on a thread: the folder may be at the end of a slow line
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show, typed, names)

    def _show(self, typed: str, found: tuple[str, ...]) -> None:
        if not self.is_attached:  # closed meanwhile
            return
        word = typed.strip().lower()
        names = [each for each in self.named if word in each.name or word in each.about.lower()]
        before = typed.rpartition("/")
        files = [before[0] + before[1] + name for name in found if name.endswith(("/", *ENDINGS))]
        self._choices = [*(each.name for each in names), *files]
        lines = [*map(_line, names), *(Content(f"{visible(one_line(f, 70))}") for f in files)]
        self.listed.set_options(map(Option, lines))
        if self.current in self._choices:
            self.listed.highlighted = self._choices.index(self.current)

    def on_key(self, event: events.Key) -> None:
        """Down goes to the list."""
        if event.key == "down" and self.typed.has_focus and self._choices:
            event.stop()
            self.listed.focus()
            self.listed.highlighted = self.listed.highlighted or 0

    def action_complete(self) -> None:
        """Add what all that fits has in common."""
        self.typed.focus()
        # After the keys that were pressed before this one, which the line may not have taken yet.
        self.typed.call_later(lambda: self._put(complete(unquoted(self.typed.value)).text))

    def _put(self, typed: str) -> None:
        self.typed.value = typed
        self.typed.cursor_position = len(typed)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        chosen = self._choices[event.option_index]
        if chosen.endswith("/"):
            self._put(chosen)
            self.typed.focus()
        else:
            self.dismiss(chosen)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        typed = unquoted(event.value.strip())
        if typed in {each.name for each in self.named}:
            self.dismiss(typed)
        elif typed and _is_folder(typed):
            self._put(typed.rstrip("/") + "/")
        elif typed:
            # What is no file here may be one of the engine's; a name typed in part is that name.
            names = [each.name for each in self.named if each.name.startswith(typed)]
            self.dismiss(names[0] if len(names) == 1 and not _is_file(typed) else typed)


def _is_folder(typed: str) -> bool:
    try:
        return expanded(typed).is_dir()
    except (OSError, ValueError, RuntimeError):
        return False


def _is_file(typed: str) -> bool:
    try:
        return expanded(typed).is_file()
    except (OSError, ValueError, RuntimeError):
        return False


def _line(series: NamedSeries) -> Content:
    where = "" if series.here else " (is downloaded)"
    return Content(f"{series.name:<24} {series.about}{where}")
