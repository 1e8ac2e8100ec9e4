"""Showing text from outside (corpora, models, cards, prompts) without letting it act.

A model trained on a log file will emit escape sequences, and a card may hold anything. What goes to
a terminal passes through here first; what goes to a pipe or a file is left exact.
"""

from __future__ import annotations

import re

# C0 without tab and newline, DEL, C1; then the marks that reorder or hide text on the screen:
# Arabic letter mark, zero-width space and direction marks, embeddings and isolates, the BOM,
# annotations, and the tags that can spell a whole hidden message. The two joiners (U+200C, U+200D)
# stay: Persian, Hindi and composed emoji are spelled with them, and they move nothing.
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""The characters that could steer a terminal. JSON and TOML write them as escapes instead."""


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)  # the Unicode pictures of the C0 controls, such as ␛
    if code == 0x7F:
        return "␡"
    return f"‹{code:04X}›"


def visible(text: str) -> str:
    """Return `text` with every character that could steer a terminal drawn instead of sent.

    Tabs and newlines stay; an escape becomes `␛`, a right-to-left override `‹202E›`.
    """
    return UNSAFE.sub(_picture, text)


def one_line(text: str, width: int = 60) -> str:
    """Return `text` on one line for a message: newlines as `⏎`, shortened to `width`."""
    flat = visible(text).replace("\n", "⏎").replace("\t", " ")
    return flat if len(flat) <= width else flat[: width - 1] + "…"


_PACES = {
    "Y": "yearly", "Q": "quarterly", "M": "monthly", "W": "weekly", "D": "daily",
    "B": "weekdays", "h": "hourly", "min": "each minute", "s": "each second",
}  # fmt: skip


def human_frequency(frequency: str) -> str:
    """Return the pace of a series in words: "monthly", "every 15min"."""
    return _PACES.get(frequency, f"every {frequency}")


def human_bytes(count: int) -> str:
    """Return a size for people, in powers of 1,000 as disks and the Hub count: `6.6 MB`."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError("unreachable")


def human_count(count: int) -> str:
    """Return a number of parameters for people: `3.3 M`, `65 k`."""
    if count >= 1_000_000:
        return f"{count / 1e6:.1f} M"
    if count >= 10_000:
        return f"{count / 1e3:.0f} k"
    return f"{count:,}"


def human_seconds(seconds: float) -> str:
    """Return a duration for people: `45 s`, `12:30`, `1:02:03`."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
