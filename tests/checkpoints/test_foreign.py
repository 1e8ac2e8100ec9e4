"""Telling an embedding, a recurrent stack and an output layer by their shapes, or not at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnntui.checkpoints.foreign import ImportProblem, Recognised, recognise


def stack(rows: int, width: int, hidden: int, owner: str = "rnn.") -> dict[str, tuple[int, ...]]:
    """The shapes of one recurrent layer."""
    return {
        f"{owner}weight_ih_l0": (rows, width),
        f"{owner}weight_hh_l0": (rows, hidden),
        f"{owner}bias_ih_l0": (rows,),
        f"{owner}bias_hh_l0": (rows,),
    }


def seen(shapes: dict[str, tuple[int, ...]], **options: Any) -> Recognised:
    """What is recognised in random tensors of some shapes."""
    random = np.random.default_rng(0)
    return recognise({k: random.normal(size=v).astype("f4") for k, v in shapes.items()}, **options)


ENDS: dict[str, tuple[int, ...]] = {"e.weight": (20, 6), "o.weight": (20, 8), "o.bias": (20,)}


@pytest.mark.parametrize(("rows", "cell"), [(8, "rnn"), (24, "gru"), (32, "lstm")])
def test_the_cell_is_told_by_the_rows_of_its_gates(rows, cell):
    found = seen(stack(rows, 6, 8) | ENDS).network
    assert (found.cell, found.hidden, found.embedding) == (cell, 8, 6)


def test_a_cell_module_is_a_layer():
    cell = {"cell.weight_ih": (24, 6), "cell.weight_hh": (24, 8)}
    found = seen(cell | ENDS)
    assert found.network.layers == 1
    assert found.taken["rnn.weight_ih_l0"] == "cell.weight_ih"
    assert not found.weights["rnn.bias_hh_l0"].any()


@pytest.mark.parametrize(
    ("reads", "writes"), [("emb.weight", "a.weight"), ("a.weight", "decoder.weight")]
)
def test_matrices_of_one_shape_are_told_by_their_names(reads, writes):
    found = seen(stack(24, 8, 8) | {writes: (20, 8), reads: (20, 8)})
    assert (found.taken["embedding.weight"], found.taken["head.weight"]) == (reads, writes)


def test_matrices_of_one_shape_are_told_by_the_bias_before_all():
    shapes = stack(24, 8, 8) | {"fc.weight": (20, 8), "emb.weight": (20, 8), "emb.bias": (20,)}
    assert seen(shapes).taken["head.weight"] == "emb.weight"


def test_a_matrix_that_was_saved_once_for_two_is_tied():
    found = seen(stack(24, 8, 8) | {"shared": (20, 8)})
    assert found.network.tied
    assert found.taken["embedding.weight"] == found.taken["head.weight"] == "shared"


REFUSED = {
    "nothing recurrent": ({"fc.weight": (3, 4)}, "no tensor is named as those of nn.RNN"),
    "nothing at all": ({}, "there are none"),
    "two modules": (stack(8, 6, 8, "a.") | stack(8, 6, 8, "b.") | ENDS, "2 recurrent modules (a"),
    "a layer without its matrix": ({"rnn.weight_hh_l0": (8, 8), **ENDS}, "is not whole"),
    "a layer that is missing": (
        {k.replace("l0", "l1"): v for k, v in stack(8, 6, 8).items()} | ENDS, "is not whole"
    ),
    "half of its biases": (
        {k: v for k, v in stack(8, 6, 8).items() if "bias_hh" not in k} | ENDS, "is not whole"
    ),
    "two gates": (stack(16, 6, 8) | ENDS, "the gates of no cell"),
    "no gates": (stack(0, 6, 0) | ENDS, "no matrices"),
    "a vector for a matrix": (stack(8, 6, 8) | {"rnn.weight_hh_l0": (8,)} | ENDS, "no matrices"),
    "a bias of another size": (stack(8, 6, 8) | {"rnn.bias_hh_l0": (7,)} | ENDS, "[8]"),
    "projections": (stack(32, 6, 8) | {"rnn.weight_hr_l0": (4, 8)} | ENDS, "proj_size"),
    "no output layer": (stack(8, 6, 8) | {"e.weight": (20, 6)}, "no embedding and output layer"),
    "an embedding too few": (stack(8, 6, 8) | {"o.weight": (20, 8)}, "reads 6 values"),
    "other numbers of symbols": (stack(8, 6, 8) | ENDS | {"e.weight": (21, 6)}, "[21, 6]"),
    "two output layers": (stack(8, 6, 8) | ENDS | {"p.weight": (20, 8)}, "p.weight"),
    "a normalisation": (stack(8, 6, 8) | ENDS | {"n.weight": (8,), "n.bias": (8,)}, "n.weight [8]"),
    "a learned first state": (stack(8, 6, 8) | ENDS | {"h0": (1, 1, 8)}, "h0 [1, 1, 8]"),
    "no way to tell two": (stack(8, 8, 8) | {"a": (20, 8), "b": (20, 8)}, "in several ways"),
    "both directions": (
        stack(8, 6, 8)
        | {k + "_reverse": v for k, v in stack(8, 6, 8).items()}
        | {"e.weight": (20, 6), "o.weight": (20, 16)},
        "--window",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("shapes", "said"), REFUSED.values(), ids=REFUSED)
def test_it_refuses(shapes, said):
    with pytest.raises(ImportProblem) as refused:
        seen(shapes)
    assert said in str(refused.value)
    assert refused.value.fix
