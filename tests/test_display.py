"""Text from outside is shown on a terminal, never obeyed."""

from __future__ import annotations

import json
import tomllib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.display import UNSAFE, human_bytes, human_count, human_seconds, one_line, visible

ATTACKS = {
    "clear the screen": "\x1b[2J",
    "change the title": "\x1b]0;owned\x07",
    "an eight-bit control sequence": "\x9b31m",
    "an eight-bit command string": "\x90q\x9c",
    "go back and overwrite": "safe\b\b\b\bevil",
    "return and overwrite": "safe\revil",
    "next line, eight-bit": "a\x85b",
    "ring": "\a",
    "switch alphabets": "\x0e\x0f",
    "reorder": "\u202egpj.exe\u202c",
    "isolate": "\u2066a\u2069",
    "direction marks": "\u200ea\u200f\u061c",
    "hide": "a\u200bb\u2060c\ufeffd",
    "a hidden message in tags": "".join(chr(0xE0000 + ord(c)) for c in "ignore"),
    "annotations": "\ufff9a\ufffab\ufffb",
    "line separators": "a\u2028b\u2029c",
    "delete": "\x7f",
    "a Mongolian nothing": "\u180e",
}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_it_draws_what_would(text):
    shown = visible(text)
    assert not UNSAFE.search(shown)
    assert len(shown) >= len(text)  # nothing is hidden by leaving it out
    assert all(c.isprintable() for c in shown)


@given(st.text())
def test_nothing_that_steers_ever_comes_through(text):
    shown = visible(text)
    steering = {"Cc", "Zl", "Zp"}
    assert not [c for c in shown if unicodedata.category(c) in steering and c not in "\t\n"]
    assert not [c for c in shown if unicodedata.bidirectional(c) in
                {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}]  # fmt: skip
    assert visible(shown) == shown


@pytest.mark.parametrize(
    "text",
    ["plain\ttext\n", "naïve Ünïcode", "日本語", "עברית", "العربية", "🙂", "e\u0301", "a\u00a0b",
     "‹quoted›",
     # The joiners spell words and compose emoji; they move no cursor and change no order.
     "می\u200cخواهم", "क्\u200dष", "👩\u200d🚀", "❤\ufe0f"],
)  # fmt: skip
def test_text_of_every_language_stays_as_it_is(text):
    assert visible(text) == text


def test_controls_become_their_pictures_and_the_rest_their_codes():
    assert visible("\x1b\0\x7f") == "␛␀␡"
    assert visible("\x9b\u202e") == "‹009B›‹202E›"


def test_pieces_are_shown_as_the_whole_is():
    text = "a\x1b[1m\u202eb\U000e0041👩\u200d🚀"
    assert "".join(map(visible, text)) == visible(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_unsafe_can_be_escaped_in_json_and_toml(text):
    raw = json.dumps(text, ensure_ascii=False)
    escaped = UNSAFE.sub(lambda match: json.dumps(match.group())[1:-1], raw)
    assert json.loads(escaped) == text
    escaped = UNSAFE.sub(lambda match: f"\\U{ord(match.group()):08x}", raw)
    assert tomllib.loads(f"x = {escaped}")["x"] == text


@given(st.text(), st.integers(1, 80))
def test_one_line_is_one_line_and_no_longer(text, width):
    line = one_line(text, width)
    assert len(line) <= width
    assert len(line.splitlines()) <= 1
    assert visible(line) == line


def test_one_line_tells_what_it_shortened():
    assert one_line("a\nb\tc") == "a⏎b c"
    assert one_line("abcdef", 4) == "abc…"
    assert one_line("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (6_600_000, "6.6 MB"),
                         (123_456_789, "123 MB"), (5 * 10**12, "5000 GB")]
)  # fmt: skip
def test_bytes_for_people(count, shown):
    assert human_bytes(count) == shown


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0"), (9_999, "9,999"), (65_000, "65 k"), (3_300_000, "3.3 M")]
)
def test_parameters_for_people(count, shown):
    assert human_count(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0.0 s"), (9.94, "9.9 s"), (45.2, "45 s"), (59.7, "1:00"),
                           (750, "12:30"), (3723, "1:02:03")]
)  # fmt: skip
def test_seconds_for_people(seconds, shown):
    assert human_seconds(seconds) == shown
