"""`rnntui compare` as a command, on runs that were really trained."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rnntui.cli.main import app
from tests.conftest import command

SMALL = (
    *("--layers", "1", "--hidden", "8", "--seq-len", "8", "--batch-size", "4", "--threads", "1"),
    *("--precision", "fp32", "--device", "cpu", "--sample-every", "0", "--early-stop", "0"),
)
CONTRACT = {"name", "parameters", "val_loss", "seconds", "epochs"}


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A folder with a corpus, `song`, and two runs on it: `gru` and `rnn`."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "song.txt").write_text("row, row, row your boat\ngently down the stream\n" * 50)
    environment = {"RNNTUI_HOME": str(folder / "home"), "RNNTUI_DATA": str(folder)}
    for cell, epochs in (("gru", 3), ("rnn", 2)):
        arguments = ("--cell", cell, "--epochs", str(epochs), "--out", str(folder / cell))
        done = CliRunner().invoke(
            app, ["train", "text", "song", *SMALL, *arguments], env=environment
        )
        assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture
def runs(trained, home, monkeypatch) -> Path:
    """The runs in the library of this test's own home, and their corpus by name."""
    for cell in ("gru", "rnn"):
        shutil.copytree(trained / cell, home / "data" / "runs" / cell)
    monkeypatch.setenv("RNNTUI_DATA", str(trained))
    return home / "data" / "runs"


def test_json_has_the_fields_of_the_contract_and_is_all_of_stdout(in_process, runs):
    done = in_process("compare", "gru", "rnn", "--json", "--length", 30, "--prompt", "row Ω")
    assert done.rc == 0
    gru, rnn = json.loads(done.text)
    assert gru.keys() >= CONTRACT
    assert [gru["name"], rnn["name"]] == ["gru", "rnn"]
    assert [gru["epochs"], rnn["epochs"]] == [3.0, 2.0]
    assert gru["parameters"] > rnn["parameters"] > 0
    lines = [json.loads(line) for line in (runs / "gru" / "history.jsonl").read_text().splitlines()]
    assert [line["val_loss"] for line in gru["history"]] == [line["val_loss"] for line in lines]
    assert gru["val_loss"] == min(line["val_loss"] for line in lines)
    assert gru["seconds"] == lines[-1]["seconds"]
    assert gru["race"]["epochs"] == 2.0
    assert gru["race"]["val_loss_by_epochs"] == min(line["val_loss"] for line in lines[:2])
    assert [sample["temperature"] for sample in gru["samples"]] == [0.3, 0.5, 0.7, 1.0, 1.2]
    assert all(len(sample["text"]) == 30 for sample in gru["samples"])
    assert 0 <= gru["samples"][0]["copied_share"] <= 1
    assert gru["novelty"]["held_out"]["characters"] == 30
    assert "left out of the prompt" in done.stderr and "Ω" in done.stderr


def test_the_samples_are_those_of_generate(in_process, runs):
    asked = ("--prompt", "row", "--seed", 7, "--length", 50, "--json")
    done = in_process("compare", "gru", "--temperatures", "0.5", *asked)
    (gru,) = json.loads(done.text)
    wrote = json.loads(in_process("generate", "gru", "--temperature", 0.5, *asked).text)
    assert gru["samples"][0]["text"] == wrote["text"]


def test_in_a_pipe_nothing_is_cut(in_process, runs):
    name = "a-rather-long-name-" * 6
    (runs / "gru").rename(runs / name)
    text = in_process("compare", name, "rnn", "shakespeare-lstm", "--length", 20, COLUMNS="40").text
    first = text.splitlines()[:4]
    assert first[0].split()[:2] == ["name", "network"]
    assert first[1].startswith(name) and "gru 1×8" in first[1]
    assert "validation loss (lowest so far), by epochs" in text
    assert "copied 8-grams" in text
    assert text.count("--- temperature") == 5
    assert "…" not in text


