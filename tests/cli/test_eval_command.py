"""`rnntui eval` as a person or a script runs it."""

from __future__ import annotations

import gzip
import json
import math

import msgspec
import pytest

import rnntui as package
from rnntui.checkpoints.config import DataConfig
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.data.corpus import read_corpus
from tests.conftest import random_weights, small_config

TEXT = "To be, or not to be, that is the question.\n" * 50


@pytest.fixture
def text(tmp_path):
    file = tmp_path / "hamlet.txt"
    file.write_text(TEXT)
    return file


@pytest.fixture
def model(make_model) -> str:
    return str(make_model())


@pytest.fixture
def own_model(tmp_path, text) -> str:
    """A model that was trained on the text, in parts of 80, 10 and 10 hundredths."""
    data = DataConfig("hamlet", read_corpus([text]).sha256, (0.8, 0.1, 0.1))
    config = msgspec.structs.replace(small_config(), data=data)
    write_checkpoint(tmp_path / "own", config, random_weights(config))
    return str(tmp_path / "own")


def test_json_has_the_fields_of_the_contract_and_the_python_apis_figures(in_process, model, text):
    done = in_process("eval", model, text, "--json")
    assert done.rc == 0
    document = json.loads(done.text)
    assert document.keys() >= {
        "task", "split", "state", "window", "nats_per_char", "bits_per_char", "characters"
    }  # fmt: skip
    assert (document["task"], document["split"]) == ("text", "all")
    assert (document["state"], document["window"]) == ("carried", None)
    assert document["characters"] == len(TEXT) - 1
    expected = package.load(model).score(TEXT).nats_per_char
    assert document["nats_per_char"] == pytest.approx(expected, abs=1e-6)
    assert document["bits_per_char"] == pytest.approx(document["nats_per_char"] / math.log(2))


def test_a_window_resets_the_state(in_process, model, text):
    document = json.loads(in_process("eval", model, text, "--window", 16, "--json").text)
    assert (document["state"], document["window"]) == ("reset", 16)
    expected = package.load(model).score(TEXT, window=16).nats_per_char
    assert document["nats_per_char"] == pytest.approx(expected, abs=1e-6)


def test_a_models_own_corpus_is_scored_on_its_held_out_part(in_process, own_model, text, tmp_path):
    document = json.loads(in_process("eval", own_model, text, "--json").text)
    assert document["split"] == "test"
    assert document["characters"] == len(TEXT) - int(0.9 * len(TEXT)) - 1
    for stored in (TEXT.replace("\n", "\r\n").encode(), gzip.compress(TEXT.encode())):
        (tmp_path / "stored").write_bytes(stored)
        assert (
            json.loads(in_process("eval", own_model, tmp_path / "stored", "--json").text)
            == document
        )


def test_parts_can_be_asked_for(in_process, own_model, text):
    for part, share in (("all", 1), ("train", 0.8), ("val", 0.1)):
        done = in_process("eval", own_model, text, "--split", part, "--json")
        document = json.loads(done.text)
        assert document["split"] == part
        assert document["characters"] == pytest.approx(share * len(TEXT), abs=2)


