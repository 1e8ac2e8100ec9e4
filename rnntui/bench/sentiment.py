"""Judging: how long a verdict on a review takes, the next word of one, and a trace both ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from rnntui.bench.machine import has_torch
from rnntui.bench.models import Weights, random_weights
from rnntui.bench.plan import Plan
from rnntui.bench.report import Budget, Entry, Heading, Line, Note
from rnntui.bench.timing import Job, alternating
from rnntui.checkpoints.config import Config, Head, Network, VocabularyConfig
from rnntui.data.words import WordIds
from rnntui.inference.blas import one_thread
from rnntui.inference.running import RunningScore
from rnntui.inference.sentiment import SentimentModel, build_sentiment_model

_OURS, _RUNNING, _TORCH = "verdict", "running", "nn.LSTM"


def judge_config(hidden: int, embedding: int, words: int, *, both: bool = False) -> Config:
    """Return a sentiment model's configuration, as imdb-lstm and imdb-bilstm have it."""
    shape = Network(
        layers=1, hidden=hidden, embedding=embedding, bidirectional=both, window=600,
        pooling="last-max-mean", head=Head(() if both else (64,)),
    )  # fmt: skip
    symbols = ("<pad>", "<unk>", *(f"w{number}" for number in range(words - 2)))
    return Config("sentiment", shape, vocabulary=VocabularyConfig("word", symbols, True, 0, 1))


def sentiment(plan: Plan) -> Iterator[Entry]:
    """Time verdicts, one more word, and a trace in both directions, all on one core."""
    hidden, embedding, words = plan.judge
    yield Heading(
        f"judging {plan.judge_words} words, one core (random weights, {words:,} words known)"
    )
    yield from _one_direction(plan, judge_config(hidden, embedding, words))
    yield from _both(plan, judge_config(128, 128, max(16, words * 4 // 5), both=True))
    yield Note(
        "words are given as numbers: cutting a text into them is left out. The score after one "
        "more word counts the state kept for going back"
    )


def _one_direction(plan: Plan, config: Config) -> Iterator[Line]:
    weights = random_weights(config)
    model = build_sentiment_model(config, weights, "random")
    ids = _text(config, plan.judge_words)
    jobs: dict[str, Job] = {_OURS: _verdict(model, ids), _RUNNING: _running(model, ids)}
    peers, held = _peers(config, weights, ids) if has_torch() else ({}, nullcontext())
    with held:
        rounds = alternating({**jobs, **peers}, plan.rounds)
    shape = config.network
    label = f"LSTM 1x{shape.hidden}"
    yield Line(
        "judge/verdict", f"{label}: a verdict on {plan.judge_words} words",
        1000 * rounds.median(_OURS), "ms",
        Budget(50.0, at_most=True), f"fastest {1000 * min(rounds.seconds[_OURS]):.1f} ms",
    )  # fmt: skip
    yield Line(
        "judge/word", f"{label}: the score after one more word",
        1e6 * rounds.median(_RUNNING) / plan.judge_words, "us", None,
        f"{rounds.ratio(_RUNNING, _OURS):.2f} x a verdict's share of a word",
    )  # fmt: skip
    for peer in peers:
        yield Line(
            f"judge/{peer}", f"{label}: a verdict against {peer}", rounds.ratio(peer, _OURS), "x",
            None, f"{1000 * rounds.median(peer):.1f} ms, all {plan.judge_words} words in one call",
        )  # fmt: skip


def _both(plan: Plan, config: Config) -> Iterator[Line]:
    model = build_sentiment_model(config, random_weights(config), "random")
    ids = _text(config, plan.judge_words)

    def trace(count: int) -> None:
        with one_thread():
            for _ in range(count):
                model.shares(ids, model.prefix_logits(ids))

    def prefixes(count: int) -> None:
        with one_thread():
            for _ in range(count):
                model.prefix_logits(ids)

    rounds = alternating({"prefixes": prefixes, "trace": trace}, plan.judge_rounds)
    label = f"both ways, 1x{config.network.hidden}"
    yield Line(
        "judge/prefixes", f"{label}: the score after each word", rounds.median("prefixes"), "s",
        Budget(2.0, at_most=True), f"{plan.judge_words} prefixes, each read anew",
    )  # fmt: skip
    yield Line(
        "judge/trace", f"{label}: with each word's share", rounds.median("trace"), "s", None,
        f"and {plan.judge_words} texts that lack a word",
    )  # fmt: skip


def _text(config: Config, words: int) -> WordIds:
    return np.random.default_rng(1).integers(2, config.symbols, words).astype(np.int32)


def _verdict(model: SentimentModel, ids: WordIds) -> Job:
    def job(count: int) -> None:
        with one_thread():
            for _ in range(count):
                model.logit(ids)

    return job


def _running(model: SentimentModel, ids: WordIds) -> Job:
    def job(count: int) -> None:
        for _ in range(count):
            running = RunningScore(model)
            running.update_words(ids)

    return job


def _peers(
    config: Config, weights: Weights, ids: WordIds
) -> tuple[dict[str, Job], AbstractContextManager[None]]:
    """Return torch's own module reading the same text, and what holds it to one thread."""
    import torch

    from rnntui.bench.peers import OneThread
    from rnntui.networks.classifier import Classifier
    from rnntui.networks.exchange import import_weights

    network = Classifier(config, torch.Generator().manual_seed(0)).eval()
    import_weights(network, weights)
    words = torch.from_numpy(ids.astype(np.int64))[:, None]
    lengths = torch.tensor([len(ids)])

    @torch.no_grad()
    def job(count: int) -> None:
        for _ in range(count):
            network(words, lengths)

    return {_TORCH: job}, OneThread()
