"""What the Models mode lists, in which order, and how a line of it reads."""

from __future__ import annotations

import msgspec
import pytest
from rich.cells import cell_len

from rnntui.engine.parts import Listed
from rnntui.engine.protocol.sharing import Offer, Transfer
from rnntui.tui.models.shelf import Row, Shelf, heading, line, moved, reference

OWN = Listed("Mine", "own", "text", 65_000, 131_000, "/m/mine", {}, "", figure="1.402 nats (test)")
SHIPPED = Listed("djia-gru", "shipped", "forecast", 2_000, 4_500, "/m/djia", {}, "")
PULLED = Listed("tiny", "hub", "text", 900, 1_800, "/m/tiny", {}, "", repo="anna/tiny")
BROKEN = Listed("broken", "own", "?", 0, 0, "/m/broken", {}, "no config.json")
OFFER = Offer("bob/tiny", "text", 1204, 12, "2026-11-01", True, False, False)


def names(rows: list[Row]) -> list[str]:
    return [row.name for row in rows]


def test_words_filter_by_name_task_and_source_in_any_order() -> None:
    shelf = Shelf((SHIPPED, OWN, PULLED), (OFFER,))
    found = {
        "": ["djia-gru", "Mine", "tiny"],
        "text": ["Mine", "tiny"],
        "HUB ti": ["tiny"],
        "own text": ["Mine"],
        "zebra": [],
    }
    for words, expected in found.items():
        shelf.words = words
        assert names(shelf.here()) == expected
    shelf.words = "bob text"
    assert names(shelf.hub()) == ["bob/tiny"]


def test_every_order_shows_all() -> None:
    shelf = Shelf((SHIPPED, OWN, PULLED))
    orders = []
    for shelf.order in range(4):
        orders.append(names(shelf.here()))
    assert orders == [
        ["djia-gru", "Mine", "tiny"],
        ["djia-gru", "Mine", "tiny"],
        ["Mine", "djia-gru", "tiny"],
        ["djia-gru", "Mine", "tiny"],
    ]


def test_what_is_on_its_way_comes_first_whatever_the_filter() -> None:
    moving = Transfer("carl/other", "fetch", 1, 2, 0.0, "")
    shelf = Shelf((), (OFFER,), (moving,), words="tiny")
    assert names(shelf.hub()) == ["carl/other", "bob/tiny"]


def test_an_offer_is_known_to_be_here_by_its_full_name_alone() -> None:
    shelf = Shelf((PULLED,), (OFFER, msgspec.structs.replace(OFFER, name="anna/tiny")))
    assert [row.offer and row.offer.here for row in shelf.hub()] == [False, True]
    assert shelf.pulled("anna/tiny") == PULLED and shelf.pulled("bob/tiny") is None


def test_a_name_that_two_models_have_means_the_own_one_and_the_other_goes_by_its_folder() -> None:
    other = msgspec.structs.replace(OWN, source="shipped", folder="/m/other")
    assert reference(OWN, (other, OWN)) == "Mine"
    assert reference(other, (other, OWN)) == "/m/other"
    assert reference(SHIPPED, (SHIPPED, OWN)) == "djia-gru"


@pytest.mark.parametrize("width", [20, 40, 60, 70, 79, 110])
@pytest.mark.parametrize(
    "row",
    [
        Row("Mine", OWN), Row("broken", BROKEN), Row("bob/tiny", None, OFFER),
        Row("\x1b[31m" + "漢" * 60 + "\n", OWN),
        Row("bob/tiny", None, OFFER, Transfer("bob/tiny", "fetch", 5, 9, 1e6, "")),
    ],
)  # fmt: skip
def test_a_line_is_as_long_as_there_is_room_and_no_longer(row: Row, width: int) -> None:
    text = line(row, width, marked=True)
    assert cell_len(text) == width and "\x1b" not in text and "\n" not in text
    assert text.startswith("● ")


def test_a_line_says_what_matters() -> None:
    assert line(Row("Mine", OWN), 79).split() == [
        "Mine",
        "text",
        "own",
        "131",
        "kB",
        "1.402",
        "nats",
    ]
    assert "damaged: no config.json" in line(Row("broken", BROKEN), 79)
    assert line(Row("bob/tiny", None, OFFER), 85).split()[1:] == (
        ["text", "1,204", "downloads", "12", "likes", "2026-11-01", "gated"]
    )


def test_how_far_a_transfer_is() -> None:
    half = Transfer("a/b", "fetch", 3_300_000, 6_600_000, 1_200_000.0, "")
    assert moved(half) == "██████░░░░░░  50 % of 6.6 MB, 1.2 MB/s"
    waits = msgspec.structs.replace(half, said="it broke; trying again in 2 s", way="push")
    assert moved(waits) == "sending ██████░░░░░░  50 % of 6.6 MB, it broke; trying again in 2 s"
    begins = Transfer("a/b", "fetch", 0, 0, 0.0, "asking the Hub")
    assert moved(begins) == "asking the Hub ..."
    more = Transfer("a/b", "fetch", 9, 3, 0.0, "")  # a server that sends more than it said
    assert moved(more) == "████████████ 100 % of 3 B"


def test_the_heading_tells_what_is_known_of_the_hub() -> None:
    assert heading(Shelf(), searching=None) == "On the Hub: h searches"
    assert heading(Shelf(), searching="") == "On the Hub: asking for all models of rnntui ..."
    assert heading(Shelf(offers=()), searching=None) == "On the Hub: nothing found"
    assert heading(Shelf(offers=(OFFER,)), searching=None) == "On the Hub: 1 found"
