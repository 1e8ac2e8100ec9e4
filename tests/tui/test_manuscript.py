"""The passages of a text: grown by many small pieces, taken back, counted."""

from __future__ import annotations

from rnntui.engine.parts import Place, Sampling, Settings
from rnntui.tui.manuscript import Manuscript, Passage


def written(run: int = 3, text: str = "") -> Passage:
    """A passage of a run."""
    return Passage("written", text, run=run, settings=((0, Settings()),))


def test_thousands_of_pieces_are_one_passage_whenever_one_looks() -> None:
    text = Manuscript([Passage("prompt", "Hi", fresh=True)])
    text.add(written())
    for piece in range(2500):
        text.write("ab")
        if piece in (0, 999, 1000, 1700):
            assert text.characters == 2 + 2 * (piece + 1) == len(text.text)
    assert [len(passage.text) for passage in text.passages] == [2, 5000]
    assert text.run == 3
    assert text.end == Place(3, 5000)
    assert text.tail(3) == "bab"


def test_a_knob_turned_in_between_is_noted_where_it_was() -> None:
    text = Manuscript()
    text.add(written())
    text.write("abc")
    text.steer(Settings(pace=5))
    assert not text.passages[-1].steered  # it draws the same characters
    text.steer(Settings(Sampling(temperature=0.5)))
    text.write("de")
    assert [position for position, _ in text.passages[-1].settings] == [0, 3]
    assert text.passages[-1].steered


def test_a_knob_turned_in_what_was_taken_back_is_forgotten() -> None:
    text = Manuscript()
    text.add(written())
    text.write("abc")
    text.steer(Settings(Sampling(temperature=0.5)))
    text.write("def")
    text.steer(Settings(Sampling(temperature=0.7)))
    text.rewind(2)
    assert [position for position, _ in text.passages[-1].settings] == [0, 3]
    text.rewind(1)
    assert text.passages[-1].settings == ((0, Settings()),)
    assert not text.passages[-1].steered


def test_what_is_taken_back_and_forgotten_is_counted() -> None:
    text = Manuscript([Passage("prompt", "Hi", fresh=True)])
    text.add(written())
    text.write("there and back")
    assert text.rewind(5) == 5
    assert (text.text, text.characters) == ("Hithere and", 11)
    text.forget_runs()
    assert text.run is None and text.end is None
    taken = text.take_back()
    assert taken is not None and taken.text == "there and"
    assert (text.text, text.characters) == ("Hi", 2)
    assert text.rewind(5) == 0
    text.take_back()
    assert text.take_back() is None
    assert (text.characters, text.run) == (0, None)
