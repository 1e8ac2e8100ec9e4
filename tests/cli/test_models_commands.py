"""`list`, `show`, `recipes`, and what every command says of a damaged model or a wrong word."""

from __future__ import annotations

import json
import os
import pickle
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnntui.checkpoints.folder import CARD, CONFIG, WEIGHTS


def test_list_json_has_the_fields_of_the_contract(in_process, make_model):
    folder = make_model("mine")
    (make_model("broken") / CONFIG).write_bytes(b"{")
    listed = {entry["name"]: entry for entry in json.loads(in_process("list", "--json").text)}
    mine = listed["mine"]
    assert mine.keys() == {"name", "task", "source", "parameters", "bytes"}
    assert (mine["task"], mine["source"]) == ("text", "own")
    assert mine["bytes"] == (folder / WEIGHTS).stat().st_size
    assert mine["parameters"] > 1000
    assert "is not JSON" in listed["broken"]["problem"]


def test_list_is_plain_lines_with_nothing_cut(in_process, make_model, monkeypatch):
    name = "a-rather-long-name-" * 6
    make_model(name)
    monkeypatch.setenv("COLUMNS", "40")
    lines = in_process("list").text.splitlines()
    assert lines[0].split() == ["name", "task", "source", "parameters", "size", "figure"]
    assert any(name in line and " text " in line for line in lines)


def test_a_hostile_name_keeps_to_its_line(in_process, make_model):
    make_model("bad\x1b[2J\nshakespeare-lstm  text  shipped")
    text = in_process("list").text
    assert "\x1b" not in text
    assert sum("shakespeare-lstm  text  shipped" in line for line in text.splitlines()) == 1
    assert "⏎shakespeare" in text


def test_recipes_json_has_the_fields_of_the_contract(in_process):
    listed = json.loads(in_process("recipes", "--json").text)
    assert {"name": "shakespeare-lstm", "task": "text"} in listed
    assert all(entry.keys() == {"name", "task"} for entry in listed)


def test_a_recipe_is_shown_with_what_each_key_means(in_process):
    text = in_process("recipes", "show", "shakespeare-lstm").text
    assert "# units in each layer\nhidden = 448\n" in text
    shown = json.loads(in_process("recipes", "show", "shakespeare-lstm", "--json").text)
    assert shown["hidden"] == 448


def test_a_model_is_shown_with_its_card(in_process, make_model):
    folder = make_model("mine")
    (folder / CARD).write_bytes(b"---\nlicense: mit\n---\n# A card\n\x1b[2Jtext\r\n")
    text = in_process("show", "mine").text
    assert "network     lstm 1×8, one-hot" in text
    assert "# A card\n␛[2Jtext" in text
    assert "license" not in text
    assert json.loads(in_process("show", "mine", "--json").text)["format"] == "rnntui/1"


def test_a_card_that_never_ends_is_shown_in_part(in_process, make_model):
    folder = make_model("mine")
    (folder / CARD).symlink_to("/dev/zero")
    assert in_process("show", "mine").rc == 0
    (folder / CARD).unlink()
    (folder / CARD).write_bytes(b"x" * 3_000_000)
    assert 1_000_000 < len(in_process("show", "mine").stdout) < 1_100_000
    (folder / CARD).unlink()
    (folder / CARD).symlink_to("x" * 300)
    assert "name is too long" in in_process("show", "mine").complaint


def test_figures_of_any_kind_are_shown_and_keep_to_their_lines(in_process, make_model):
    folder = make_model("mine")
    config = json.loads((folder / CONFIG).read_text())
    config["metrics"] = {"nats_per_char": 1.25, "a\nb\x1b": [1, {"x": None}], "n": "\n" * 5000}
    config["metrics"] |= {"x" * 9000: 1.0, "from": "the Hub, google/it", "task": "y", "folder": "/"}
    config["data"]["name"] = "corpus\nfolder  /etc"
    (folder / CONFIG).write_text(json.dumps(config))
    done = in_process("show", "mine")
    assert done.rc == 0
    assert "1.2500" in done.text and "corpus⏎folder" in done.text
    lines = done.text.splitlines()
    assert len(lines) < 20 and max(map(len, lines)) < 1100 and "x" * 1000 not in done.text
    assert lines[0].split() == ["folder", str(folder)] and lines[1].split() == ["task", "text"]
    assert not [line for line in lines if line.startswith(("from", "folder  /\n"))]
    assert "1.250 nats (test)" in in_process("list").text


