"""Gradients against distance in time: against the product of Jacobians written out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnntui.training.gradients import POWERS, measure
from tests.conftest import random_weights, small_config


def _softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def test_a_plain_networks_gradients_are_the_products_of_its_jacobians():
    config = small_config(cell="rnn")
    weights = random_weights(config)
    symbols = config.outputs
    ids = np.random.default_rng(3).integers(0, symbols, 129 + 12)
    found = measure(config, weights, ids, distance=10, streams=1)

    # h_t = tanh(a_t), so that dL/dh_{t-1} = W^T diag(1 - h_t^2) dL/dh_t (Pascanu et al., eq. 6).
    recurrent = weights["rnn.weight_hh_l0"].astype(float)
    bias = (weights["rnn.bias_ih_l0"] + weights["rnn.bias_hh_l0"]).astype(float)
    first = weights["rnn.weight_ih_l0"].astype(float)
    h, states = np.zeros(8), []
    for symbol in ids[: 128 + 11]:
        h = np.tanh(first[:, symbol] + recurrent @ h + bias)
        states.append(h)
    error = _softmax(weights["head.weight"] @ h + weights["head.bias"])
    error[ids[128 + 11]] -= 1
    gradient = weights["head.weight"].astype(float).T @ error
    for distance in range(11):
        assert found.state[distance] == pytest.approx(np.linalg.norm(gradient), rel=1e-3)
        before = (1 - states[-1 - distance] ** 2) * gradient
        assert found.inputs[distance] == pytest.approx(np.linalg.norm(first.T @ before), rel=1e-3)
        gradient = recurrent.T @ before


def test_the_powers_of_a_matrix_are_those_of_its_eigenvalue():
    config = small_config(cell="rnn")
    weights = random_weights(config)
    weights["rnn.weight_hh_l0"] = np.diag([0.5] * 7 + [-1.5]).astype(np.float32)
    matrix = measure(config, weights, np.arange(200) % 5, distance=2, streams=2).matrices[0]
    assert matrix.radius == pytest.approx(1.5)
    assert matrix.powers == pytest.approx([n * math.log10(1.5) for n in POWERS])


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_every_gate_has_its_matrix_and_every_distance_its_gradient(cell):
    config = small_config(cell=cell, layers=2, embedding=4)
    found = measure(config, random_weights(config), np.arange(500) % 9, distance=20, streams=4)
    assert len(found.state) == len(found.inputs) == 21
    assert len(found.matrices) == 2 * {"lstm": 4, "gru": 3}[cell]
    assert all(math.isfinite(x) and x > 0 for x in found.inputs)
    assert found.relative(0) == 1
    assert found.reach(0.0) == 20


def test_a_fresh_network_has_orthogonal_matrices():
    found = measure(small_config(cell="rnn"), None, np.arange(300) % 7, distance=5, streams=2)
    assert found.matrices[0].radius == pytest.approx(1, abs=1e-5)
    assert found.matrices[0].powers == pytest.approx([0] * len(POWERS), abs=1e-4)


def test_a_network_of_windows_is_measured_over_its_window():
    config = small_config(cell="gru", bidirectional=True, reads="window", window=12)
    found = measure(config, random_weights(config), np.arange(90) % 7, distance=50, streams=3)
    assert len(found.state) == 12
    assert {m.direction for m in found.matrices} == {"forward", "backward"}
