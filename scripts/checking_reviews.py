"""What `scripts/check_models` does with a model that judges reviews."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import numpy as np
import torch
from shipping_reviews import Judged, judge_test_half

from rnntui.checkpoints.config import Config
from rnntui.checkpoints.folder import CARD, read_checkpoint
from rnntui.data.batches import windows
from rnntui.data.review_corpus import EncodedReviews
from rnntui.data.words import WordIds
from rnntui.inference.sentiment import build_sentiment_model

TOLERANCES = {"test_accuracy": 0.0005, "test_loss": 0.001, "test_ece": 0.001}
"""A dozen of 25,000 reviews whose log-odds are next to nothing may fall to either side."""
SAMPLE, CLOSE = 100, 1e-3
"""Reviews whose logits are computed in three ways, and how far those may lie apart."""


def check_reviews(folder: Path, config: Config, reviews: Path) -> int:
    """Score a model on the test half; return in how many ways its card or its logits differ."""
    judged = judge_test_half(folder, reviews)
    failures = 0
    for key, found in judged.figures().items():
        if key in TOLERANCES:
            card = config.metrics[key]
            wrong = abs(found - card) > TOLERANCES[key]
            failures += wrong
            _tell(f"{folder.name} {key}: card {card:.4f}, rnntui {found:.4f}", wrong)
    for name, difference in differences(folder, judged).items():
        wrong = difference > CLOSE
        failures += wrong
        _tell(f"{folder.name} logits by {name}: {difference:.1e} at most from eval's", wrong)
    return failures


def _tell(what: str, wrong: bool) -> None:
    print(f"{what} {'DIFFERS' if wrong else 'ok'}")


def differences(folder: Path, judged: Judged) -> dict[str, float]:
    """Return how far eval's logits of a sample of reviews lie from those found in other ways."""
    read = read_checkpoint(folder)
    model = build_sentiment_model(read.config, read.weights, folder.name)
    encoded = EncodedReviews.of(judged.corpus, model.words)
    places = np.random.default_rng(0).choice(len(judged.rows), SAMPLE, replace=False)
    texts = [encoded.row(judged.rows[place]) for place in places]
    by_card = CardLines(folder)
    whole = read.config.network.reads == "stream"
    found = {
        "NumPy": [model.logit(ids) for ids in texts],
        "the card's plain torch": [by_card.logit(ids, model.window, whole) for ids in texts],
    }
    wanted = judged.logits[places]
    return {name: float(np.abs(np.array(own) - wanted).max()) for name, own in found.items()}


class CardLines:
    """The code that a model's card prints, run with other words: one text at a time, no padding."""

    def __init__(self, folder: Path) -> None:
        card = (folder / CARD).read_text("utf-8")
        code = card.rpartition("```python\n")[2].partition("```")[0]
        load, _, self._judge = code.partition("words = ")
        self._judge = self._judge.partition("\n")[2].partition("\n")[2]  # ours are `ids` already
        self._known: dict[str, object] = {}
        before = Path.cwd()
        os.chdir(folder)
        try:
            exec(load, self._known)
        finally:
            os.chdir(before)

    @torch.no_grad()
    def logit(self, ids: WordIds, window: int, whole: bool) -> float:
        """Return a text's logit, window by window as the card tells in words."""
        spans = windows(len(ids), window) if whole else [(max(0, len(ids) - window), len(ids))]
        total = 0.0
        for begin, end in spans:
            self._known["ids"] = torch.from_numpy(ids[begin:end].astype(np.int64))
            with contextlib.redirect_stdout(io.StringIO()):
                exec(self._judge, self._known)
            total += (end - begin) * float(self._known["logit"])  # type: ignore[arg-type]
        return total / sum(end - begin for begin, end in spans)