def rewrite_header(folder: Path, **changes: object) -> None:
    raw = (folder / WEIGHTS).read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    header["head.bias"] |= changes
    new = json.dumps(header).encode()
    (folder / WEIGHTS).write_bytes(struct.pack("<Q", len(new)) + new + raw[8 + length :])


def set_config(folder: Path, key: str, value: object) -> None:
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | {key: value}))


def spoil_with_nan(folder: Path) -> None:
    raw = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(raw[:-4] + np.float32("nan").tobytes())


DAMAGE = {
    "cut": (lambda f: (f / WEIGHTS).write_bytes((f / WEIGHTS).read_bytes()[:-9]), "cut short"),
    "of NaN": (spoil_with_nan, "not numbers"),
    "a pickle": (lambda f: (f / WEIGHTS).write_bytes(pickle.dumps({"a": 1}) * 9), "is a pickle"),
    "of a future format": (lambda f: set_config(f, "format", "rnntui/7"), "update rnntui"),
    "of another shape": (lambda f: rewrite_header(f, shape=[1]), "has shape [1]"),
    "of absurd size": (
        lambda f: (f / WEIGHTS).write_bytes(struct.pack("<Q", 2**62) + b"{}"), "not a safetensors"
    ),
    "of no weights": (lambda f: (f / WEIGHTS).unlink(), "has no model.safetensors"),
    "for another task": (lambda f: set_config(f, "task", "forecast"), "forecast"),
    "no JSON": (lambda f: (f / CONFIG).write_bytes(b"\xff"), "is not JSON"),
    "suggesting nonsense": (lambda f: set_config(f, "sampling", {"top_p": 5}), "top-p is 5"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "said"), DAMAGE.values(), ids=DAMAGE)
def test_it_refuses_a_model_that_is(refusal, make_model, tmp_path, damage, said):
    damage(make_model("mine"))
    text = tmp_path / "text.txt"
    text.write_text("some text\n")
    for arguments in (["generate", "mine"], ["eval", "mine", text]):
        assert said in refusal(*arguments).complaint


@pytest.mark.parametrize(
    "name", ["cut", "a pickle", "of another shape", "of absurd size", "of no weights"]
)
def test_it_shows_what_is_wrong_with_the_weights_of_a_model_that_is(in_process, make_model, name):
    folder = make_model("mine")
    assert "problem" not in in_process("show", "mine").text
    damage, said = DAMAGE[name]
    damage(folder)
    told = in_process("show", "mine").text.splitlines()
    assert told[1].startswith("problem ") and said in told[1]
    assert [line for line in told if line.startswith("network ")]  # what can be told is told


WORDS = {
    "an unknown command": ["frobnicate"],
    "an unknown option": ["--frobnicate"],
    "a group without a command": ["train"],
    "an unknown subcommand": ["recipes", "frobnicate"],
    "a model that is missing": ["show", "none"],
    "a model that is nothing": ["show", ""],
    "no model": ["show"],
    "somebody's home": ["show", "~nobody-of-that-name"],
    "too long a name": ["show", "a" * 5000],
    "a recipe that is missing": ["recipes", "show", "none"],
    "a recipe file that is missing": ["recipes", "show", "none.toml"],
    "too many words": ["list", "all"],
}


@pytest.mark.parametrize("arguments", WORDS.values(), ids=WORDS)
def test_it_answers_in_one_sentence_to(refusal, arguments):
    done = refusal(*arguments)
    assert done.stderr.count("\n") == 1
    assert len(done.complaint) < 400


def test_the_nearest_recipe_is_suggested(refusal):
    assert "did you mean chapter/hello" in refusal("recipes", "show", "chapter/helo").complaint


