"""Verdicts at the edge, and a document that any JSON reader takes."""

from __future__ import annotations

import json
import math

import pytest

from rnntui.bench.report import Budget, Heading, Line, Note, as_json, as_text


@pytest.mark.parametrize(
    ("value", "at_most", "verdict"),
    [
        (12.0, False, "ok"),
        (math.nextafter(12.0, 0), False, "under"),
        (math.nextafter(12.0, 13), False, "ok"),
        (12.0, True, "ok"),
        (math.nextafter(12.0, 13), True, "over"),
        (math.nextafter(12.0, 0), True, "ok"),
        (math.nan, False, "under"),
        (math.nan, True, "over"),
    ],
)
def test_a_figure_at_the_edge_keeps_its_budget(value: float, at_most: bool, verdict: str) -> None:
    assert Line("n", "what", value, "x", Budget(12.0, at_most)).verdict == verdict


def test_a_figure_without_a_budget_has_no_verdict() -> None:
    assert Line("n", "what", 3.0, "x").verdict == ""


@pytest.mark.parametrize("value", [11.9996, 0.99999, 11.5])
def test_a_missed_figure_is_never_printed_as_its_budget(value: float) -> None:
    bound = float(math.ceil(value))
    shown = as_text(Line("n", "what", value, "x", Budget(bound)))
    assert float(shown.split()[1].rstrip("x")) < bound
    assert f">= {bound:g}x" in shown
    assert "under" in shown


def test_columns_line_up() -> None:
    lines = [
        Line("a", "one", 12345.6, "characters/s", None, "DETAIL"),
        Line("b", "another of more words", 7.03, "x", Budget(5.0), "DETAIL"),
        Line("c", "a share", 81.2, "%", Budget(75.0), "DETAIL"),
        Line("d", "seconds", 0.14, "s", Budget(0.2, at_most=True), "DETAIL"),
        Line("e", "a tiny number", 3.2e-7, "", Budget(1e-4, at_most=True), "DETAIL"),
        Line("f", "a text", 1000, "chars", Budget(1000), "DETAIL"),
    ]
    assert len({as_text(line).index("DETAIL") for line in lines}) == 1


def test_the_document_is_one_line_with_every_figure() -> None:
    entries = [
        Heading("first"),
        Line("a/b", "a", 3.0, "x", Budget(2.0), "why", {"rate": 7.5}),
        Note("a remark"),
        Heading("second"),
        Line("c", "c", 3.0, "s", Budget(2.0, at_most=True)),
        Line("d", "d", 1.0, ""),
    ]
    text = as_json(entries, {"cpu": "some\nchip"}, quick=True, seconds=1.26)
    assert "\n" not in text
    document = json.loads(text)
    assert document["machine"] == {"cpu": "some\nchip"}
    assert (document["met"], document["missed"], document["quick"]) == (1, 1, True)
    assert document["notes"] == ["a remark"]
    first, second, third = document["lines"]
    assert first == {
        "name": "a/b", "group": "first", "what": "a", "measured": 3.0, "unit": "x",
        "budget": {"bound": 2.0, "sense": ">="}, "verdict": "ok", "detail": "why",
        "figures": {"rate": 7.5},
    }  # fmt: skip
    assert (second["group"], second["verdict"]) == ("second", "over")
    assert (third["budget"], third["verdict"]) == (None, None)
