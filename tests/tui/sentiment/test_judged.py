"""The verdict in words, the places of words after an edit, the columns of the score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.engine.protocol import Judged, Verdict
from rnntui.tui.sentiment.judged import Word, at, in_words, moved, percent, verdict_line
from rnntui.tui.sentiment.score_line import columns_of
from rnntui.tui.sentiment.word_list import LEAST, row, strongest


def words(text: str, *shares: float) -> list[Word]:
    """The words of a text between single spaces."""
    found, begin = [], 0
    for number, word in enumerate(text.split(" ")):
        share = shares[number] if number < len(shares) else 0.0
        found.append(Word(word, begin, begin + len(word), True, 0.5, share))
        begin += len(word) + 1
    return found


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (0.999, "clearly positive, over 99 % sure"),
        (0.02, "clearly negative, 98 % sure"),
        (0.85, "positive, 85 % sure"),
        (0.3, "rather negative, 70 % sure"),
        (0.5, "undecided, positive by a hair, 50 % sure"),
    ],
)
def test_a_verdict_in_words(score: float, said: str) -> None:
    assert in_words(Verdict(score, 3, 3)) == said


def test_what_it_knows_nothing_of_has_no_verdict() -> None:
    judged = Judged(1, Verdict(0.4, 3, 0), None, ("it knows none; the score is the prior",))
    assert verdict_line(judged) == "no verdict, prior 40 % · 3 words · it knows none"
    assert verdict_line(Judged(1, Verdict(0.9, 1, 1))) == "positive, 90 % sure · 1 word"
    assert percent(0.0) == "under 1 %"


def test_words_move_with_an_edit_and_those_it_touches_go() -> None:
    text = words("not a bad film")
    typed = moved(text, 4, 0, 5)  # "really " less its space, before "a"
    assert [(w.text, w.begin) for w in typed] == [("not", 0), ("a", 9), ("bad", 11), ("film", 15)]
    cut = moved(text, 7, 4, 0)
    assert [w.text for w in cut] == ["not", "a"]


@given(st.integers(0, 14), st.integers(0, 6), st.text("xy", max_size=5))
def test_words_are_where_they_stand_after_any_edit(begin: int, removed: int, inserted: str) -> None:
    text = "not a bad film"
    removed = min(removed, len(text) - begin)
    after = text[:begin] + inserted + text[begin + removed :]
    for word in moved(words(text), begin, removed, len(inserted)):
        assert after[word.begin : word.end] == word.text


def test_the_word_at_the_cursor() -> None:
    text = words("not  bad".replace("  ", " "))
    assert [at(text, place) for place in (0, 2, 3, 4, 7)] == [0, 0, 0, 1, 1]
    assert at([Word("bad", 5, 8, True, 0.5, 0.1)], 4) is None
    assert at([], 0) is None


def test_what_moved_it_most_comes_first_with_its_sign() -> None:
    listed = strongest(words("the film was not great", 0, LEAST / 2, 0.2, -0.9, 0.4))
    assert [word.text for _, word in listed] == ["not", "great", "was"]
    assert listed[0][0] == 3
    shown = row(listed[0][1], 1.0, 40).plain
    assert "not" in shown and "−0.90" in shown and "█" in shown
    hostile = row(Word("\x1b[31m漢字漢字漢字漢字", 0, 9, False, 0.5, 2.0), 1.0, 30)
    assert "\x1b" not in hostile.plain and hostile.cell_length <= 30


@pytest.mark.parametrize(("count", "width"), [(3, 12), (12, 3), (100, 7), (7, 7), (1, 5)])
def test_the_line_is_as_wide_as_its_room_and_ends_with_the_verdict(count: int, width: int) -> None:
    scores = [i / count for i in range(count)]
    columns = columns_of(scores, width)
    assert len(columns) == width
    assert columns[-1] == (count - 1, scores[-1])
    assert [word for word, _ in columns] == sorted(word for word, _ in columns)
    assert columns_of([], width) == columns_of(scores, 0) == []