def test_a_hostile_argument_does_not_steer_the_terminal(refusal):
    for arguments in (["show", "\x1b[2J\u202e"], ["\x1b[2J"], ["generate", "--\x1b[2J"]):
        done = refusal(*arguments)
        assert "\x1b" not in done.stderr and "\u202e" not in done.stderr


@pytest.mark.parametrize(
    "line",
    ["chat tiny", "sentiment --model tiny", "generate tiny --length 5 --prompt-file -",
     "--model tiny", "engine", "rm tiny"],
)  # fmt: skip
def test_a_closed_standard_input_is_an_empty_one(make_model, line):
    make_model()
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m rnntui {line} <&-'], capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert done.returncode == 2 and "error: " in done.stderr.splitlines()[-1]
        assert line.startswith(("sentiment", "rm"))  # the model writes; it asks first


@pytest.mark.parametrize("closed", ["<&-", "<&- >&-", "<&- >&- 2>&-"])
def test_an_engine_without_an_app_ends_quietly(closed):
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m rnntui.engine {closed}'], capture_output=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
@pytest.mark.parametrize("line", ["--help", "generate --help", "train text --help", "list"])
def test_a_full_disk_is_told_in_a_line_by_help_too(make_model, line):
    make_model()
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m rnntui {line} >/dev/full'],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write the output: no space left on the disk; ")
    assert len(done.stderr.splitlines()) == 1


def test_closed_streams_are_no_crash(make_model):
    make_model()
    for closed in (">&-", "2>&-", ">&- 2>&-"):
        done = subprocess.run(
            ["sh", "-c", f'"{sys.executable}" -m rnntui list {closed}'],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0
        assert b"Traceback" not in done.stderr


def test_output_is_utf8_whatever_the_terminal_says(rnntui, make_model):
    make_model("größe")
    assert "größe" in rnntui("list", LC_ALL="C", PYTHONIOENCODING="ascii").text


def test_doctor_is_content_with_a_sound_library(in_process, make_model):
    make_model("mine")
    done = in_process("doctor", "--json")
    assert done.rc == 0
    assert json.loads(done.text)["ok"]


def test_doctor_names_what_is_wrong(in_process, make_model, home, monkeypatch):
    (make_model("broken") / CONFIG).write_bytes(b"{")
    (home / "cache").write_text("in the way")
    monkeypatch.setenv("RNNTUI_DATA", "~nobody-of-that-name")
    done = in_process("doctor", "--json")
    assert done.rc == 2
    problems = json.loads(done.text)["problems"]
    assert problems.keys() == {"model broken", "cache", "RNNTUI_DATA"}
    told = in_process("doctor")
    assert told.rc == 2
    assert told.complaint.startswith("error: something would not work: cache, RNNTUI_DATA, model")


def test_a_named_pipe_is_refused_instead_of_waited_for(in_process, make_model, tmp_path, home):
    make_model()
    pipe, settings_file = tmp_path / "pipe", home / "config" / "settings.toml"
    weights = home / "data" / "runs" / "tiny" / "model.safetensors"
    settings_file.parent.mkdir()
    for path in (pipe, settings_file):
        os.mkfifo(path)
    for arguments in (
        ("import", pipe),
        ("import", weights, "--vocabulary", pipe),
        ("import", weights, "--corpus", pipe),
        ("sessions", "import", pipe),
        ("generate", "tiny"),
        ("config",),
        ("config", "set", "theme", "nord"),
    ):
        done = in_process(*arguments)
        assert done.rc == 2 and "is a pipe or device; name a plain file" in done.complaint
    settings_file.unlink()
    settings_file.symlink_to(os.devnull)  # how one has no settings whatever writes them
    assert in_process("config", "validate").rc == 0


def test_no_model_means_the_shipped_one_whatever_else_has_its_name(
    make_model, in_process, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    make_model("shakespeare-lstm")  # in the library, by an older version
    make_model(folder=tmp_path / "chat-lstm")  # and a folder that happens to be here
    text = in_process("generate", "--length", "40", "--seed", "1", "--temperature", "0").text
    assert " the " in text  # the small one knows no words
    assert "no dialogue template" not in in_process("chat", stdin=b"").stderr
