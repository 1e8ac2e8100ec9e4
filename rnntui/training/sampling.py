"""What a network writes while it learns, drawn by the same sampler that the app uses."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from rnntui.checkpoints.config import Config
from rnntui.inference.models import build_text_model
from rnntui.inference.sampling import Sampling
from rnntui.recipes.schema import TextRecipe
from rnntui.runs.history import Evaluation
from rnntui.training.events import Predicted
from rnntui.training.task import Check, Weights


def draw_samples(
    config: Config, weights: Weights, recipe: TextRecipe, check: Check
) -> dict[float, str]:
    """Return one sample for each of the recipe's temperatures, prompt included.

    All from the recipe's seed, so that samples of different epochs differ by what was learned.

    Raises:
        Stopped: by `check`, which is called before every character.
    """
    model = build_text_model(config, weights, "the network in training")
    prompt, length, seed = recipe.sample_prompt, recipe.sample_length, recipe.seed
    samples = {}
    for temperature in recipe.sample_temperatures:
        text = prompt
        for character in model.generate(prompt, length, temperature=temperature, seed=seed):
            check()
            text += character
        samples[temperature] = text
    return samples


def predictions(config: Config, weights: Weights, ids: NDArray[Any], line: Evaluation) -> Predicted:
    """Return what a network takes to follow each symbol of a short text, one step at a time."""
    model = build_text_model(config, weights, "the network in training")
    session = model.session(seed=0)
    rows = []
    for index in ids[:-1]:
        read = model.vocabulary.decode([index])
        session.feed(read)
        raw = session.distribution(Sampling()).raw
        likeliest = int(raw.argmax())
        rows.append((read, model.vocabulary.decode([likeliest]), float(raw[likeliest])))
    return Predicted(line.epoch, line.train_loss, rows)
