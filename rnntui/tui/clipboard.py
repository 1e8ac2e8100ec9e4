"""Copying: the system's clipboard where there is one, else the terminal's own (OSC 52)."""

from __future__ import annotations

from typing import Any

from textual.app import App


def copy_text(app: App[Any], text: str) -> str:
    """Copy a text both ways, since neither can tell whether it was heard.

    Returns:
        How, for people.
    """
    import pyperclip  # type: ignore[import-untyped]  # 8 ms, needed by few

    app.copy_to_clipboard(text)
    try:
        pyperclip.copy(text)
    except pyperclip.PyperclipException:
        return "through the terminal (OSC 52)"
    return "to the clipboard"
