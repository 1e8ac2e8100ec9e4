"""What `ship_model` measures of a model that was trained on dialogues, and lets it say."""

from __future__ import annotations

import importlib.machinery
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
from ngram_baseline import figure_of

from rnntui.checkpoints.card import CardNotes, text_card
from rnntui.checkpoints.config import Config
from rnntui.cli.evaluate import progress
from rnntui.data.dialogues.corpus import collect
from rnntui.data.dialogues.scoring import read_dialogues_as
from rnntui.data.finding import find_corpora
from rnntui.data.splits import bounds
from rnntui.inference.chat.conversation import Conversation
from rnntui.inference.chat.replying import ReplySettings, suggested_knobs
from rnntui.inference.models import TextModel, load

SEEDS = (1, 2, 3, 4, 5)
MESSAGES = (
    "Hi! How are you today?",
    "Have you seen any good movies lately?",
    "Who was in it?",
    "What kind of music do you like?",
    "Well, it was nice talking to you. Bye!",
)
CONTEXTS = 500
ORDERS = range(3, 8)
"""Of the n-gram beside it: counts of longer contexts of so much text fill the memory."""


def chat(half: Path, config: Config, corpora: str, notes: dict[str, Any]) -> tuple[Config, str]:
    """Score a model on its test part; return its configuration with figures, and its card.

    Args:
        half: the checkpoint's folder.
        config: its configuration.
        corpora: the names or files of its corpora, with commas between.
        notes: as in the card's TOML.
    """
    assert config.chat is not None
    model = load(half)
    files = find_corpora(corpora.split(","))
    text = read_dialogues_as(files, config.chat, model.vocabulary)
    assert text.sha256 == config.data.sha256, "these are not the dialogues the model learned"
    ids = text.ids[slice(*bounds(len(text.ids), config.data.split, "test"))]
    found = {
        "nats_per_char": model.score_ids(ids, None, progress).nats_per_char,
        **ranking(model, files),
    }
    order, loss = figure_of(model.vocabulary.decode(text.ids), ORDERS)
    config = msgspec.structs.replace(config, metrics=config.metrics | found)
    simple = (
        f"{loss:.4f} nats per character by an interpolated {order}-gram (Witten-Bell), its order "
        f"chosen on the validation part among {ORDERS.start} to {ORDERS.stop - 1} "
        "(`scripts/ngram_baseline.py`). "
    )
    noted = CardNotes(**notes, baseline=simple + told(found))
    return config, text_card(half.name, config, noted, conversations(model))


def ranking(model: TextModel, files: list[Path]) -> dict[str, Any]:
    """Return how often the true reply is first among ten, with and without the relevance term."""
    script = _script("chat_ranking")
    here, alone = script.measured(model, collect(files), "test", CONTEXTS, 1)
    relevance = settings(model).relevance
    return {
        "first_of_ten": script.found(here, alone, relevance)["first"],
        "first_of_ten_interval": script.found(here, alone, relevance)["interval"],
        "first_of_ten_without_relevance": script.found(here, alone, 0.0)["first"],
        "relevance": relevance,
        "contexts": len(here),
    }


def told(found: dict[str, Any]) -> str:
    """Return the figures of the ranking as a sentence."""
    low, high = found["first_of_ten_interval"]
    return (
        f"Of ten replies, nine of them from other dialogues, the true one is ranked first in "
        f"{found['first_of_ten']:.1%} of {found['contexts']:,} contexts ({low:.1%} to {high:.1%}) "
        f"with relevance {found['relevance']:g}, in {found['first_of_ten_without_relevance']:.1%} "
        "without it; chance is 10 % (`scripts/chat_ranking`)."
    )


def settings(model: TextModel) -> ReplySettings:
    """Return what the model suggests for its replies."""
    knobs = suggested_knobs(model.config)
    chosen = {name: knobs[name] for name in ("candidates", "relevance") if name in knobs}
    return ReplySettings(model.sampling(), **chosen)


def conversations(model: TextModel) -> list[tuple[int, float, str]]:
    """Let it answer the same messages with seeds 1 to 5."""
    made = settings(model)
    samples = []
    for seed in SEEDS:
        talk, lines = Conversation(model, seed), []
        for message in MESSAGES:
            talk.say(message)
            lines += [f"you: {message}", f"{model.name}: {talk.reply(made).text}"]
        samples.append((seed, made.sampling.temperature, "\n".join(lines)))
    return samples


def _script(name: str) -> ModuleType:
    """Import a script that has no ending."""
    path = str(Path(__file__).with_name(name))
    loader = importlib.machinery.SourceFileLoader(name, path)
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
