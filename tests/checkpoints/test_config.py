"""`config.json`: what is said comes back, and what makes no sense is refused with a sentence."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnntui.checkpoints.chat import Chat
from rnntui.checkpoints.config import (
    Config,
    DataConfig,
    Head,
    Network,
    Suggested,
    VocabularyConfig,
    parameter_count,
    parse_config,
    tensor_shapes,
)
from rnntui.checkpoints.folder import config_json
from rnntui.errors import CheckpointError, RnntuiError

WHOLE = Config(
    task="text",
    network=Network("gru", layers=3, hidden=12, embedding=7, head=Head((9, 5), "tanh")),
    vocabulary=VocabularyConfig("char", ("\n", "é", "日", "🙂"), lowercase=True),
    data=DataConfig("corpus", "ab" * 32, (0.8, 0.1, 0.1)),
    recipe={"lr": 0.001, "split": [0.8, 0.1, 0.1]},
    metrics={"nats_per_char": 1.4},
    sampling=Suggested(temperature=0.5, prompt="ROMEO:\n"),
    chat=Chat(speakers=("é", "日"), relevance=0.5),
)


def plain(**changes: Any) -> dict[str, Any]:
    """A small configuration as JSON has it, with changes by dotted path."""
    document: dict[str, Any] = {
        "format": "rnntui/1",
        "task": "text",
        "network": {"cell": "lstm", "layers": 1, "hidden": 4},
        "vocabulary": {"unit": "char", "symbols": ["a", "b"]},
    }
    for path, value in changes.items():
        *parents, key = path.split("__")
        place = document
        for parent in parents:
            place = place.setdefault(parent, {})
        place[key] = value
    return document


def parse(document: Any) -> Config:
    return parse_config(json.dumps(document).encode(), "config.json")


def complaint(raw: Any) -> str:
    with pytest.raises(CheckpointError) as caught:
        parse_config(raw if isinstance(raw, bytes) else json.dumps(raw).encode(), "config.json")
    assert "config.json" in caught.value.what
    assert caught.value.fix
    return str(caught.value)


def test_a_configuration_comes_back_whole():
    assert parse_config(config_json(WHOLE), "here") == WHOLE


def test_it_is_written_for_people_in_utf8():
    raw = config_json(WHOLE)
    assert raw.endswith(b"}\n")
    assert raw.count(b"\n") > 30
    assert "日".encode() in raw


def test_unknown_keys_are_ignored_so_that_newer_versions_may_add_some():
    document = plain(network__attention=True, licence={"deep": [1, 2]}, vocabulary__merges=[])
    assert parse(document) == parse(plain())


@pytest.mark.parametrize("version", ["rnntui/2", "rnntui/1.1", "rnntui/" + "9" * 500])
def test_a_future_format_is_refused_whatever_else_it_changed(version):
    message = complaint({"format": version, "task": 7, "network": "something new"})
    assert "update rnntui" in message
    assert len(message) < 200


@pytest.mark.parametrize(
    "raw",
    [{"model_type": "lstm"}, {"format": 3}, {"format": "other/1"}, [], "rnntui/1", None, 12],
)
def test_another_programs_configuration_is_told_from_a_damaged_one(raw):
    assert "not the configuration of an rnntui model" in complaint(raw)


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\x80\x02.", b"\xff\xfe", b'{"format": "rnntui/1", "task": "te\xff"}',
            b"nan", json.dumps(plain()).encode()[:-7], b'{"format": "rnntui/1"} trailing']
)  # fmt: skip
def test_what_is_no_json_is_refused(raw):
    complaint(raw)


def test_deep_nesting_is_refused():
    complaint(b'{"format": "rnntui/1", "recipe": ' + b"[" * 100_000)
    deep = b'{"a":' * 5000 + b"1" + b"}" * 5000
    complaint(json.dumps(plain()).encode()[:-1] + b', "recipe": ' + deep + b"}")


REFUSED = {
    "an unknown task": plain(task="translation"),
    "no network": {"format": "rnntui/1", "task": "text"},
    "an unknown cell": plain(network__cell="transformer"),
    "an unknown nonlinearity": plain(network__nonlinearity="gelu"),
    "no layer": plain(network__layers=0),
    "too many layers": plain(network__layers=33),
    "no unit": plain(network__hidden=0),
    "too many units": plain(network__hidden=2**62),
    "half a unit": plain(network__hidden=4.5),
    "a negative embedding": plain(network__embedding=-1),
    "a huge embedding": plain(network__embedding=2**40),
    "a dropout of 1": plain(network__dropout=1.0),
    "a negative dropout": plain(network__weight_drop=-0.1),
    "an empty window": plain(network__reads="window", network__window=0),
    "a window of no length": plain(network__reads="window"),
    "a huge window": plain(network__reads="window", network__window=2**40),
    "both directions of a stream": plain(network__bidirectional=True),
    "an unknown way of reading": plain(network__reads="backwards"),
    "tied and one-hot": plain(network__tied=True),
    "tied and of another width": plain(network__tied=True, network__embedding=5),
    "an empty hidden layer": plain(network__head={"hidden": [0]}),
    "endless hidden layers": plain(network__head={"hidden": [1] * 100_000}),
    "an unknown activation": plain(network__head={"activation": "swish"}),
    "no vocabulary": {k: v for k, v in plain().items() if k != "vocabulary"},
    "an empty vocabulary": plain(vocabulary__symbols=[]),
    "a symbol twice": plain(vocabulary__symbols=["a", "a"]),
    "two characters for one": plain(vocabulary__symbols=["a", "bc"]),
    "an empty symbol": plain(vocabulary__symbols=["a", ""]),
    "numbers for characters": plain(vocabulary__symbols=[1, 2]),
    "characters for bytes": plain(vocabulary__unit="byte"),
    "a byte of 256": plain(vocabulary__unit="byte", vocabulary__symbols=[0, 256]),
    "a negative byte": plain(vocabulary__unit="byte", vocabulary__symbols=[-1]),
    "a fraction of a byte": plain(vocabulary__unit="byte", vocabulary__symbols=[1.5]),
    "an unknown unit": plain(vocabulary__unit="token"),
    "a surrogate": plain(vocabulary__symbols=["\ud800"]),
    "a split of two": plain(data__split=[0.9, 0.1]),
    "a split of more than all": plain(data__split=[0.9, 0.1, 0.5]),
    "a split of less than nothing": plain(data__split=[1.5, -1.5, 1.0]),
    "a split of astronomic size": plain(data__split=[1e308, -1e308, 1.0]),
    "a negative temperature": plain(sampling__temperature=-1),
    "a negative top-p": plain(sampling__top_p=-0.5),
    "a temperature in words": plain(sampling__temperature="hot"),
    "a recipe that is no table": plain(recipe=[1]),
}


@pytest.mark.parametrize("document", REFUSED.values(), ids=REFUSED)
def test_it_refuses(document):
    complaint(document)


def test_numbers_beyond_all_numbers_are_refused():
    raw = json.dumps(plain(sampling__temperature=0.123)).encode()
    for number in (b"1e400", b"NaN", b"Infinity", b"1" * 5000):
        complaint(raw.replace(b"0.123", number))


def test_a_long_hostile_value_is_not_printed_whole():
    assert len(complaint(plain(task="x" * 1_000_000))) < 400


def test_a_parsed_foreign_file_takes_no_memory():
    raw = b'{"layers": [' + b"{}," * 2_000_000 + b"{}]}"
    tracemalloc.start()
    complaint(raw)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


def test_shapes_are_torch_nns():
    torch = pytest.importorskip("torch")
    for cell, kind in (("rnn", torch.nn.RNN), ("lstm", torch.nn.LSTM), ("gru", torch.nn.GRU)):
        config = parse(
            plain(network__cell=cell, network__layers=2, network__embedding=3,
                  network__bidirectional=True, network__reads="window", network__window=8)
        )  # fmt: skip
        own = {
            f"rnn.{name}": tuple(value.shape)
            for name, value in kind(3, 4, 2, bidirectional=True).state_dict().items()
        }
        shapes = tensor_shapes(config)
        assert {name: shapes[name] for name in shapes if name.startswith("rnn.")} == own
        assert shapes["embedding.weight"] == (2, 3)
        assert shapes["head.weight"] == (2, 8)


def test_tied_weights_are_counted_once():
    tied = parse(plain(network__tied=True, network__embedding=4))
    untied = parse(plain(network__embedding=4))
    assert parameter_count(untied) - parameter_count(tied) == 2 * 4


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
PATHS = st.sampled_from(
    ["format", "task", "network", "vocabulary", "data", "sampling", "recipe", "metrics", "chat",
     *(f"network__{field}" for field in Network.__struct_fields__),
     *(f"vocabulary__{field}" for field in VocabularyConfig.__struct_fields__),
     *(f"data__{field}" for field in DataConfig.__struct_fields__),
     *(f"sampling__{field}" for field in Suggested.__struct_fields__)]
)  # fmt: skip


@settings(max_examples=300)
@given(PATHS, VALUES)
def test_no_value_anywhere_gives_more_than_a_sentence(path, value):
    try:
        config = parse(plain(**{path: value}))
    except RnntuiError:
        return
    assert tensor_shapes(config)
    assert parse_config(config_json(config), "again") == config


@settings(max_examples=300)
@given(st.data())
def test_no_damaged_byte_gives_more_than_a_sentence(data):
    raw = bytearray(config_json(WHOLE))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        parse_config(bytes(raw), "here")
    except RnntuiError as error:
        assert str(error)


def test_types_are_immutable():
    with pytest.raises(AttributeError):
        WHOLE.task = "forecast"
    assert msgspec.structs.replace(WHOLE, task="forecast") != WHOLE
