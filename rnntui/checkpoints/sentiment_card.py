"""The card of a model that judges: its figures beside a simple model's, and verdicts with traces.

As `checkpoints.card`: what is said comes from the configuration and from what a script measured,
but for the notes a caller gives.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rnntui.checkpoints.card import KEPT, CardNotes, kind_of, schedule
from rnntui.checkpoints.config import Config, parameter_count
from rnntui.display import human_count, human_seconds

_READS = {
    "last": "the state after the last word",
    "max": "the largest value of each unit over all words",
    "mean": "the mean of each unit over all words",
    "attention": "the states after all words, weighted by attention",
    "last-max-mean": "the last state, and the largest and the mean value of each unit over all "
    "words",
}


def sentiment_card(name: str, config: Config, notes: CardNotes, traces: str) -> str:
    """Return the card of a model that judges texts.

    Args:
        name: the model's.
        config: with the figures of the test part in `metrics`: `test_accuracy` and its interval,
            `test_loss`, `test_ece`, `test_reviews`.
        notes: what only people know.
        traces: Markdown: verdicts on reviews that nobody chose by hand, wrong ones among them.
    """
    lines = [
        _yaml(name, config, notes),
        f"# {name}\n",
        _opening(config),
        "## Figures\n",
        _figures(config.metrics),
        f"Baseline on the same reviews: {notes.baseline}\n",
        "## How it was trained\n",
        f"{notes.data}\n",
        f"```sh\n{notes.command}\n```\n",
        f"{_trained(config)} {notes.machine} {KEPT.partition('; what it wrote')[0]}.\n",
        "## What it says\n",
        traces,
        "## What it is bad at\n",
        f"{notes.weaknesses}\n",
        "## Loading it without rnntui\n",
        f"```python\n{plain_torch(config)}```\n",
    ]
    return "\n".join(lines)


def _yaml(name: str, config: Config, notes: CardNotes) -> str:
    """The header the Hub reads. JSON strings are YAML strings."""
    data, accuracy = config.data.name, config.metrics.get("test_accuracy")
    data = json.dumps("stanfordnlp/imdb" if data == "imdb" else data)
    header = [
        "---",
        "library_name: rnntui",
        "pipeline_tag: text-classification",
        "language: en",
        f"license: {notes.license}",
        f"tags: [rnntui, sentiment, {config.network.cell}]",
        f"datasets: [{data}]",
    ]
    if accuracy is not None:
        header += [
            "model-index:",
            f"- name: {json.dumps(name)}",
            "  results:",
            "  - task: {type: text-classification}",
            f"    dataset: {{name: {data}, type: {data}, split: test}}",
            "    metrics:",
            f"    - {{type: accuracy, value: {accuracy:.4f}, name: Accuracy (test)}}",
        ]
    return "\n".join([*header, "---\n"])


def _opening(config: Config) -> str:
    network = config.network
    along = (
        "It reads both ways, so that a score for each word costs a reading of the text up to there."
        if network.bidirectional
        else "One direction and pooling that runs along give the score after each word at the cost "
        "of one step."
    )
    assert network.pooling
    return (
        f"{kind_of(network)} that judges reviews, trained by rnntui on {config.data.name}: "
        f"{human_count(parameter_count(config))} parameters, {config.symbols:,} words. Its head "
        f"reads {_READS[network.pooling]}; up to {network.window} words are read at once, a longer "
        f"text {_longer(config)}. {along}\n"
    )


def _longer(config: Config) -> str:
    if config.network.reads == "window":
        return "by its end alone"
    return "in windows, whose log-odds are averaged by their words"


def _figures(metrics: Mapping[str, Any]) -> str:
    low, high = metrics["test_accuracy_low"], metrics["test_accuracy_high"]
    accuracy = f"**{metrics['test_accuracy']:.2%}** (95 % interval {low:.2%} to {high:.2%})"
    rows = [
        ("", "test half", "validation, while training"),
        ("---", "---", "---"),
        ("accuracy", accuracy, f"{metrics['accuracy']:.2%}"),
        ("loss, nats a review", f"{metrics['test_loss']:.4f}", f"{metrics['val_loss']:.4f}"),
        ("calibration error, 15 bins", f"{metrics['test_ece']:.4f}", f"{metrics['ece']:.4f}"),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return (
        f"{table}\n\nMeasured once by `rnntui eval` on the {metrics['test_reviews']:,} "
        "reviews of the official test half, which neither training, nor the language model, nor "
        "the choice of a checkpoint saw. The interval is Wilson's. Probabilities are calibrated by "
        f"a temperature of {metrics['temperature']:.3f}, fitted on validation reviews and kept in "
        "the output layer's weights.\n"
    )


def _trained(config: Config) -> str:
    before = config.metrics.get("pretrain_seconds")
    if before is None:
        return schedule(config)
    epochs = config.metrics["pretrain_epochs"]
    return (
        f"First a language model of words, {epochs:g} epochs in {human_seconds(before)} "
        f"({config.metrics['pretrain_loss']:.3f} nats a word on held-out reviews); then the "
        f"verdicts, {schedule(config)}"
    )


def plain_torch(config: Config) -> str:
    """Return the lines of plain torch that load a sentiment model's checkpoint and judge a text."""
    network = config.network
    kind = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}[network.cell]
    options = f"{network.embedding}, {network.hidden}, {network.layers}"
    options += f", nonlinearity={network.nonlinearity!r}" if network.cell == "rnn" else ""
    options += ", bidirectional=True" if network.bidirectional else ""
    activation = "torch.relu" if network.head.activation == "relu" else "torch.tanh"
    hidden = "".join(
        f'pooled = {activation}(weights["head.{i}.weight"] @ pooled + weights["head.{i}.bias"])\n'
        for i, _ in enumerate(network.head.hidden)
    )
    return (
        "import json, torch\n"
        "from safetensors.torch import load_file\n\n"
        'symbols = json.load(open("config.json", encoding="utf-8"))["vocabulary"]["symbols"]\n'
        "index = {word: i for i, word in enumerate(symbols)}\n"
        'weights = {k: v.float() for k, v in load_file("model.safetensors").items()}\n'
        f"rnn = torch.nn.{kind}({options})\n"
        'rnn.load_state_dict({k[4:]: v for k, v in weights.items() if k.startswith("rnn.")})\n'
        "# Cut as docs/sentiment.md says; a word that is not known is number 1.\n"
        f'words = "this film is n\'t good , it is great !".split()[-{network.window}:]\n'
        "ids = torch.tensor([index.get(word, 1) for word in words])\n"
        'states, _ = rnn(weights["embedding.weight"][ids])  # (time, features)\n'
        f"{_pooled(config)}"
        f"{hidden}"
        'logit = weights["head.weight"][0] @ pooled + weights["head.bias"][0]\n'
        'print(f"{torch.sigmoid(logit):.3f} positive")\n'
    )


def _pooled(config: Config) -> str:
    network = config.network
    half = network.hidden
    ends = f"torch.cat([states[-1, :{half}], states[0, {half}:]])"
    last = ends if network.bidirectional else "states[-1]"
    match network.pooling:
        case "max":
            return "pooled = states.amax(0)\n"
        case "mean":
            return "pooled = states.mean(0)\n"
        case "attention":
            return (
                'scores = states @ weights["pooling.weight"][0] + weights["pooling.bias"]\n'
                "pooled = scores.softmax(0) @ states\n"
            )
        case "last-max-mean":
            return f"pooled = torch.cat([{last}, states.amax(0), states.mean(0)])\n"
        case _:
            return f"pooled = {last}\n"
