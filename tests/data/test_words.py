"""A vocabulary of words: the commonest of a text, the rest one word."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.checkpoints.config import VocabularyConfig
from rnntui.data.words import PAD, UNKNOWN, Words
from rnntui.errors import CheckpointError

TYPES = ("film", "the", "bad", "good", "never")
COUNTS = np.array([3, 9, 2, 2, 0])


def test_words_come_by_frequency_and_ties_by_the_alphabet():
    words = Words.commonest(TYPES, COUNTS, 100)
    assert words.symbols == ("<pad>", "<unk>", "the", "film", "bad", "good")
    assert Words.commonest(TYPES, COUNTS, 4).symbols[2:] == ("the", "film")
    assert Words.commonest(TYPES, COUNTS, 4, skip=1).symbols[2:] == ("film", "bad")


def test_the_order_in_which_words_were_met_changes_nothing():
    turned = Words.commonest(TYPES[::-1], COUNTS[::-1], 5)
    assert turned == Words.commonest(TYPES, COUNTS, 5)


def test_strangers_are_unknown():
    words = Words.commonest(TYPES, COUNTS, 4)
    assert words.encode(["the", "never", "film", "zebra"]).tolist() == [2, UNKNOWN, 3, UNKNOWN]
    assert words.encode([]).tolist() == []


def test_a_checkpoint_s_vocabulary_comes_back():
    words = Words.commonest(TYPES, COUNTS, 6)
    config = words.to_config()
    assert (config.unit, config.pad, config.unknown) == ("word", PAD, UNKNOWN)
    assert Words.from_config(config, "it") == words


@pytest.mark.parametrize(
    "config",
    [VocabularyConfig("char", ("a", "b"), pad=0, unknown=1), VocabularyConfig("word", ("a", "b"))],
)
def test_a_vocabulary_laid_out_otherwise_is_refused(config):
    with pytest.raises(CheckpointError, match="it has no vocabulary of words"):
        Words.from_config(config, "it")
