"""`model.safetensors`: what is written comes back; what is damaged or hostile costs a sentence."""

from __future__ import annotations

import json
import pickle
import struct
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnntui.checkpoints.config import tensor_shapes
from rnntui.checkpoints.weights import load_weights, read_header, save_weights
from rnntui.errors import CheckpointError, RnntuiError
from tests.conftest import random_weights, small_config

CONFIG = small_config(("a", "b", "c"), hidden=4, embedding=2)
WEIGHTS = random_weights(CONFIG)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    save_weights(file, WEIGHTS)
    return file


def take_apart(path: Path) -> tuple[dict[str, Any], bytes]:
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    return json.loads(raw[8 : 8 + length]), raw[8 + length :]


def put_together(path: Path, header: Any, data: bytes) -> None:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + data)


@contextmanager
def little_memory(most: int = 20_000_000) -> Iterator[None]:
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < most


def complaint(path: Path) -> str:
    with little_memory(), pytest.raises(CheckpointError) as caught:
        load_weights(path, CONFIG)
    assert str(path) in caught.value.what
    assert caught.value.fix
    assert len(str(caught.value)) < 500
    return str(caught.value)


def test_float32_comes_back_exactly(path):
    loaded = load_weights(path, CONFIG)
    assert loaded.keys() == WEIGHTS.keys()
    for name, array in loaded.items():
        assert array.dtype == np.float32
        assert np.array_equal(array, WEIGHTS[name])


def test_float16_comes_back_rounded_once_and_half_the_size(path, tmp_path):
    half = tmp_path / "half.safetensors"
    save_weights(half, WEIGHTS, half=True)
    for name, array in load_weights(half, CONFIG).items():
        assert array.dtype == np.float32
        assert np.array_equal(array, WEIGHTS[name].astype(np.float16).astype(np.float32))
    assert len(take_apart(half)[1]) * 2 == len(take_apart(path)[1])


def test_everyones_library_reads_what_we_write(path):
    from safetensors.numpy import load_file

    theirs = load_file(path)
    assert theirs.keys() == WEIGHTS.keys()
    assert all(np.array_equal(theirs[name], WEIGHTS[name]) for name in WEIGHTS)


@pytest.mark.parametrize("padding", range(0, 600, 8))
def test_a_header_of_any_length_is_read(path, padding):
    """A length whose first byte is 0x80, or whose first two are PK, makes no pickle of a file."""
    header, data = take_apart(path)
    put_together(path, json.dumps(header).encode().ljust(768 + padding), data)
    load_weights(path, CONFIG)


def test_a_header_whose_length_spells_a_zip_is_read(path):
    header, data = take_apart(path)
    put_together(path, json.dumps(header).encode().ljust(struct.unpack("<H", b"PK")[0]), data)
    load_weights(path, CONFIG)


def test_a_file_cut_short_anywhere_is_refused(path):
    whole = path.read_bytes()
    header_end = 8 + struct.unpack("<Q", whole[:8])[0]
    places = {0, 1, 7, 8, 9, header_end // 2, header_end - 1, header_end, header_end + 1,
              len(whole) - 1}  # fmt: skip
    for place in sorted(places):
        path.write_bytes(whole[:place])
        complaint(path)


def test_a_truncation_tells_how_much_is_there(path):
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    assert f"cut short: {len(whole) - 10:,} of {len(whole):,} bytes" in complaint(path)


@pytest.mark.parametrize("length", [2**62, 2**63, 2**64 - 1, 1 << 30, 0, 1, (1 << 20) + 1])
def test_a_header_of_absurd_length_is_refused(path, length):
    path.write_bytes(struct.pack("<Q", length) + path.read_bytes()[8:])
    complaint(path)


@pytest.mark.parametrize(
    "header", [b"null", b"[]", b"12", b'"text"', b"{]", b"\xff" * 50, b"[" * 200_000, b"{}",
               b'{"a":' * 100_000, b"9" * 10_000, b'{"head.weight": 3}', b'{"head.weight": null}']
)  # fmt: skip
def test_a_garbage_header_is_refused(path, header):
    put_together(path, header, b"")
    complaint(path)


