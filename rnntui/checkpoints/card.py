"""The model card: what a person should know before using a model, written from what is measured.

Hub YAML first, then prose. Everything in it comes from the configuration, the history and the
samples of the run; nothing is typed by hand but the notes a caller gives.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rnntui.checkpoints.config import Config, Network, Suggested, parameter_count
from rnntui.display import human_count, human_seconds


@dataclass(frozen=True)
class CardNotes:
    """What no file of the run knows."""

    license: str
    """Of the weights, as the Hub spells it."""
    data: str
    """The corpus, its source and its licence, in a sentence or two."""
    baseline: str
    """A simple model's figure on the same part, with how it was got."""
    weaknesses: str
    """What the model is bad at."""
    command: str
    """The exact command that trained it."""
    machine: str
    """What it was trained on."""
    found: str = ""
    """How the suggested sampling was found; "" where none is suggested."""


KEPT = (
    "The recipe, every key with its value, is in `config.json`; the history of the run in "
    "`history.jsonl`; what it wrote while it learned in `samples.md`."
)


def text_card(
    name: str, config: Config, notes: CardNotes, samples: Sequence[tuple[int, float, str]]
) -> str:
    """Return the card of a text model.

    Args:
        name: the model's.
        config: with its figures in `metrics`.
        notes: what only people know.
        samples: (seed, temperature, text), not chosen by hand.
    """
    metrics = config.metrics
    split = config.data.split
    lines = [
        _yaml(name, config, notes),
        f"# {name}\n",
        _opening(config),
        "## Figures\n",
        _figures(config, metrics, split),
        f"Baseline on the same part: {notes.baseline}\n",
        "## How it was trained\n",
        f"{notes.data}\n",
        f"```sh\n{notes.command}\n```\n",
        f"{schedule(config)} {notes.machine} {KEPT}\n",
        "## What it writes\n",
        _samples(samples),
        *_suggested(config.sampling, notes.found),
        "## What it is bad at\n",
        f"{notes.weaknesses}\n",
        "## Loading it without rnntui\n",
        f"```python\n{plain_torch(config)}```\n",
    ]
    return "\n".join(lines)


def _yaml(name: str, config: Config, notes: CardNotes) -> str:
    """The header the Hub reads. JSON strings are YAML strings."""
    quoted = json.dumps
    value = config.metrics.get("nats_per_char")
    header = [
        "---",
        "library_name: rnntui",
        "pipeline_tag: text-generation",
        f"license: {notes.license}",
        f"tags: [rnntui, char-rnn, {config.network.cell}]",
    ]
    if value is not None:
        header += [
            "model-index:",
            f"- name: {quoted(name)}",
            "  results:",
            "  - task: {type: text-generation}",
            f"    dataset: {{name: {quoted(config.data.name)}, type: {quoted(config.data.name)}}}",
            "    metrics:",
            f"    - {{type: nats_per_char, value: {value:.4f}, name: Nats per character (test)}}",
        ]
    return "\n".join([*header, "---\n"])


def _opening(config: Config) -> str:
    return (
        f"{kind_of(config.network)} that writes, trained by rnntui on {config.data.name}: "
        f"{human_count(parameter_count(config))} parameters, {config.outputs} symbols.\n"
    )


def kind_of(network: Network) -> str:
    """Return what a network is, to begin a sentence: "An LSTM of 2 x 512"."""
    cell = {"lstm": "An LSTM", "gru": "A GRU", "rnn": "A plain recurrent network"}[network.cell]
    both = " reading in both directions" if network.bidirectional else ""
    return f"{cell} of {network.layers} x {network.hidden}{both}"


def _figures(config: Config, metrics: Mapping[str, Any], split: tuple[float, float, float]) -> str:
    kind, kept = "a contiguous split", ""
    if config.chat is not None:
        kind, kept, split = "a split", " by dialogues, each whole in one part", config.chat.split
    shares = "/".join(f"{100 * share:g}" for share in split)
    rows = ["| protocol | nats per character | bits per character |", "| --- | --- | --- |"]
    window = config.network.window
    how = f"windows of {window}, many to one" if window else "state carried through the text"
    for key, protocol in (
        ("nats_per_char", how),
        ("nats_per_char_window_256", "windows of 256, state reset (nanoGPT's protocol)"),
        ("val_loss", "validation part, while training"),
    ):
        value = metrics.get(key)
        if isinstance(value, float):
            rows.append(f"| {protocol} | {value:.4f} | {value / 0.6931471805599453:.4f} |")
    return (
        "\n".join(rows)
        + f"\n\nMeasured by `rnntui eval` on the last part of {kind} of {shares}{kept}, "
        "which neither training nor the choice of settings saw.\n"
    )


