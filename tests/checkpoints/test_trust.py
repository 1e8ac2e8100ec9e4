"""What a stranger's model may be: each damage costs a sentence, no traceback and little memory."""

from __future__ import annotations

import json
import math
import struct
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnntui.checkpoints.config import (
    Config,
    DataConfig,
    parameter_count,
    parse_config,
    tensor_shapes,
)
from rnntui.checkpoints.facts import about, card, facts, figure
from rnntui.checkpoints.folder import CARD, CONFIG, CONFIG_LIMIT, WEIGHTS, read_config
from rnntui.checkpoints.library import entries, find_entry
from rnntui.checkpoints.limits import HEADER_LIMIT, VARIABLE
from rnntui.checkpoints.weights import load_weights, save_weights
from rnntui.errors import CheckpointError, RnntuiError
from tests.conftest import random_weights, small_config

SMALL = small_config(("a", "b", "c"), hidden=4)
MOST = 100_000_000
"""Bytes that reading anything hostile may take."""


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST


def parsed(raw: bytes) -> Config | None:
    """The configuration, or None where it is refused in one short sentence."""
    with little_memory():
        try:
            config = parse_config(raw, "config.json")
        except RnntuiError as error:
            assert 0 < len(str(error)) < 500 and error.fix
            return None
    assert parameter_count(config) >= 0 and tensor_shapes(config)
    return config


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from([2**31, 2**63, -(2**63), 10**30, 1 << 16, 1 << 20, "lstm", "text", "\ud800"]),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)


