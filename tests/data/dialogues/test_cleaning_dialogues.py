"""What is changed and left out before dialogues are learned, and that it is told."""

from __future__ import annotations

import pytest

from rnntui.data.dialogues.cleaning import clean_dialogues, is_crude


def cleaned(*dialogues):
    pairs, report = clean_dialogues(dialogues)
    return [plain for _, plain in pairs], report


def test_typographic_characters_become_plain_ones():
    said, report = cleaned(("It’s “fine” — really…", "a_b\u200bc"))
    assert said == [('It\'s "fine" - really...', "a bc")]
    assert report.mapped["’"] == "'" and report.mapped["\u200b"] == ""
    assert report.changed == 7


def test_a_rare_character_becomes_its_relative_and_a_common_one_stays():
    # One é in 400,003 characters is rare; a third of all is not.
    said, _ = cleaned(("e" * 400_000, "é☃!"), ("!",) * 20)
    assert said[0][1] == "e!"
    said, report = cleaned(("é☃!", "é☃!!"))
    assert said == [("é☃!", "é☃!!")] and not report.mapped


def test_a_dialogue_with_a_crude_word_is_left_out_whole():
    said, report = cleaned(("Hi.", "Oh SHIT."), ("Hi.", "Moby Dick assumed it."))
    assert said == [("Hi.", "Moby Dick assumed it.")]
    assert (report.read, report.crude) == (2, 1)
    assert report.notes() == ("1 of 2 dialogues left out for crude words",)


def test_a_repeated_dialogue_is_learned_once():
    said, report = cleaned(("a", "b"), ("a", "c"), ("a", "b"))
    assert said == [("a", "b"), ("a", "c")]
    assert report.notes() == ("1 dialogues left out that were there already",)


@pytest.mark.parametrize(
    "text", ["bitches", "what an ass.", "You motherfucker", "kick-ass"], ids=str
)
def test_crude(text):
    assert is_crude(text)


@pytest.mark.parametrize(
    "text", ["Cumberbatch", "assume", "Scunthorpe", "cocktail", "Dickens", "Japanese", "spice"]
)
def test_not_crude(text):
    assert not is_crude(text)
