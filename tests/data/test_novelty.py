"""What is copied: against brute force, on texts that hash badly, and above the indexed size."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.data import novelty as module
from rnntui.data.novelty import GRAM, TrainingText, novelty

# Few symbols make long runs; some of them are far apart, and one is outside the first plane.
TEXTS = st.text(st.sampled_from("ab\nÄж中🙂"), max_size=80)
REPETITIVE = st.builds(lambda a, b, n: (a * n + b) * 3, TEXTS, TEXTS, st.integers(0, 9))


def brute_force(text: str, training: str) -> tuple[int, int, int]:
    """Grams, copied grams, and the length of the longest run, by trying all."""
    grams = [text[i : i + GRAM] for i in range(len(text) - GRAM + 1)]
    copied = sum(gram in training for gram in grams)
    longest = 0
    for start in range(len(text)):
        while start + longest < len(text) and text[start : start + longest + 1] in training:
            longest += 1
    return len(grams), copied, longest


@given(REPETITIVE, REPETITIVE, st.integers(0, 60), st.integers(0, 60))
def test_it_finds_what_brute_force_finds(training, other, begin, length):
    text = other + training[begin : begin + length] + other[:3]
    expected = brute_force(text, training)
    for found in (TrainingText(training).novelty(text), novelty(text, training)):
        assert (found.grams, found.copied, found.longest) == expected
        assert found.characters == len(text)
        run = text[found.start : found.start + found.longest]
        assert len(run) == found.longest
        if run:
            assert training[found.place : found.place + len(run)] == run
        else:
            assert found.place == -1


@given(REPETITIVE, REPETITIVE)
def test_hashes_that_all_collide_change_nothing(training, text):
    before = module._BASE
    module._BASE = type(before)(1)  # a gram's hash is then the sum of its characters
    try:
        for found in (TrainingText(training).novelty(text), novelty(text, training)):
            assert (found.grams, found.copied, found.longest) == brute_force(text, training)
    finally:
        module._BASE = before


@given(REPETITIVE, REPETITIVE)
def test_grams_too_common_to_list_change_nothing(training, text):
    before = module._MOST, module._PIECE
    module._MOST, module._PIECE = 1, 7
    try:
        for found in (TrainingText(training).novelty(text), novelty(text, training)):
            assert (found.grams, found.copied, found.longest) == brute_force(text, training)
    finally:
        module._MOST, module._PIECE = before


def prose(characters: int, seed: int = 1) -> str:
    draw = random.Random(seed)
    words = ["".join(draw.choices("etaoinshrdlu", k=draw.randint(1, 9))) for _ in range(5000)]
    text = " ".join(draw.choice(words) for _ in range(characters // 4))
    return text[:characters]


def test_a_passage_is_found_where_it_stands():
    training = prose(60_000) + "\nO Rose thou art sick.\n" + prose(60_000, 2)
    text = "zzz " + "O Rose thou art sick." + " zzz"
    found = TrainingText(training).novelty(text)
    assert text[found.start : found.start + found.longest].strip() == "O Rose thou art sick."
    assert training[found.place :].startswith("O Rose")
    assert TrainingText(training).line(found.place) == 2


def test_a_page_of_the_training_text_is_all_copied_and_a_stranger_is_not():
    training = TrainingText(prose(200_000))
    page = training.novelty(training.text[70_000:71_000])
    assert (page.share, page.longest, page.place) == (1.0, 1000, 70_000)
    stranger = training.novelty("Ω" * 500)
    assert (stranger.share, stranger.longest, stranger.place) == (0.0, 0, -1)


def test_a_text_shorter_than_a_gram_has_no_share():
    found = TrainingText(prose(1000)).novelty("eta")
    assert (found.grams, found.share) == (0, None)
    assert TrainingText("").novelty("").share is None


def test_lone_surrogates_are_characters_too():
    found = novelty("abc\ud800defgh", "xx abc\ud800defgh xx")
    assert (found.share, found.longest) == (1.0, 9)


def test_a_baseline_tells_held_out_pages_apart():
    training = TrainingText(prose(100_000))
    found = training.baseline(prose(20_000)[:9000] + "Ω" * 1000, 1000)
    assert found is not None
    assert (found.pages, found.characters) == (10, 1000)
    assert (found.lowest, found.highest) == (0.0, 1.0)
    assert found.share == pytest.approx(0.9)
    assert found.longest == 1000


def test_a_held_out_part_shorter_than_a_page_gives_no_baseline():
    assert TrainingText(prose(1000)).baseline("short", 100) is None
    assert TrainingText(prose(1000)).baseline(prose(1000), 7) is None


def test_above_the_indexed_size_a_question_takes_little_memory():
    text = prose(3_000_000)
    training = TrainingText(text, indexed=1_000_000)
    tracemalloc.start()
    found = training.novelty(text[1_500_000:1_501_000])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.longest, found.share) == (1000, 1.0)
    assert peak < 2 * len(text)  # hashes of all of it would take eight bytes a character