def test_another_text_cut_like_the_own_one_is_told_apart(in_process, own_model, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("Other words\n" * 30)
    assert "not the text" in in_process("eval", own_model, other, "--split", "val").stderr
    assert json.loads(in_process("eval", own_model, other, "--json").text)["split"] == "all"


def test_characters_the_model_lacks_are_left_out_and_told(in_process, model, tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("words 日本 and é\n")
    done = in_process("eval", model, file, "--json")
    assert "3 characters the model has never seen were left out" in done.stderr
    assert json.loads(done.text)["characters"] == 11


def test_byte_models_are_scored_per_character(in_process, make_model, tmp_path):
    model = make_model(folder=tmp_path / "bytes", symbols=tuple(range(256)))
    file = tmp_path / "text.txt"
    file.write_text("日本語 und é\n" * 5)
    document = json.loads(in_process("eval", model, file, "--json").text)
    assert document["characters"] < 10 * 5 + 1
    nats = package.load(model).score(file.read_text()).nats
    assert document["nats_per_char"] * document["characters"] == pytest.approx(nats, rel=1e-6)


def test_for_people_it_is_one_line_with_the_protocol(in_process, model, text):
    assert "state carried): " in in_process("eval", model, text).text
    line = in_process("eval", model, text, "--window", 8).text
    assert "state reset every 8): " in line
    assert line.count("\n") == 1


def test_a_files_name_does_not_steer_the_terminal(in_process, model, tmp_path):
    file = tmp_path / "\x1b[2J\u202e.txt"
    file.write_text(TEXT)
    done = in_process("eval", model, file)
    assert done.rc == 0
    assert "\x1b" not in done.text and "\u202e" not in done.text


CONTENTS = {
    "binary": (b"GIF89a\0\0\xff", "it holds zero bytes; name a text file"),
    "empty": (b"", "is empty; "),
    "one character": (b"a", "too few"),
    "only strangers": ("日本語".encode(), "too few"),
    "latin-1": (b"one\nzw\xf6lf", "not UTF-8: line 2, byte 3 (0xf6); "),
    "utf-16": ("text".encode("utf-16"), "is UTF-16; convert it"),
    "cut gzip": (gzip.compress(b"some text" * 50)[:20], "gzip file; fetch it again"),
}


@pytest.mark.parametrize(("content", "said"), CONTENTS.values(), ids=CONTENTS)
def test_it_refuses_a_text_that_is(refusal, model, tmp_path, content, said):
    file = tmp_path / "text.txt"
    file.write_bytes(content)
    assert said in refusal("eval", model, file, "--json").complaint


def test_invalid_utf8_is_read_on_where_asked(rnntui, model, tmp_path):
    file = tmp_path / "text.txt"
    file.write_bytes(b"some words\xff and more\n")
    assert rnntui("eval", model, file, "--errors", "replace").rc == 0


BAD = {
    "a missing file": (["none.txt"], "none.txt does not exist; check the path"),
    "a folder": (["."], "is a folder; name the text files"),
    "no file": ([], "missing argument 'FILE"),
    "an unknown part": (["TEXT", "--split", "half"], "choose one of all, train, val, test"),
    "an unknown way with errors": (["TEXT", "--errors", "ignore"], "choose strict or replace"),
    "a window of nothing": (["TEXT", "--window", "0"], "error: --window is 0; choose 1"),
    "a negative window": (["TEXT", "--window", "-5"], "error: --window is -5; choose 1"),
    "a pipe": (["/dev/stdin"], "is a pipe or device; save the text in a file"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD)
def test_it_refuses(refusal, model, text, arguments, said):
    arguments = [text if part == "TEXT" else part for part in arguments]
    assert said in refusal("eval", model, *arguments).complaint


def test_a_window_larger_than_the_text_is_the_text(in_process, model, text):
    carried = json.loads(in_process("eval", model, text, "--json").text)
    done = in_process("eval", model, text, "--window", 10**12, "--json")
    assert json.loads(done.text)["nats_per_char"] == pytest.approx(carried["nats_per_char"])


def test_one_character_of_two_bytes_is_too_little(refusal, make_model, tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("é")
    model = make_model(folder=tmp_path / "bytes", symbols=tuple(range(256)))
    assert "one character long; bring" in refusal("eval", model, file, "--json").complaint


OVERFLOWING = [
    {"cell": "rnn", "nonlinearity": "relu", "layers": 2},
    {"cell": "lstm", "layers": 2},
    {"cell": "gru", "reads": "window", "window": 4, "bidirectional": True},
]


@pytest.mark.parametrize("network", OVERFLOWING, ids=lambda network: network["cell"])
@pytest.mark.parametrize("options", [(), ("--window", "8")], ids=["carried", "reset"])
def test_a_model_that_overflows_is_told_and_gives_no_figure(
    refusal, tmp_path, text, network, options
):
    config = small_config(**network)
    weights = {name: array * 1e38 for name, array in random_weights(config).items()}
    write_checkpoint(tmp_path / "huge", config, weights)
    if network.get("reads") == "window":
        options = ()
    told = refusal("eval", tmp_path / "huge", text, *options)
    assert "overflows on this text" in told.complaint
    assert told.stderr.count("\n") == 1  # and no warning of NumPy's


def test_weights_that_adapt_learn_a_text_that_repeats_itself(in_process, own_model, text):
    static = json.loads(in_process("eval", own_model, text, "--json").text)
    done = in_process("eval", own_model, text, "--dynamic", "--json")
    assert done.rc == 0, done.stderr
    adapted = json.loads(done.text)
    assert adapted["split"] == static["split"] == "test"
    assert adapted["characters"] == static["characters"]
    assert adapted["nats_per_char"] < static["nats_per_char"]
    assert adapted["dynamic"]["rate"] > 0
    assert adapted["dynamic"]["found_on"] == "the validation part"


def test_of_a_foreign_text_the_tenth_that_chose_the_rate_is_not_scored(in_process, model, text):
    adapted = json.loads(in_process("eval", model, text, "--dynamic", "--json").text)
    assert adapted["characters"] == len(TEXT) - len(TEXT) // 10 - 1


def test_adapting_is_refused_where_it_makes_no_sense(refusal, make_model, text, tmp_path):
    make_model("stream")
    make_model("window", cell="gru", bidirectional=True, reads="window", window=8)
    assert "--window" in refusal("eval", "stream", text, "--dynamic", "--window", "8").complaint
    assert "windows" in refusal("eval", "window", text, "--dynamic").complaint
    short = tmp_path / "short.txt"
    short.write_text("too short to find a rate on")
    assert "too few" in refusal("eval", "stream", short, "--dynamic").complaint
