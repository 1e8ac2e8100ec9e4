"""`rnntui show`: what a model is, how it was trained, and its card."""

from __future__ import annotations

from typing import Annotated

import typer

from rnntui.cli.output import print_json, print_text

_CARD_LIMIT = 1 << 20
"""Bytes of a card that are shown."""
_LONGEST = 1000
"""Characters of a value that are shown: a hostile one may be long, or hold lines of its own."""


def show(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A name or a folder.")],
    json: Annotated[bool, typer.Option("--json", help="Print config.json.")] = False,
) -> None:
    """Show a model's configuration, figures and card."""
    import msgspec

    from rnntui.checkpoints.config import parameter_count
    from rnntui.checkpoints.folder import CARD, WEIGHTS, read_config
    from rnntui.checkpoints.library import find_model
    from rnntui.display import human_bytes, human_count, one_line, visible

    folder = find_model(model)
    config = read_config(folder)
    if json:
        print_json(msgspec.to_builtins(config))
        return
    network = config.network
    weights = folder / WEIGHTS
    lines = {
        "folder": str(folder),
        "task": config.task,
        "network": describe(config.network),
        "parameters": human_count(parameter_count(config)),
        "size": human_bytes(weights.stat().st_size) if weights.exists() else "no weights",
        "reads": f"windows of {network.window}" if network.window else "a stream, state carried",
        "trained on": config.data.name,
        "split": " / ".join(f"{share:g}" for share in config.data.split),
    }
    if config.vocabulary:
        lines["vocabulary"] = f"{config.outputs} {config.vocabulary.unit}s"
    for name, value in config.metrics.items():
        lines[name] = f"{value:.4f}" if isinstance(value, float) else str(value)
    width = max(map(len, lines))
    for name, text in lines.items():
        print_text(f"{one_line(name, width).ljust(width)}  {one_line(text, _LONGEST)}\n")
    card = folder / CARD
    if card.is_file():
        with card.open("rb") as file:
            text = file.read(_CARD_LIMIT).decode("utf-8-sig", "replace").replace("\r\n", "\n")
        print_text("\n" + visible(_body(text)) + "\n")


def describe(network: object) -> str:
    """The network in a line: `lstm 2×512, one-hot, dropout 0.5`."""
    from rnntui.checkpoints.config import Network

    assert isinstance(network, Network)
    parts = [f"{network.cell} {network.layers}×{network.hidden}"]
    parts += ["bidirectional"] if network.bidirectional else []
    parts += [f"embedding {network.embedding}" if network.embedding else "one-hot"]
    parts += ["tied"] if network.tied else []
    drops = ("dropout", "input_dropout", "output_dropout", "recurrent_dropout", "weight_drop")
    parts += [
        f"{name.replace('_', ' ')} {getattr(network, name):g}"
        for name in drops
        if getattr(network, name)
    ]
    return ", ".join(parts)


def _body(card: str) -> str:
    """A card without its YAML header."""
    if card.startswith("---\n"):
        return card.partition("\n---\n")[2].strip()
    return card.strip()