def schedule(config: Config) -> str:
    """Return how long a model was trained, in a sentence; "" where nothing says."""
    metrics = config.metrics
    epochs, seconds = metrics.get("epoch"), metrics.get("seconds")
    if epochs is None or seconds is None:
        return ""
    return f"{epochs:g} epochs in {human_seconds(seconds)}."


def _samples(samples: Sequence[tuple[int, float, str]]) -> str:
    parts = ["Not chosen by hand: the first seeds, whatever came.\n"]
    for seed, temperature, text in samples:
        fence = "`" * (3 if "```" not in text else 8)
        parts.append(f"Seed {seed}, temperature {temperature:g}:\n\n{fence}text\n{text}\n{fence}\n")
    return "\n".join(parts)


def _suggested(sampling: Suggested, found: str) -> list[str]:
    """Return the section on the suggested sampling, if there is one."""
    if not found or sampling.temperature is None:
        return []
    prompt = f", prompt {sampling.prompt!r}" if sampling.prompt else ""
    told = f"Temperature {sampling.temperature:g}{prompt}. {found}\n"
    return ["## Suggested sampling\n", told]


def plain_torch(config: Config) -> str:
    """Return the lines of plain torch that load a text model's checkpoint and run it."""
    network = config.network
    kind = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}[network.cell]
    options = f"{config.inputs}, {network.hidden}, {network.layers}"
    options += f", nonlinearity={network.nonlinearity!r}" if network.cell == "rnn" else ""
    options += ", bidirectional=True" if network.bidirectional else ""
    vectors = (
        'weights["embedding.weight"][ids]' if network.embedding else "torch.eye(len(symbols))[ids]"
    )
    activation = "torch.relu" if network.head.activation == "relu" else "torch.tanh"
    hidden = "".join(
        f'features = {activation}(features @ weights["head.{i}.weight"].T + '
        f'weights["head.{i}.bias"])\n'
        for i, _ in enumerate(network.head.hidden)
    )
    return (
        "import json, torch\n"
        "from safetensors.torch import load_file\n\n"
        'symbols = json.load(open("config.json", encoding="utf-8"))["vocabulary"]["symbols"]\n'
        'weights = {k: v.float() for k, v in load_file("model.safetensors").items()}\n'
        f"rnn = torch.nn.{kind}({options})\n"
        'rnn.load_state_dict({k[4:]: v for k, v in weights.items() if k.startswith("rnn.")})\n'
        f"ids = torch.tensor({_example(config)})[:, None]  # (time, batch)\n"
        f"features, state = rnn({vectors})\n"
        f"{_ends(network)}"
        f"{hidden}"
        'logits = features @ weights["head.weight"].T + weights["head.bias"]\n'
    )


def _ends(network: Network) -> str:
    """What is left of a window's features: where each direction ended."""
    if network.reads != "window":
        return ""
    if not network.bidirectional:
        return "features = features[-1]\n"
    half = network.hidden
    return f"features = torch.cat([features[-1, :, :{half}], features[0, :, {half}:]], 1)\n"


def _example(config: Config) -> str:
    """An expression for some indices to begin with."""
    assert config.vocabulary
    if config.vocabulary.unit == "byte":
        known = set(b"The ") <= set(config.vocabulary.symbols)
        return '[symbols.index(c) for c in b"The "]' if known else "[0]"
    symbols = [str(symbol) for symbol in config.vocabulary.symbols]
    some = [symbol for symbol in symbols if symbol.isalpha()] or symbols
    # Not as JSON's escapes: Python reads those of characters beyond U+FFFF as two.
    text = json.dumps("".join(some[:4]), ensure_ascii=False)
    return f"[symbols.index(c) for c in {text}]"
