"""A model's card, set for reading. It is a stranger's: nothing in it is obeyed, fetched or opened.

Markdown becomes lines with bold, italics and underlines, no colours, so that it fits every theme.
Addresses stand beside their words, so that no link hides where it leads; an image is its
description and its address; HTML and escapes are shown as they are written.
"""

from __future__ import annotations

import io
from typing import ClassVar

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderResult
from rich.default_styles import DEFAULT_STYLES
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement
from rich.padding import Padding
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from rnntui.display import visible

_PLAIN = {name: Style() for name in DEFAULT_STYLES if name.startswith(("markdown.", "table."))} | {
    "markdown.em": Style(italic=True),
    "markdown.emph": Style(italic=True),
    "markdown.strong": Style(bold=True),
    "markdown.code": Style(bold=True),
    "markdown.h1": Style(bold=True, underline=True),
    **{f"markdown.h{level}": Style(bold=True) for level in range(2, 8)},
    "markdown.link_url": Style(underline=True),
    "markdown.s": Style(strike=True),
    "table.header": Style(bold=True),
    "none": Style(),
    "markdown.item.bullet": Style(bold=True),
    "markdown.hr": Style(dim=True),
    "markdown.block_quote": Style(italic=True),
}
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")


class _Heading(Heading):
    """A heading at the left, as the others."""

    LEVEL_ALIGN = dict.fromkeys(Heading.LEVEL_ALIGN, "left")


class _Code(CodeBlock):
    """Lines as they are, moved in: without colours and without a lexer's time."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        yield Padding(Text(str(self.text).rstrip()), (0, 0, 0, 2))


class _Card(Markdown):
    """Markdown of a stranger."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = Markdown.elements | {
        "heading_open": _Heading, "fence": _Code, "code_block": _Code,
    }  # fmt: skip

    def __init__(self, markup: str) -> None:
        super().__init__("", hyperlinks=False)
        self.markup = markup
        self.parsed = _PARSER.parse(markup)
        for token in (child for block in self.parsed for child in block.children or ()):
            if token.type == "image":
                shown = f"[image: {token.content}] ({token.attrs.get('src', '')})"
                token.type, token.tag, token.content, token.children = "text", "", shown, None


def set_card(card: str, width: int) -> Text:
    """Return a card as lines of so many cells. May be called in a thread.

    Args:
        card: Markdown.
        width: cells of the longest line.
    """
    console = Console(
        file=io.StringIO(),
        width=max(width, 8),
        theme=Theme(_PLAIN, inherit=False),
        color_system="truecolor",
        force_terminal=True,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    lines = []
    for segments in console.render_lines(_Card(visible(card)), pad=False):
        line = Text.assemble(*((segment.text, segment.style or "") for segment in segments))
        line.rstrip()
        lines.append(line)
    return Text("\n").join(lines)
