"""The page of F1: what the keys of a screen do, then what the screen is for.

It lies over the screen; what is written there goes on, and the focus is where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Markdown, Static

from rnntui.tui.key_table import table, title_of
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar

if TYPE_CHECKING:
    from rnntui.tui.app import RnntuiApp

Rows = list[tuple[str, str]]
"""Keys, and what they do."""
FAR = 1_000_000
"""Lines; no help is longer."""
ALSO = (
    ("tab", "Go to the next part of the screen; with Shift to the one before"),
    ("^P", "Search all that can be done"),
)
"""Keys of Textual's own that matter everywhere."""


class KeyGroup(Static):
    """The keys of one part of a screen.

    Args:
        title: the part.
        rows: keys, and what they do.
        width: cells for the keys.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-group--title", "key-group--key"}
    """
    | Class | What it styles |
    | :- | :- |
    | `key-group--title` | The name of the part. |
    | `key-group--key` | A key. |
    """

    DEFAULT_CSS = """
    KeyGroup {
        margin-bottom: 1;
        & > .key-group--title { color: $text-primary; text-style: bold underline; }
        & > .key-group--key { color: $text-accent; text-style: bold; }
    }
    """

    def __init__(self, title: str, rows: Rows, width: int) -> None:
        super().__init__()
        self.title, self.rows, self.width_of_keys = title, rows, width

    def render(self) -> Group:
        """The title, and the keys below it."""
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, width=self.width_of_keys)
        grid.add_column(ratio=1)
        style = self.get_component_rich_style("key-group--key")
        for keys, about in self.rows:
            grid.add_row(Text(keys, style), Text(about))
        return Group(Text(self.title, self.get_component_rich_style("key-group--title")), grid)


class HelpScreen(ModalScreen[None]):
    """What the keys do and what it is all about.

    Args:
        about: the screen it is about.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q", "dismiss", "back", id="help.back"),
        Binding("down,j", "go(1)", "scroll", key_display="↑ ↓", id="help.down"),
        Binding("up,k", "go(-1)", "Line up", show=False, id="help.up"),
        Binding("pagedown,space", "page(1)", "page", key_display="pgup pgdn", id="help.page"),
        Binding("pageup,b", "page(-1)", "Page up", show=False, id="help.page_up"),
        Binding("home", f"go(-{FAR})", "Beginning", show=False, id="help.first"),
        Binding("end", f"go({FAR})", "End", show=False, id="help.last"),
    ]

    DEFAULT_CSS = """
    HelpScreen {
        background: $background;
        #page { height: 1fr; padding: 1 1 0 1; scrollbar-size-vertical: 1; }
        #page > * { height: auto; }
        Markdown { padding: 0 1 0 0; }
        MarkdownHeader { margin: 0 0 1 0; content-align: left middle; }
        &.-wide #page { layout: horizontal; }
        &.-wide #page > * { width: 1fr; }
        &.-wide #page > Container { padding-right: 2; }
    }
    """

    def __init__(self, about: Screen[Any]) -> None:
        super().__init__()
        self.rnntui = cast("RnntuiApp", self.app)
        self.about = about
        self.add_class(self.rnntui.width_class, update=False)
        self.page = VerticalScroll(id="page", can_focus=False)

    def compose(self) -> ComposeResult:
        """The keys of the screen first, those of its parts, then what there is to read."""
        yield ModeBar(self.rnntui.current_mode)
        with self.page:
            with Container():
                groups = list(self._groups())
                width = max(cell_len(keys) for _, rows in groups for keys, _ in rows)
                for title, rows in groups:
                    yield KeyGroup(title, rows, width)
            texts = dict.fromkeys(node.HELP for node in self._parts() if node.HELP)
            yield Markdown("\n\n".join(str(text).strip() for text in texts), open_links=False)
        yield KeyLine()

    def action_go(self, lines: int) -> None:
        """Scroll by lines."""
        self.page.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self.page.scroll_relative(y=pages * (self.page.size.height - 1), animate=False)

    def _parts(self) -> Iterator[DOMNode]:
        """The screen, what has the focus there, and all else of it."""
        yield self.about
        if self.about.focused:
            yield from (node for node in self.about.focused.ancestors_with_self
                        if node is not self.app)  # fmt: skip
        yield from self.about.walk_children()

    def _groups(self) -> Iterator[tuple[str, Rows]]:
        """The keys of each part, those of everywhere last."""
        keymap, display = self.rnntui.configured.settings.keymap, self.rnntui.get_key_display
        for owner in dict.fromkeys(type(node) for node in self._parts()):
            if rows := table(owner, keymap, display):
                yield title_of(owner), rows
        everywhere = table(type(self.app), keymap, display)
        yield title_of(type(self.app)), [*everywhere, *ALSO]
