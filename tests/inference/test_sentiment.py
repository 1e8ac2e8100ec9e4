"""Verdicts in NumPy: those of torch, exact for every prefix, of any length, of any text."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnntui.checkpoints.config import Config, Head, Network, VocabularyConfig
from rnntui.errors import BadOption, CheckpointError
from rnntui.inference.running import RunningScore
from rnntui.inference.sentiment import SentimentModel, build_sentiment_model
from rnntui.networks.classifier import Classifier
from rnntui.networks.exchange import import_weights
from rnntui.training.judging import judge
from tests.conftest import random_weights

WORDS = ("the", "film", "is", "good", "bad", "not", "very", ".", "!", "n't")
POOLINGS = ("last", "max", "mean", "last-max-mean", "attention")
KINDS = list(itertools.product(POOLINGS, (False, True), ("lstm", "gru", "rnn"), (1, 2)))


def config(*, prior: float = 0.5, **network: Any) -> Config:
    shape = Network(
        **{"layers": 1, "hidden": 7, "embedding": 5, "window": 12, "pooling": "mean", **network}
    )
    words = VocabularyConfig("word", ("<pad>", "<unk>", *WORDS), True, 0, 1)
    return Config("sentiment", shape, vocabulary=words, metrics={"prior": prior})


def model(**network: Any) -> SentimentModel:
    made = config(**network)
    return build_sentiment_model(made, random_weights(made, 3), "judge")


def words(count: int, seed: int = 0) -> list[str]:
    """Words at random, some unknown ones among them; the first one is known."""
    draw = np.random.default_rng(seed)
    return ["good", *draw.choice([*WORDS[:7], "zebra"], count - 1).tolist()] if count else []


@pytest.mark.parametrize(("pooling", "both", "cell", "layers"), KINDS)
def test_it_judges_as_torch_does(pooling, both, cell, layers):
    network = {"pooling": pooling, "bidirectional": both, "cell": cell, "layers": layers}
    made = config(**network, head=Head((4,), "tanh"))
    ours = build_sentiment_model(made, random_weights(made, 3), "judge")
    theirs = Classifier(made, torch.Generator())
    import_weights(theirs, random_weights(made, 3))
    texts = [words(n, n) for n in (1, 3, 12, 13, 30)]
    ids = [ours.words.encode(text) for text in texts]
    expected = judge(
        theirs, lambda i: ids[i], np.array([len(i) for i in ids]), window=12, whole=True
    )
    found = [ours.logit(i) for i in ids]
    assert found == pytest.approx(expected, abs=1e-5)
    assert np.std(found) > 1e-3
    many = ours.classify_many([" ".join(text) for text in texts])
    assert [verdict.logit for verdict in many] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("pooling", "both", "cell", "layers"), KINDS)
@pytest.mark.parametrize("reads", ["stream", "window"])
def test_the_score_after_each_word_is_that_of_the_text_ending_there(
    pooling, both, cell, layers, reads
):
    judge = model(pooling=pooling, bidirectional=both, cell=cell, layers=layers, reads=reads)
    ids = judge.words.encode(["zebra", "zebra", *words(31)])  # two windows, and a piece of a third
    whole = judge.prefix_logits(ids)
    alone = [judge.logit(ids[:end]) for end in range(1, len(ids) + 1)]
    assert whole == pytest.approx(alone, abs=1e-5)
    assert whole[:2].tolist() == [0, 0]  # nothing known yet: the prior


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("reads", ["stream", "window"])
def test_beyond_400_words_the_trace_is_still_that_of_prefixes(both, reads):
    judge = model(pooling="last-max-mean", bidirectional=both, reads=reads)
    ids = judge.words.encode(words(1001))
    whole = judge.prefix_logits(ids)
    step = 3 if both else 1  # 1,001 words in 400 readings
    for end in (3, 501, 999, 1001):
        assert whole[end - 1] == pytest.approx(judge.logit(ids[:end]), abs=1e-5)
    assert len(whole) == 1001
    assert len(set(whole[-9:].tolist())) == 9 // step + (step > 1)


def test_long_texts_are_judged_by_all_their_windows_or_their_end():
    every, last = model(pooling="last"), model(pooling="last", reads="window")
    ids = every.words.encode(words(30))
    parts = [every.logit(ids[i : i + 12]) for i in (0, 12, 24)]
    assert every.logit(ids) == pytest.approx((12 * parts[0] + 12 * parts[1] + 6 * parts[2]) / 30)
    assert last.logit(ids) == pytest.approx(last.logit(ids[-12:]))


@pytest.mark.parametrize("pooling", POOLINGS)
def test_shares_add_up_to_the_verdict_where_words_are_read_once(pooling):
    judge = model(pooling=pooling, prior=0.6)
    verdict = judge.classify(" ".join(words(30)), trace=True)
    assert verdict.trace
    total = sum(word.share for word in verdict.trace)
    assert total + np.log(0.6 / 0.4) == pytest.approx(verdict.logit, abs=1e-6)
    assert verdict.trace[-1].score == pytest.approx(verdict.score)


def test_in_both_directions_a_share_is_what_the_verdict_loses_without_the_word():
    judge = model(pooling="last-max-mean", bidirectional=True)
    text = words(30)
    shares = judge.shares(judge.words.encode(text), np.zeros(0))
    for place in (0, 11, 12, 29):
        without = [*text[:place], "zebra", *text[place + 1 :]]
        lost = judge.logit(judge.words.encode(text)) - judge.logit(judge.words.encode(without))
        assert shares[place] == pytest.approx(lost, abs=1e-5)
    assert shares[np.array(text) == "zebra"] == pytest.approx(0)


def test_words_know_their_places():
    text = "The film isn't <br /> GOOD!"
    verdict = model().classify(text, trace=True)
    assert verdict.trace is not None
    assert [word.text for word in verdict.trace] == ["The", "film", "is", "n't", "GOOD", "!"]
    assert [text[word.begin : word.end] for word in verdict.trace] == [
        word.text for word in verdict.trace
    ]
    assert all(word.known for word in verdict.trace)
    assert (verdict.words, verdict.known, verdict.note) == (6, 6, "")


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(
    ("text", "count", "note"),
    [("", 0, "there is no word"), ("\n\t", 0, "there is no word"), ("zebra", 1, "knows none"),
     ("漢字 слово", 2, "knows none"), ("\0\x1b[m", 1, "knows none")],
)  # fmt: skip
def test_a_text_that_says_nothing_gets_the_prior_and_says_so(both, text, count, note):
    judge = model(prior=0.3, bidirectional=both)
    for verdict in (judge.classify(text, trace=True), judge.classify_many([text, "good"])[0]):
        assert verdict.score == pytest.approx(0.3)
        assert verdict.label == "negative"
        assert (verdict.words, verdict.known) == (count, 0)
        assert note in verdict.note
    assert judge.classify_many([]) == []


def test_a_checkpoint_without_a_prior_has_an_even_one():
    made = Config("sentiment", config().network, vocabulary=config().vocabulary)
    assert build_sentiment_model(made, random_weights(made), "it").prior == 0.5


def test_a_model_for_text_judges_nothing():
    with pytest.raises(CheckpointError, match="is a model for text"):
        build_sentiment_model(Config("text", Network()), {}, "it")


@pytest.mark.parametrize(("pooling", "cell", "layers"), itertools.product(
    POOLINGS, ("lstm", "gru"), (1, 2)))  # fmt: skip
def test_a_score_that_runs_along_is_the_whole_text_s(pooling, cell, layers):
    judge = model(pooling=pooling, cell=cell, layers=layers)
    running = RunningScore(judge)
    assert running.score == 0.5
    text = ["zebra", *words(40)]
    for end in (1, 2, 5, 12, 13, 30, 41):
        ids = judge.words.encode(text[:end])
        running.update_words(ids)
        logits = np.log(running.scores / (1 - running.scores))
        assert logits == pytest.approx(judge.prefix_logits(ids), abs=1e-5)


edits = st.lists(st.tuples(st.integers(0, 45), st.integers(0, 5), st.integers(0, 20)), max_size=6)


@given(edits)
def test_a_text_may_change_anywhere_while_its_score_runs_along(changes):
    judge = model(pooling="last-max-mean")
    running = RunningScore(judge)
    text = words(45)
    for seed, (place, removed, added) in enumerate(changes):
        text = [*text[:place], *words(added, seed), *text[place + removed :]]
        found = running.update(" ".join(text))
        assert found == pytest.approx(judge.classify(" ".join(text)).score, abs=1e-6)
        assert len(running.scores) == len(text)


@pytest.mark.parametrize("network", [{"bidirectional": True}, {"reads": "window"}])
def test_a_model_that_reads_texts_anew_has_no_score_that_runs_along(network):
    with pytest.raises(BadOption, match="has to read a text anew"):
        RunningScore(model(**network))
