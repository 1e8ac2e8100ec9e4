"""`rnntui generate` as a person or a script runs it."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import rnntui as package
from rnntui.checkpoints.config import Head
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.cli.main import main
from tests.conftest import SYMBOLS, command, random_weights, small_config

SETTINGS = {"temperature", "top_n", "top_p", "min_p", "repetition_penalty"}


@pytest.fixture
def model(make_model) -> str:
    """A small model that knows letters, space and newline."""
    return str(make_model("tiny"))


def python_text(model: str, prompt: str, length: int, **settings: object) -> str:
    return "".join(package.load(model).generate(prompt, length, **settings))  # type: ignore[arg-type]


def test_json_has_the_fields_of_the_contract(in_process, model):
    done = in_process("generate", model, "--prompt", "To be", "--length", 40, "--seed", 3, "--json")
    assert done.rc == 0
    document = json.loads(done.text)
    assert document.keys() == {
        "model", "prompt", "text", "seed", "settings", "characters", "seconds",
        "characters_per_second",
    }  # fmt: skip
    assert document["prompt"] == "To be"
    assert document["seed"] == 3
    assert document["characters"] == len(document["text"]) == 40
    assert document["seconds"] > 0 and document["characters_per_second"] > 0
    assert document["settings"].keys() >= SETTINGS


def test_the_same_seed_gives_the_same_text_everywhere(in_process, model):
    options = ["--prompt", "To be", "--length", 200, "--seed", 3, "--temperature", 0.8]
    document = json.loads(in_process("generate", model, *options, "--json").text)
    piped = in_process("generate", "tiny", *options).text
    assert document["text"] == python_text(model, "To be", 200, seed=3, temperature=0.8)
    assert piped == "To be" + document["text"]


def test_what_is_configured_holds_where_no_option_says_otherwise(in_process, model, home):
    def settings(*options: object, **environment: str) -> dict[str, Any]:
        document = json.loads(in_process("generate", *options, "--json", **environment).text)
        return {**document["settings"], "seed": document["seed"], "model": document["model"]}

    in_process("config", "set", "top_n", 5)
    in_process("config", "set", "length", 30)
    in_process("config", "set", "model", "tiny")
    found = settings(RNNTUI_TEMPERATURE="0", RNNTUI_SEED="7")
    assert (found["top_n"], found["length"], found["model"]) == (5, 30, "tiny")
    assert (found["temperature"], found["seed"]) == (0, 7)
    found = settings(model, "--temperature", 0.5, "--length", 20, RNNTUI_TEMPERATURE="0")
    assert (found["temperature"], found["length"], found["top_n"]) == (0.5, 20, 5)


def test_a_variable_out_of_range_is_refused(in_process, model):
    done = in_process("generate", model, RNNTUI_TOP_P="2")
    assert done.rc == 2 and "RNNTUI_TOP_P" in done.complaint


def test_a_seed_that_was_drawn_is_told_and_repeats_the_text(in_process, model):
    first = json.loads(in_process("generate", model, "--length", 50, "--json").text)
    again = in_process("generate", model, "--length", 50, "--seed", first["seed"])
    assert again.text == first["text"]
    assert f"seed {first['seed']}" in again.stderr


def test_several_streams_are_as_many_texts(in_process, model):
    options = ["--length", 30, "--seed", 1, "--streams", 3]
    document = json.loads(in_process("generate", model, *options, "--json").text)
    assert [len(text) for text in document["texts"]] == [30, 30, 30]
    assert document["characters"] == 90
    assert "text" not in document
    plain = in_process("generate", model, *options).text
    assert all(text in plain for text in document["texts"])


def test_stop_ends_the_text_before_it(in_process, model):
    whole = python_text(model, "a", 300, seed=2)
    stop = whole[20:23]
    document = json.loads(
        in_process("generate", model, "--prompt", "a", "--seed", 2, "--stop", stop, "--json").text
    )
    assert document["text"] == whole[: whole.index(stop)]


def test_a_length_of_nothing_writes_the_prompt_alone(in_process, model):
    assert in_process("generate", model, "--prompt", "To be", "--length", 0).text == "To be"


def test_a_prompt_comes_from_a_file_a_pipe_or_stdin(rnntui, model, tmp_path):
    file = tmp_path / "prompt.txt"
    file.write_bytes("\ufeffTo be\r\nor not".encode())
    options = ["--length", 10, "--seed", 1]
    expected = "To be\nor not" + python_text(model, "To be\nor not", 10, seed=1)
    assert rnntui("generate", model, "--prompt-file", file, *options).text == expected
    done = rnntui("generate", model, "--prompt-file", "-", *options, stdin=file.read_bytes())
    assert done.text == expected
    stdin = file.read_bytes()
    done = rnntui("generate", model, "--prompt-file", "/dev/stdin", *options, stdin=stdin)
    assert done.text == expected


def test_strangers_in_a_prompt_are_told_and_do_no_harm(in_process, model):
    done = in_process("generate", model, "--prompt", "Café 日\x1b[2J", "--length", 5, "--seed", 1)
    assert done.rc == 0
    assert "é as e" in done.stderr
    assert "日" in done.stderr and "U+001B" in done.stderr
    assert "\x1b" not in done.stderr


def test_a_prompt_of_strangers_alone_is_no_prompt(in_process, model):
    done = in_process("generate", model, "--prompt", "日本", "--length", 5, "--seed", 1, "--json")
    assert json.loads(done.text)["text"] == python_text(model, "", 5, seed=1)


def test_a_prompt_that_is_no_utf8_is_read_on(rnntui, model):
    done = rnntui("generate", model, "--prompt", os.fsdecode(b"a\xffb"), "--length", 5, "--json")
    assert done.rc == 0
    assert json.loads(done.text)["prompt"] == "a\ufffdb"


BAD = {
    "a negative temperature": (["--temperature", "-1"], "temperature is -1; choose 0"),
    "a temperature that is none": (["--temperature", "nan"], "temperature is nan; choose"),
    "an infinite temperature": (["--temperature", "inf"], "temperature is inf; choose"),
    "a temperature in words": (["--temperature", "hot"], "--temperature is 'hot'; give a number"),
    "a share of nothing": (["--top-p", "0"], "top-p is 0; choose more than 0"),
    "a share of more than all": (["--top-p", "1.5"], "top-p is 1.5; choose"),
    "a negative top-n": (["--top-n", "-1"], "top-n is -1; choose"),
    "a min-p above all": (["--min-p", "2"], "min-p is 2; choose"),
    "a penalty of nothing": (["--repetition-penalty", "0"], "repetition-penalty is 0; choose"),
    "a negative length": (["--length", "-1"], "--length is -1; choose 0 or more"),
    "a length in words": (["--length", "long"], "--length is 'long'; give a whole number"),
    "no stream": (["--streams", "0"], "--streams is 0; choose"),
    "streams beyond all memory": (["--streams", "1000000000000"], "--streams is 1000000000000"),
    "a negative seed": (["--seed", "-1"], "seed is -1; choose a whole number from 0"),
    "a negative pace": (["--pace", "-3"], "--pace is -3"),
    "a pace that is none": (["--pace", "nan"], "--pace is nan"),
    "two prompts": (["--prompt", "a", "--prompt-file", "b"], "both name the prompt; give one"),
    "no such prompt file": (["--prompt-file", "none.txt"], "none.txt does not exist; check"),
    "an unknown option": (["--temprature", "1"], "no such option: --temprature"),
}


@pytest.mark.parametrize(("options", "said"), BAD.values(), ids=BAD)
def test_it_refuses(refusal, model, options, said):
    assert said in refusal("generate", model, *options).complaint


def test_a_refusal_is_the_same_in_a_process_of_its_own(in_process, model):
    done = in_process("generate", model, "--temperature", "-1")
    assert done.rc == 2
    assert done.stderr == "error: temperature is -1; choose 0 (greedy) to 1000\n"
    assert done.stdout == b""


def test_a_missing_model_is_told_with_the_nearest_name(refusal, make_model):
    make_model("wordsworth")
    assert refusal("generate", "wordswort").complaint.endswith(
        "there is no model 'wordswort' here; did you mean wordsworth?"
    )


def test_a_reader_that_has_seen_enough_ends_it_quietly(model):
    with subprocess.Popen(
        command("generate", model, "--length", 10**9, "--seed", 1),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as writer:
        assert writer.stdout and writer.stderr
        assert len(writer.stdout.read(10)) == 10
        writer.stdout.close()
        stderr = writer.stderr.read().decode()
        assert writer.wait(20) == 0
    assert stderr.count("\n") == 1  # what it says of model and seed


@pytest.mark.parametrize("target", ["generate", "json", "show", "list"])
def test_a_full_disk_is_said_in_a_sentence(model, target):
    arguments = {
        "generate": ["generate", model, "--length", "10"],
        "json": ["generate", model, "--length", "10", "--json"],
        "show": ["show", model],
        "list": ["list"],
    }[target]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(*arguments), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(
        "error: cannot write the output: no space left on the disk; free some space"
    )


def interrupt(arguments: list[str], least: int = 0) -> tuple[int, bytes, str]:
    """Run a command until it has written so many bytes, press Ctrl-C, return how it ended."""
    with subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as child:
        assert child.stderr and child.stdout
        said = child.stderr.readline()  # it has begun
        head = b""
        while len(head) < least:
            head += child.stdout.read(least)
        time.sleep(0.2)
        child.send_signal(signal.SIGINT)
        rest, stderr = child.communicate(timeout=20)
        return child.returncode, head + rest, (said + stderr).decode()


def test_ctrl_c_keeps_what_was_written(model):
    rc, stdout, stderr = interrupt(
        ["generate", model, "--prompt", "To be", "--length", str(10**9), "--seed", "5"], 2000
    )
    assert rc == 130
    assert "Traceback" not in stderr
    text = stdout.decode()
    assert len(text) >= 2000
    assert text == "To be" + python_text(model, "To be", len(text) - 5, seed=5)


@pytest.mark.parametrize("streams", [1, 3])
def test_ctrl_c_prints_the_json_of_what_there_is(model, streams):
    rc, stdout, stderr = interrupt(
        ["generate", model, "--length", str(10**9), "--seed", "5", "--json",
         "--streams", str(streams)]
    )  # fmt: skip
    assert rc == 130
    assert "Traceback" not in stderr
    document = json.loads(stdout)
    assert document["characters"] > 0
    text = document["text"] if streams == 1 else document["texts"][0]
    assert set(text) <= set(SYMBOLS)


@pytest.fixture
def hostile(tmp_path) -> str:
    """A model that writes nothing but escape sequences, eight-bit controls and bidi marks."""
    config = small_config(("\x1b", "[", "J", "2", "\x9b", "\u202e", "\r", "\a"))
    write_checkpoint(tmp_path / "hostile", config, random_weights(config))
    return str(tmp_path / "hostile")


def on_a_terminal(*arguments: str) -> str:
    """Run a command on a pseudo-terminal, and return all that reaches its screen."""
    master, slave = pty.openpty()
    with subprocess.Popen(command(*arguments), stdout=slave, stderr=slave, stdin=slave) as child:
        os.close(slave)
        screen = b""
        while child.poll() is None or select.select([master], [], [], 0)[0]:
            if select.select([master], [], [], 0.05)[0]:
                try:
                    screen += os.read(master, 65536)
                except OSError:  # Linux's way to say that the terminal was closed
                    break
    os.close(master)
    return screen.decode()


STEERING = ("\x1b", "\x9b", "\u202e", "\a")


@pytest.mark.parametrize("options", [[], ["--streams", "2"], ["--json"]], ids=" ".join)
def test_what_a_model_writes_does_not_steer_a_terminal(hostile, options):
    shown = on_a_terminal(
        "generate", hostile, "--length", "200", "--seed", "1", "--pace", "0",
        "--prompt", "\x1b]0;mine\a", "--stop", "\x1b\x1b\x1b\x1b\x1b\x1b\x1b", *options,
    )  # fmt: skip
    assert not [c for c in STEERING if c in shown]
    assert "\\u001b" in shown if "--json" in options else "␛" in shown


def test_a_pipe_gets_what_a_model_writes_exactly(in_process, hostile):
    text = python_text(hostile, "", 200, seed=1)
    assert {"\x1b", "\x9b", "\u202e", "\r"} <= set(text)
    assert in_process("generate", hostile, "--length", 200, "--seed", 1).stdout == text.encode()
    done = in_process("generate", hostile, "--length", 200, "--seed", 1, "--json")
    assert json.loads(done.text)["text"] == text
    assert not [c for c in STEERING if c in done.text]


@pytest.mark.parametrize("options", [[], ["--streams", "2"], ["--json"]], ids=" ".join)
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_model_that_overflows_is_told_in_one_line(monkeypatch, capfd, tmp_path, cell, options):
    nonlinearity = "relu" if cell == "rnn" else "tanh"
    shape = {"cell": cell, "nonlinearity": nonlinearity, "layers": 2, "head": Head((4,))}
    config = small_config(**shape)
    weights = {name: array * 1e38 for name, array in random_weights(config).items()}
    write_checkpoint(tmp_path / "huge", config, weights)
    arguments = ["rnntui", "generate", str(tmp_path / "huge"), "--seed", "1", *options]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capfd.readouterr().err.splitlines()
    assert told[-1].startswith("error: the model overflows on this text: ")
    assert len(told) <= 2  # the other is what it says of model and seed; and no warning of NumPy's
