"""What might have been replied: the candidates with what they were ranked by, to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from rnntui.display import one_line
from rnntui.store.records import Candidate
from rnntui.tui.chat.talker import DROPPED

_LONGEST = 300
HEADING = "What it might have said  (Enter says it, Esc goes back)"
ABOUT = (
    "score = relevance × alone − here, the higher the better; here and alone: nats per character "
    "after the conversation, and after none"
)


class Others(ModalScreen[int | None]):
    """Returns which candidate was chosen, or None.

    Args:
        candidates: as they were ranked.
        said: the text of the one that was said.
    """

    AUTO_FOCUS = "OptionList"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="others.cancel")
    ]

    DEFAULT_CSS = """
    Others { align: center middle; }
    """

    def __init__(self, candidates: Sequence[Candidate], said: str) -> None:
        super().__init__()
        self.candidates, self.said = candidates, said

    def compose(self) -> ComposeResult:
        """A title and the list."""
        with Vertical(id="picker"):
            yield Static(HEADING, markup=False)
            yield Static(ABOUT, markup=False, classes="title")
            listed = OptionList(
                *(Option(row(n, one, self.said)) for n, one in enumerate(self.candidates, 1)),
                markup=False,
            )
            texts = [one.text for one in self.candidates]
            listed.highlighted = texts.index(self.said) if self.said in texts else 0
            yield listed

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)


def row(number: int, one: Candidate, said: str) -> Content:
    """Return a candidate: its number and figures, and what it says."""
    mark = "✓" if one.text == said else " "
    score = "  —  " if one.score is None else f"{one.score:+.2f}".replace("-", "−")
    figures = "".join(
        f"  {name} {one.figures[name]:.2f}" for name in ("here", "alone") if name in one.figures
    )
    which = int(one.figures.get("dropped", 0))
    dropped = f"  dropped: {DROPPED[which]}" if 0 < which < len(DROPPED) else ""
    text = one_line(one.text.strip(), _LONGEST) or "(nothing)"
    return Content.assemble(
        f"{mark}{number:>3}  {score}", (f"{figures}{dropped}", "$foreground 60%"), f"\n      {text}"
    )
