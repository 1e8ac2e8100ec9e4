"""Samples are fenced so that no text gets out, and cut where a resumed run goes on."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnntui.runs.samples import append, cut, read, section

HOSTILE = st.text(st.sampled_from("`~#\n \r·ab0123456789"), max_size=60) | st.sampled_from(
    ["```", "\n```\n", "````text\n", "## epoch 9 · step 99999", "\n## epoch 1 · step 7\n",
     "```\n\n## epoch 9 · step 99999\n\n```text\n", "`" * 50]
)  # fmt: skip
SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def fenced(document: str) -> list[str]:
    """The contents of a document's fenced blocks, as CommonMark reads them."""
    blocks: list[str] = []
    fence, inside = "", []
    for row in document.split("\n"):
        if not fence:
            match = re.fullmatch("(`{3,})[^`]*", row)
            fence, inside = (match[1], []) if match else ("", [])
        elif row.startswith(fence) and not row.strip("` "):
            blocks.append("\n".join(inside))
            fence = ""
        else:
            inside.append(row)
    assert not fence, "a fence stays open"
    return blocks


@SETTINGS
@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_no_text_gets_out_of_its_fence(texts):
    document = section(1, 10, 7, {0.1 * k: text for k, text in enumerate(texts)})
    assert fenced(document) == texts


@SETTINGS
@given(st.lists(HOSTILE, min_size=1, max_size=4), st.integers(0, 5))
def test_a_cut_is_made_between_sections_whatever_the_samples_imitate(tmp_path, texts, kept):
    path = tmp_path / "samples.md"
    path.unlink(missing_ok=True)
    wanted = ""
    for number, text in enumerate(texts, 1):
        append(path, section(number, number * 10, 1, {0.5: text}))
        if number <= kept:
            wanted = read(path)
    cut(path, kept * 10)
    assert read(path) == (wanted or "# Samples\n\n")


def test_a_section_tells_epoch_step_temperature_and_seed():
    text = section(1.5, 30, 7, {0.5: "cold", 1.0: "warm"})
    assert text.startswith(
        "## epoch 1.5 · step 30\n\ntemperature 0.5, seed 7\n\n```text\ncold\n```"
    )
    assert "temperature 1, seed 7\n\n```text\nwarm\n```" in text


def test_samples_are_read_exactly_and_a_missing_file_is_empty(tmp_path):
    assert read(tmp_path / "none") == ""
    path = tmp_path / "samples.md"
    append(path, section(1, 10, 1, {1.0: "a\rb\r\nc"}))
    append(path, section(2, 20, 1, {1.0: "d"}))
    assert b"a\rb\r\nc" in path.read_bytes()
    assert path.read_bytes().startswith(b"# Samples\n\n## epoch 1 ")


def test_a_damaged_file_is_still_read(tmp_path):
    path = tmp_path / "samples.md"
    path.write_bytes(b"# Samples\n\n\xff\n")
    assert "\ufffd" in read(path)


@pytest.mark.parametrize("step", [10, 15, 10**9])
def test_a_cut_after_the_last_section_changes_nothing(tmp_path, step):
    path = tmp_path / "samples.md"
    append(path, section(1, 10, 1, {1.0: "text"}))
    before = path.read_bytes()
    cut(path, step)
    assert path.read_bytes() == before