NAME = "rnn.weight_hh_l0"  # (16, 4)
CHANGES: dict[str, dict[str, Any]] = {
    "another shape": {"shape": [4, 16]},
    "a flat shape": {"shape": [64]},
    "no shape": {"shape": None},
    "a huge shape": {"shape": [2**62, 2**62]},
    "a negative shape": {"shape": [-16, -4]},
    "a shape of fractions": {"shape": [16.5, 4]},
    "a longer shape than any": {"shape": [1] * 10_000},
    "bfloat16": {"dtype": "BF16"},
    "float64": {"dtype": "F64"},
    "integers": {"dtype": "I32"},
    "no type": {"dtype": None},
    "a type that is a list": {"dtype": ["F32"]},
    "half the type its bytes are": {"dtype": "F16"},
    "negative offsets": {"data_offsets": [-256, 0]},
    "offsets beyond the file": {"data_offsets": [2**40, 2**40 + 256]},
    "offsets beyond all files": {"data_offsets": [2**70, 2**70 + 256]},
    "offsets backwards": {"data_offsets": [256, 0]},
    "too short a span": {"data_offsets": [0, 255]},
    "one offset": {"data_offsets": [0]},
    "no offsets": {"data_offsets": None},
    "fractional offsets": {"data_offsets": [0.0, 256.0]},
    "offsets in words": {"data_offsets": ["0", "256"]},
    "another's bytes": {"data_offsets": [4, 260]},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_refuses_a_tensor_with(path, change):
    header, data = take_apart(path)
    header[NAME] |= change
    put_together(path, header, data)
    message = complaint(path)
    assert NAME in message or "cut short" in message


def test_tensors_that_share_bytes_are_refused_before_they_are_read(tmp_path):
    """Else a file of 16 MB asks for 500: 32 layers of one matrix."""
    config = small_config(("a",), layers=32, hidden=1000)
    spans = {name: 4 * int(np.prod(shape)) for name, shape in tensor_shapes(config).items()}
    header = {
        name: {"dtype": "F32", "shape": list(shape), "data_offsets": [0, spans[name]]}
        for name, shape in tensor_shapes(config).items()
    }
    path = tmp_path / "model.safetensors"
    put_together(path, header, bytes(max(spans.values())))
    with little_memory(), pytest.raises(CheckpointError, match="overlaps"):
        load_weights(path, config)


def test_a_missing_tensor_is_named(path):
    header, data = take_apart(path)
    del header["head.bias"]
    put_together(path, header, data)
    assert "lacks head.bias" in complaint(path)


@pytest.mark.parametrize("name", ["lm_head.weight", "\x1b[2J", "x" * 100_000])
def test_a_foreign_tensor_is_named_safely(path, name):
    header, data = take_apart(path)
    header[name] = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    put_together(path, header, data)
    message = complaint(path)
    assert "foreign" in message
    assert "\x1b" not in message


def test_metadata_of_any_kind_is_passed_over(path):
    header, data = take_apart(path)
    header["__metadata__"] = {"author": "\x1b[2J", "format": "pt"}
    put_together(path, header, data)
    assert load_weights(path, CONFIG)
    assert "__metadata__" not in read_header(path)[0]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_are_no_numbers_are_refused(tmp_path, name, value):
    from safetensors.numpy import save_file

    weights = {key: array.copy() for key, array in WEIGHTS.items()}
    weights[name].flat[-1] = value
    path = tmp_path / "model.safetensors"
    save_file(weights, path)
    assert name in complaint(path)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_is_refused_and_not_run(tmp_path, protocol):
    class Bomb:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "exploded",))

    path = tmp_path / "model.safetensors"
    path.write_bytes(pickle.dumps(Bomb(), protocol))
    message = complaint(path)
    assert "pickle" in message or protocol < 2
    assert not (tmp_path / "exploded").exists()


def test_what_torch_saves_is_refused_as_the_pickle_it_is(tmp_path):
    torch = pytest.importorskip("torch")
    path = tmp_path / "model.safetensors"
    for zipped in (True, False):
        state = {name: torch.tensor(array) for name, array in WEIGHTS.items()}
        torch.save(state, path, _use_new_zipfile_serialization=zipped)
        message = complaint(path)
        assert "pickle" in message
        assert "rnntui import" in message


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damaged_byte_of_the_header_gives_more_than_a_sentence(tmp_path, data):
    path, sound = tmp_path / "model.safetensors", tmp_path / "sound.safetensors"
    if not sound.exists():  # a sync of the disk for each example would take most of the time
        save_weights(sound, WEIGHTS)
    raw = bytearray(sound.read_bytes())
    end = 8 + struct.unpack("<Q", raw[:8])[0]
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, end - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    try:
        loaded = load_weights(path, CONFIG)
    except RnntuiError as error:
        assert str(error)
    else:  # white space, the metadata, or the digits of an offset no other tensor has
        assert {name: array.shape for name, array in loaded.items()} == tensor_shapes(CONFIG)


def test_a_weight_too_large_for_float16_is_not_saved(tmp_path):
    weights = {**WEIGHTS, "head.bias": np.full(3, 70_000, np.float32)}
    path = tmp_path / "model.safetensors"
    with pytest.raises(CheckpointError, match=r"head\.bias holds values float16 cannot"):
        save_weights(path, weights, half=True)
    assert not path.exists()
    save_weights(path, weights)


@pytest.mark.parametrize("half", [True, False])
def test_weights_that_are_no_numbers_are_not_saved(path, half):
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match=r"head\.bias holds values that are not numbers"):
        save_weights(path, {**WEIGHTS, "head.bias": np.full(3, np.nan, np.float32)}, half=half)
    assert path.read_bytes() == before