def whole() -> dict[str, Any]:
    """A configuration that says everything, as JSON has it."""
    return {
        "format": "rnntui/1", "task": "text",
        "network": {"cell": "lstm", "layers": 1, "hidden": 4, "embedding": 2, "tied": False,
                    "bidirectional": False, "dropout": 0.1, "reads": "stream", "window": None,
                    "pooling": None, "head": {"hidden": [3], "activation": "relu"}},
        "vocabulary": {"unit": "char", "symbols": ["a", "b"], "lowercase": False, "pad": None},
        "data": {"name": "x", "sha256": "", "split": [0.8, 0.1, 0.1]},
        "recipe": {"lr": 0.1}, "metrics": {"val_loss": 1.5}, "sampling": {"temperature": 0.5},
    }  # fmt: skip


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document where a value stands."""
    if isinstance(document, dict):
        inner = document.items()
    elif isinstance(document, list):
        inner = list(enumerate(document))
    else:
        return [path]
    return [path] * bool(path) + [p for key, value in inner for p in places(value, (*path, key))]


@settings(max_examples=150)
@given(data=st.data())
def test_no_value_of_a_configuration_gives_more_than_a_sentence(data):
    document = whole()
    for place in data.draw(st.lists(st.sampled_from(places(document)), min_size=1, max_size=3)):
        target = document
        try:
            for key in place[:-1]:
                target = target[key]
            target[place[-1]] = data.draw(values)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    parsed(json.dumps(document).encode("utf-8", "surrogatepass"))


@settings(max_examples=100)
@given(st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
def test_nothing_at_all_is_a_configuration_that_crashes(raw):
    parsed(raw)


def filled(prefix: bytes, piece: bytes, suffix: bytes) -> bytes:
    """As much JSON of one piece again and again as is read at all."""
    count = (CONFIG_LIMIT - len(prefix) - len(suffix)) // len(piece)
    return prefix + piece * count + suffix


START = (
    b'{"format":"rnntui/1","task":"text","network":{},"vocabulary":{"unit":"char","symbols":["a"'
)
BOMBS = {
    "empty lists": filled(START + b']},"recipe":{"a":[[]', b",[]", b"]}}"),
    "empty objects": filled(START + b']},"metrics":{"a":[{}', b",{}", b"]}}"),
    "small objects": filled(START + b']},"recipe":{"a":[{}', b',{"":{"":{"":0}}}', b"]}}"),
    "a value nobody knows": filled(START + b']},"new":[[]', b",[]", b"]}"),
    "strange symbols": filled(START, ',"\u0101"'.encode(), b"]}}"),
    "layers of the head": filled(
        b'{"format":"rnntui/1","task":"text","network":{"head":{"hidden":[1', b",1", b"]}}}"
    ),
    "brackets": b"[" * CONFIG_LIMIT,
    "objects in objects": b'{"recipe":' * (CONFIG_LIMIT // 10),
    "a long string": filled(START + b']},"data":{"name":"', b"x", b'"}}'),
    "a long number": filled(START + b']},"recipe":{"a":', b"9", b"}}"),
}


@pytest.mark.parametrize("raw", BOMBS.values(), ids=BOMBS)
def test_a_configuration_that_swells_is_refused_or_small(raw):
    parsed(raw)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / WEIGHTS
    save_weights(path, random_weights(SMALL))
    return path


def loads(path: Path, config: Config = SMALL) -> None:
    with little_memory():
        try:
            load_weights(path, config)
        except RnntuiError as error:
            assert 0 < len(str(error)) < 600 and error.fix


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_header_gives_more_than_a_sentence(weights, data):
    raw = weights.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    for name in data.draw(st.lists(st.sampled_from(sorted(header)), max_size=3)):
        key = data.draw(st.sampled_from(["dtype", "shape", "data_offsets"]))
        header[name] = data.draw(values | values.map(lambda value, k=key: {k: value}))
    new = json.dumps(header).encode("utf-8", "surrogatepass")
    hostile = weights.with_name("hostile.safetensors")
    hostile.write_bytes(struct.pack("<Q", len(new)) + new + raw[8 + length :])
    loads(hostile)


@pytest.mark.parametrize("piece", [b",[]", b',{"":{"":{}}}'])
def test_a_header_that_swells_is_refused(tmp_path, piece):
    header = b'{"a":[0' + piece * ((HEADER_LIMIT - 20) // len(piece)) + b"]}"
    path = tmp_path / WEIGHTS
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    loads(path)


def test_weights_of_more_parameters_than_allowed_are_not_looked_at(tmp_path, monkeypatch):
    huge = small_config(("a",), hidden=1 << 15, layers=2)
    path = tmp_path / WEIGHTS
    path.write_bytes(b"")
    with pytest.raises(CheckpointError, match=f"are allowed; if you trust it .*{VARIABLE}="):
        load_weights(path, huge)
    for wrong in ("10**9", "-1", "x", "9" * 5000):
        monkeypatch.setenv(VARIABLE, wrong)
        with pytest.raises(CheckpointError, match=f"^{VARIABLE} is .*; set it to a number such"):
            load_weights(path, SMALL)
    monkeypatch.setenv(VARIABLE, "100_000_000_000")
    with pytest.raises(CheckpointError, match="not a safetensors file"):
        load_weights(path, huge)


def test_a_folder_whose_files_lead_elsewhere_reads_no_device(make_model):
    folder = make_model("mine")
    for name in (CARD, CONFIG):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to("/dev/zero")
    assert card(folder) == ""
    with pytest.raises(CheckpointError, match="no plain file"):
        read_config(folder)
    assert not [entry for entry in entries() if entry.name == "mine" and entry.config]


@pytest.mark.parametrize(
    ("task", "metrics", "told"),
    [
        ("text", {"nats_per_char": 1.4, "val_loss": 2.0}, "1.400 nats (test)"),
        ("text", {"val_loss": 2.0}, "2.000 nats (validation)"),
        ("sentiment", {"accuracy": 0.9164}, "91.6 % right (validation)"),
        ("sentiment", {"accuracy": 0.92, "test_accuracy": 0.91}, "91.0 % right (test)"),
        (
            "forecast",
            {"test": {"skill": 0.263}, "val_loss": 0.1},
            "26.3 % better than naive (test)",
        ),
        ("forecast", {"test": {"skill": -0.5}}, "50.0 % worse than naive (test)"),
        ("forecast", {"test": [1], "val_loss": 0.1}, ""),
        ("text", {"nats_per_char": "\x1b[2J", "val_loss": 1e300}, ""),
        ("sentiment", {"accuracy": None}, ""),
    ],
)
def test_the_figure_that_tells_most(task, metrics, told):
    assert figure(msgspec.structs.replace(SMALL, task=task, metrics=metrics)) == told


def test_facts_are_written_for_people_whatever_they_are():
    metrics = {
        "seconds": 8687.939, "pretrain_seconds": 61.2, "epoch": 15.0, "step": 24480,
        "val_loss": 1.0500604, "reviews": 1234567.0, "huge": 1e300,
        "val_mse": 1.009183e-05, "interval": [0.199004, 0.273052],
        "other_seconds": "soon", "more_seconds": math.inf, "less_seconds": -1.5, "worst": math.nan,
        "yes": True,
    }  # fmt: skip
    data = DataConfig("self-dialogue", split=(0.8500968, 0.0513175, 0.0985857))
    told = about(msgspec.structs.replace(SMALL, metrics=metrics, data=data), 0)
    assert told["split"] == "0.85 / 0.0513 / 0.0986"
    assert {name: told[name] for name in metrics} == {
        "seconds": "2:24:48", "pretrain_seconds": "1:01", "epoch": "15", "step": "24480",
        "val_loss": "1.0501", "reviews": "1234567", "huge": "1e+300",
        "val_mse": "1.009e-05", "interval": "0.1990, 0.2731",
        "other_seconds": "soon", "more_seconds": "inf", "less_seconds": "-1.5000", "worst": "nan",
        "yes": "True",
    }  # fmt: skip


def test_facts_of_a_damaged_model_are_where_it_lies(make_model):
    folder = make_model("mine")
    (folder / CONFIG).write_bytes(b"{")
    assert facts(find_entry("mine")) == {"folder": str(folder)}
