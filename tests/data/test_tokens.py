"""A text comes apart into the same words everywhere, each with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.data.tokens import tokenize, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It wasn't GOOD.", ["it", "was", "n't", "good", "."]),
        ("I can’t, she'll", ["i", "ca", "n't", ",", "she", "'ll"]),
        ("WON`T", ["wo", "n't"]),
        ("O'Brien at 5 o'clock", ["o'brien", "at", "5", "o'clock"]),
        ("the actors' lines", ["the", "actors", "lines"]),
        ("a well-made film", ["a", "well", "made", "film"]),
        ("bad -- so bad - really", ["bad", "-", "so", "bad", "-", "really"]),
        ("Great<br /><br />Next<i>!</i>", ["great", "next", "!"]),
        ("<grin> 3 < 4", ["grin", "3", "4"]),
        ("No! No!! NO!!!! what?!?", ["no", "!", "no", "!!", "no", "!!", "what", "?!"]),
        ("well..... hm…", ["well", "...", "hm", "..."]),
        ("8/10, 7.5/10", ["8/10", ",", "7/10"]),
        (
            "2 of 250 in 1994, the 1990's",
            ["2", "of", "<number>", "in", "1990s", ",", "the", "1990s"],
        ),
        ("80s 21st 112th 5,000.50", ["1980s", "21st", "<number>", "<number>"]),
        (":) ;-) :-( =D", [":)", ":)", ":(", ":)"]),
        ("**** of *******", ["****", "of", "*****"]),
        ("cliché CLICHÉD", ["cliche", "cliched"]),
        ("_so_ bad", ["so", "bad"]),
        ("фильм 映画", ["фильм", "映画"]),
        ("", []),
        (" \n\t-~^", []),
    ],
)
def test_a_text_comes_apart(text, words):
    assert tokenize(text) == words


def test_a_contraction_s_parts_know_their_places():
    text = "You don't!"
    assert [text[a:b] for _, a, b in tokens(text)] == ["You", "do", "n't", "!"]


@given(st.text(max_size=200))
def test_places_lie_one_after_another_inside_the_text(text):
    end = 0
    for word, begin, stop in tokens(text):
        assert end <= begin < stop <= len(text)
        assert word and not any(c.isspace() for c in word)
        end = stop


@given(st.text("aBcdMnNtTsS '’.,!?-19/", max_size=60))
def test_capitals_make_no_other_words(text):
    assert tokenize(text) == tokenize(text.lower())


def test_a_run_of_letters_makes_no_endless_word():
    words = tokenize("a" * 1000)
    assert max(map(len, words)) == 40
    assert sum(map(len, words)) == 1000
