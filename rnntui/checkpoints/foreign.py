"""Recognising a network of another program by the names and shapes of its tensors.

torch.nn names the tensors of its recurrent modules the same everywhere (`weight_ih_l0`, ...); what
their owners are called (`rnn`, `lstm`, `encoder`, `fc`, ...) is each author's own affair, so the
embedding and the output layer are found by their shapes. Every tensor must find its place, and in
one way only: a network that is merely nearly understood would write nonsense.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnntui.checkpoints.config import (
    Cell,
    Config,
    Network,
    Nonlinearity,
    VocabularyConfig,
    tensor_shapes,
)
from rnntui.display import one_line
from rnntui.errors import RnntuiError

Tensors = Mapping[str, NDArray[np.floating]]

RECURRENT = re.compile(
    r"(?P<owner>.*?)(?P<part>(?:weight|bias)_(?:ih|hh|hr))(?:_l(?P<layer>\d{1,2})(?P<back>_reverse)?)?"
)
"""A tensor of `nn.RNN`, `nn.LSTM` or `nn.GRU`, or of a cell, which names no layer."""
_PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
_CELLS: dict[int, Cell] = {1: "rnn", 4: "lstm", 3: "gru"}
"""By the rows of the recurrent matrix over its columns: one block of rows a gate."""
_READS = re.compile("emb|enc|wte|look", re.IGNORECASE)
_WRITES = re.compile("dec|fc|out|lin|head|proj|dense|logit", re.IGNORECASE)
_LISTED = 24
"""Tensors that a message lists at most."""


class ImportProblem(RnntuiError):
    """A file of another program that cannot be brought in, or not without more being said."""


@dataclass(frozen=True)
class Recognised:
    """A text network, as it was understood."""

    network: Network
    symbols: int
    """How many it reads and writes."""
    weights: dict[str, NDArray[np.float32]]
    """By the names of a checkpoint."""
    taken: dict[str, str]
    """Whose tensor became each of ours; "" where there was none, and zeros stand in its place."""


@dataclass(frozen=True)
class _Ends:
    """The tensors before and after the recurrent stack."""

    embedding: str | None
    head: str
    bias: str | None


def recognise(
    tensors: Tensors, nonlinearity: Nonlinearity = "tanh", window: int | None = None
) -> Recognised:
    """Find a text network in the tensors of a `state_dict`.

    Args:
        tensors: by their names there.
        nonlinearity: of a plain recurrent network, which no shape tells.
        window: how many symbols the network was given at once, where it reads windows.

    Raises:
        ImportProblem: there is no such network, or it may be understood in several ways.
    """
    owner = _owner(tensors)
    stack, rest = _stack(tensors, owner)
    first = tensors[stack["weight_hh_l0"]]
    hidden = first.shape[1]
    cell = _CELLS.get(first.shape[0] // hidden) if first.shape[0] % hidden == 0 else None
    if cell is None:
        raise _refusal(f"{owner}weight_hh_l0 has the gates of no cell", stack.values(), tensors)
    both = "weight_hh_l0_reverse" in stack
    layers = sum(name.startswith("weight_hh_") for name in stack) // (2 if both else 1)
    width = tensors[stack["weight_ih_l0"]].shape[1]
    ends = _ends(tensors, rest, width, hidden * (2 if both else 1))
    head = tensors[ends.head]
    if both and window is None:
        raise ImportProblem(
            "the network reads in both directions, so it was given windows of some length",
            "say with --window how many characters",
        )
    tied = ends.embedding is not None and np.array_equal(tensors[ends.embedding], head)
    network = Network(
        cell=cell,
        nonlinearity=nonlinearity,
        layers=layers,
        hidden=hidden,
        embedding=width if ends.embedding else 0,
        bidirectional=both,
        tied=tied,
        reads="window" if window else "stream",
        window=window,
        pooling="last" if window else None,
    )
    return _taken(network, tensors, stack, ends)


def _owner(tensors: Tensors) -> str:
    """Return what the names of the one recurrent module begin with."""
    owners = {
        match["owner"]: None for match in map(RECURRENT.fullmatch, tensors) if match is not None
    }
    if not owners:
        raise _refusal("no tensor is named as those of nn.RNN, nn.LSTM and nn.GRU", [], tensors)
    if len(owners) > 1:
        names = ", ".join(one_line(owner.rstrip(".") or "(no name)") for owner in owners)
        raise _refusal(f"there are {len(owners)} recurrent modules ({names})", [], tensors)
    return next(iter(owners))


def _stack(tensors: Tensors, owner: str) -> tuple[dict[str, str], list[str]]:
    """Return the recurrent module's tensors by torch.nn's names, and the names of the others."""
    stack: dict[str, str] = {}
    rest: list[str] = []
    for name in tensors:
        match = RECURRENT.fullmatch(name)
        if match is None:
            rest.append(name)
            continue
        if match["part"] == "weight_hr":
            raise ImportProblem(
                "the LSTM has projections (proj_size), which rnntui has not",
                "train it without them",
            )
        stack[f"{match['part']}_l{match['layer'] or 0}{match['back'] or ''}"] = name
    layers = len({key.partition("_l")[2].split("_")[0] for key in stack})
    ways = ("", "_reverse") if any(key.endswith("_reverse") for key in stack) else ("",)
    places = [f"l{layer}{way}" for layer in range(layers) for way in ways]
    whole = {f"{part}_{place}" for part in _PARTS for place in places}
    without = {f"{part}_{place}" for part in _PARTS[:2] for place in places}
    if stack.keys() not in (whole, without):
        raise _refusal(f"{owner}* is not whole", stack.values(), tensors)
    if any(tensors[stack[key]].ndim != 2 or not tensors[stack[key]].size for key in without):
        raise _refusal(f"{owner}* has weights that are no matrices", stack.values(), tensors)
    return stack, rest


def _ends(tensors: Tensors, rest: list[str], width: int, features: int) -> _Ends:
    """Find what comes before and after the stack among the tensors that are left.

    Args:
        tensors: all.
        rest: the names that are left.
        width: columns of the first layer's input matrix.
        features: width of what the stack puts out.
    """
    matrices = [name for name in rest if tensors[name].ndim == 2]
    biases = [name for name in rest if tensors[name].ndim == 1]
    found: list[tuple[str | None, str]] = []
    for head in matrices:
        rows, columns = tensors[head].shape
        others = [name for name in matrices if name != head]
        if columns != features or any(tensors[b].shape != (rows,) for b in biases):
            continue
        if not others and rows == width:
            found.append((None, head))
        elif not others and width == features:
            found.append((head, head))  # tied, and saved once
        elif len(others) == 1 and tensors[others[0]].shape == (rows, width):
            found.append((others[0], head))
    if len(found) > 1:
        found = _likelier(found, tensors, biases)
    if len(found) != 1 or len(biases) > 1 or len(matrices) + len(biases) != len(rest):
        why = "may be embedding and output layer in several ways" if found[1:] else (
            f"are no embedding and output layer for a network that reads {width} values "
            f"and puts out {features}"
        )  # fmt: skip
        raise _refusal(f"the tensors beside the recurrent ones {why}", rest, tensors)
    embedding, head = found[0]
    return _Ends(embedding, head, biases[0] if biases else None)


def _likelier(
    found: list[tuple[str | None, str]], tensors: Tensors, biases: list[str]
) -> list[tuple[str | None, str]]:
    """Tell an embedding from an output layer of the same shape: by its bias, else by its name."""
    partners = {name.removesuffix("bias") + "weight" for name in biases}
    by_bias = [pair for pair in found if pair[1] in partners]
    if len(by_bias) == 1:
        return by_bias
    by_name = [
        pair for pair in found if _READS.search(pair[0] or "") and not _READS.search(pair[1])
    ] or [pair for pair in found if _WRITES.search(pair[1]) and not _WRITES.search(pair[0] or "")]
    if len(by_name) == 1:
        return by_name
    same = all(np.array_equal(tensors[a], tensors[b]) for a, b in found if a)
    return found[:1] if same else found


def _taken(network: Network, tensors: Tensors, stack: Mapping[str, str], ends: _Ends) -> Recognised:
    """Put the tensors under a checkpoint's names, zeros where a bias was left out."""
    symbols = len(tensors[ends.head])
    # Only how many symbols there are matters for shapes; which they are, no tensor tells.
    numbered = VocabularyConfig("char", tuple(range(symbols)))
    theirs = {"embedding.weight": ends.embedding, "head.weight": ends.head, "head.bias": ends.bias}
    theirs |= {f"rnn.{key}": name for key, name in stack.items()}
    taken, weights = {}, {}
    for ours, shape in tensor_shapes(Config("text", network, vocabulary=numbered)).items():
        name = theirs.get(ours)
        array = tensors[name] if name else np.zeros(shape, np.float32)
        if array.shape != shape:
            raise _refusal(f"{name} should have shape {list(shape)}", stack.values(), tensors)
        taken[ours] = name or ""
        weights[ours] = np.ascontiguousarray(array, np.float32)
    return Recognised(network, symbols, weights, taken)


def _refusal(why: str, about: Iterable[str], tensors: Tensors) -> ImportProblem:
    """Say what is wrong, with the tensors it is about, or all."""
    names = list(about) or list(tensors)
    listed = ", ".join(f"{one_line(name)} {list(tensors[name].shape)}" for name in names[:_LISTED])
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ImportProblem(
        f"{one_line(why, 200)}: {listed or 'there are none'}{more}",
        "rnntui imports one nn.RNN, nn.LSTM or nn.GRU with at most one nn.Embedding before it "
        "and one nn.Linear after it",
    )