def terminal(*arguments: str, columns: int) -> str:
    """What a command shows on a terminal of some width."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(*arguments),
        stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": str(columns), "LINES": "24"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # Linux tells the end of the other side so
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait(60) == 0
    return shown.decode()


def test_tables_fit_a_terminal_of_80_columns(runs):
    name = "a-rather-long-name-" * 6
    (runs / "gru").rename(runs / name)
    names = [name, "rnn", "shakespeare-lstm"]
    for number in range(4):
        shutil.copytree(runs / "rnn", runs / f"rnn-{number}")
        names.append(f"rnn-{number}")
    shown = terminal("compare", *names, "--length", "0", columns=80)
    assert "settings that differ" in shown
    lines = [line for line in shown.splitlines() if not line.startswith(("After", "The best"))]
    assert max(map(len, lines)) <= 80
    assert "a-r" in shown and "…" in shown


def test_the_report_is_written_where_asked(in_process, runs, tmp_path):
    page = tmp_path / "new" / "report.html"
    done = in_process("compare", "gru", "rnn", "--html", page, "--length", 20)
    assert done.rc == 0 and str(page) in done.stderr
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "network" in done.text  # the tables come all the same


def test_a_report_replaces_an_earlier_one_and_nothing_else(in_process, refusal, runs, tmp_path):
    page, theirs = tmp_path / "report.html", tmp_path / "index.html"
    for _ in range(2):
        assert in_process("compare", "gru", "--html", page, "--length", 0).rc == 0
    theirs.write_text("<!DOCTYPE html>\n<html lang='en'>mine</html>")
    (tmp_path / "link.html").symlink_to(runs / "gru" / "best" / "config.json")
    before = {path: path.read_bytes() for path in runs.rglob("*") if path.is_file()}
    inside, other = "which is compared; name a file elsewhere", "name another, or remove it first"
    for compared, target, said in (
        ("gru", runs / "gru" / "best" / "config.json", inside),
        ("gru", runs / "gru" / "new" / "report.html", inside),
        (runs / "gru" / "best", runs / "gru" / "history.jsonl", inside),
        ("gru", runs / "rnn" / "history.jsonl", other),
        ("gru", tmp_path / "link.html", other),
        ("gru", theirs, other),
        ("gru", "-", "name a file"),
        ("gru", "/dev/full", "a device or a pipe; name a plain file"),
    ):
        assert said in refusal("compare", compared, "--html", target).complaint
    assert {path: path.read_bytes() for path in runs.rglob("*") if path.is_file()} == before
    assert "mine" in theirs.read_text()


def test_different_corpora_are_warned_of_on_stderr(in_process, runs):
    done = in_process("compare", "gru", "shakespeare-lstm", "--length", 0, "--json")
    assert "warning: they learned different texts" in done.stderr
    assert len(json.loads(done.text)) == 2


def test_without_its_corpus_a_comparison_goes_on(in_process, runs):
    done = in_process("compare", "gru", "rnn", "--length", 20, RNNTUI_DATA="/nowhere")
    assert done.rc == 0
    assert "novelty is left out" in done.stderr
    assert "copied 8-grams" not in done.text


WRONG = {
    "a name that is nowhere": (["gr"], "did you mean gru?"),
    "nothing": ([], "RUN_OR_MODEL"),
    "a negative length": (["gru", "--length", -1], "--length is -1"),
    "no number": (["gru", "--temperatures", "warm"], "--temperatures is 'warm'"),
    "a temperature below 0": (["gru", "--temperatures", "0.5,-1"], "--temperatures is"),
    "no temperature": (["gru", "--temperatures", ","], "--temperatures is"),
    "a negative seed": (["gru", "--seed", -1], "--seed is -1"),
    "a folder for a page": (["gru", "--html", "."], "name a file"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG)
def test_it_refuses(refusal, runs, arguments, said):
    assert said in refusal("compare", *arguments).complaint


def test_it_loads_no_torch(runs):
    code = (
        "import sys; from rnntui.cli.main import main\n"
        "sys.argv = ['rnntui', 'compare', 'gru', 'rnn', '--length', '20', '--html', 'r.html']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "assert not {'torch', 'textual', 'huggingface_hub'} & set(sys.modules)"
    )
    subprocess.run([os.sys.executable, "-c", code], check=True, cwd=runs, capture_output=True)
    assert (runs / "r.html").exists()
