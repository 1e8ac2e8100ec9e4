"""What there is to tell of a model that is here, for `rnntui show` and for the app.

All of it may be a stranger's word: values are data, to be passed through `display` when shown.
"""

from __future__ import annotations

from pathlib import Path

from rnntui.checkpoints.config import Config, Network, parameter_count
from rnntui.checkpoints.folder import CARD, problem_of
from rnntui.checkpoints.library import Entry
from rnntui.display import human_bytes, human_count, human_seconds
from rnntui.files import file_problem

_OURS = ("folder", "from", "revision", "commit", "licence", "to fetch", "problem")
"""What is told beside a configuration, from our own knowledge: no figure may be called so."""

_CARD_LIMIT = 1 << 20
"""Bytes of a card that are read."""


def facts(entry: Entry) -> dict[str, str]:
    """Return what a model is and where it comes from, by name, in the order to be shown."""
    told = {"folder": str(entry.folder)}
    if entry.pulled:
        told["from"] = f"the Hub, {entry.pulled.repo}"
        told["revision"] = entry.pulled.revision or "the default branch"
        told["commit"] = entry.pulled.commit
    if entry.config:
        if problem := problem_of(entry.folder, entry.config):
            told["problem"] = problem
        told |= about(entry.config, entry.size)
    return told


def about(config: Config, size: int) -> dict[str, str]:
    """Return what a configuration tells of its model, by name.

    Args:
        config: the model's.
        size: bytes of its weights, 0 where there are none.
    """
    network = config.network
    told = {
        "task": config.task,
        "network": describe(network, reads_symbols=config.vocabulary is not None),
        "parameters": human_count(parameter_count(config)),
        "size": human_bytes(size) if size else "no weights",
        "reads": f"windows of {network.window}" if network.window else "a stream, state carried",
        "trained on": config.data.name,
        "split": " / ".join(f"{share:.3g}" for share in config.data.split),
    }
    if config.vocabulary:
        told["vocabulary"] = f"{config.symbols} {config.vocabulary.unit}s"
    for name, value in config.metrics.items():
        if isinstance(value, dict):
            value = value.get("verdict") or value  # a forecaster's backtest, in a sentence
        free = name not in told and name not in _OURS
        told[name if free else f"metrics.{name}"] = _written(name, value)
    return told


def _written(name: str, value: object) -> str:
    """A figure as people write it; what is none, as it is."""
    if isinstance(value, list) and all(isinstance(each, float) for each in value):
        return ", ".join(_written("", each) for each in value)  # an interval
    if not isinstance(value, float):
        return str(value)
    if name.endswith("seconds") and 0 <= value < 1e9:
        return human_seconds(value)
    if value.is_integer():
        return f"{value:.15g}"
    return f"{value:.4f}" if abs(value) >= 0.001 else f"{value:.3e}"


def figure(config: Config) -> str:
    """Return the figure that tells most about a model, with the part it is of; "" without one."""
    metrics = config.metrics
    test = metrics.get("test")
    skill = _number(test.get("skill")) if isinstance(test, dict) else None
    if config.task == "forecast":
        if skill is None:
            return ""
        than = "better" if skill >= 0 else "worse"
        return f"{100 * abs(skill):.1f} % {than} than naive (test)"
    if config.task == "sentiment":
        for key, part in (("test_accuracy", "test"), ("accuracy", "validation")):
            right = _number(metrics.get(key))
            if right is not None:
                return f"{100 * right:.1f} % right ({part})"
        return ""
    for key, part in (("nats_per_char", "test"), ("val_loss", "validation")):
        value = _number(metrics.get(key))
        if value is not None:
            return f"{value:.3f} nats ({part})"
    return ""


def _number(value: object) -> float | None:
    """A figure that is one: a stranger's may be anything."""
    return value if isinstance(value, float) and abs(value) < 1e6 else None


def describe(network: Network, *, reads_symbols: bool = True) -> str:
    """Return a network in a line: `lstm 2×512, one-hot, dropout 0.5`."""
    parts = [f"{network.cell} {network.layers}×{network.hidden}"]
    parts += ["bidirectional"] if network.bidirectional else []
    if reads_symbols:
        parts += [f"embedding {network.embedding}" if network.embedding else "one-hot"]
    parts += ["tied"] if network.tied else []
    drops = ("dropout", "input_dropout", "output_dropout", "recurrent_dropout", "weight_drop")
    parts += [
        f"{name.replace('_', ' ')} {getattr(network, name):g}"
        for name in drops
        if getattr(network, name)
    ]
    return ", ".join(parts)


def card(folder: Path) -> str:
    """Return a model's card without its YAML header, as it is; "" where there is none.

    A card of megabytes is cut; one that is no plain file, and may never end, is none.

    Raises:
        FileProblem: it is there and cannot be read.
    """
    path = folder / CARD
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            raw = file.read(_CARD_LIMIT)
    except OSError as error:
        raise file_problem(error, path, "read") from error
    text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    return (text.partition("\n---\n")[2] if text.startswith("---\n") else text).strip()
