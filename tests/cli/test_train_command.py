"""`rnntui train text` as a command: what it refuses, how it is stopped, and what it says."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from rnntui.checkpoints.folder import read_checkpoint
from rnntui.runs import history
from rnntui.runs.folder import RunFolder
from rnntui.training.fitting import FITTED, fitted_keys
from rnntui.training.resume import read_counters
from tests.conftest import command

SMALL = (
    *("--layers", "1", "--hidden", "8", "--seq-len", "8", "--batch-size", "4", "--threads", "1"),
    *("--precision", "fp32", "--device", "cpu", "--sample-length", "10"),
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A text of 2,000 characters."""
    file = tmp_path / "corpus.txt"
    file.write_text("to be or not to be\n" * 105, "utf-8")
    return file


def begin(*arguments: str | Path, nohup: bool = False) -> subprocess.Popen[str]:
    """Start a training and wait until it takes its steps."""

    def hang_up() -> None:
        # Whatever the tests themselves were started with.
        signal.signal(signal.SIGHUP, signal.SIG_IGN if nohup else signal.SIG_DFL)

    process = subprocess.Popen(
        command("train", "text", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hang_up,
    )
    assert process.stderr
    while not process.stderr.readline().startswith("into "):
        assert process.poll() is None
    return process


def test_json_is_all_that_stdout_gets(in_process, corpus, tmp_path):
    done = in_process(
        "train", "text", corpus, *SMALL, "--epochs", 1, "--out", tmp_path / "r", "--json"
    )
    assert done.rc == 0, done.stderr
    document = json.loads(done.text)
    assert document["stopped"] == "done"
    assert document["epochs"] == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--epochs", "3", "--minutes", "1"), "--epochs and --minutes both"),
        (("--out", "a", "--name", "b"), "--out and --name both"),
        (("--name", "a/b"), "give a plain name"),
        (("--name", "\x1b[2J"), "characters that cannot be seen"),
        (("--name", "shakespeare-lstm"), "--name shakespeare-lstm-2"),
        (("--bidirectional",), "set window"),
        (("--split", "0.9,x,0.1"), "give numbers with commas"),
        (("--split", "0.9,0,0.1", "--early-stop", "3"), "early_stop watches"),
        (("--resume", "here"), "--resume takes files"),
        (("--out", "a" * 300), "the name is too long"),
        (("a" * 5000,), "corpus 'aaa"),
        (("--recipe", "chapter/helo"), "did you mean chapter/hello"),
    ],
)
def test_it_refuses(refusal, corpus, options, said):
    assert said in refusal("train", "text", corpus, *options).complaint


def test_a_text_may_have_no_validation_part(in_process, corpus, tmp_path):
    run = tmp_path / "run"
    options = (*SMALL, "--epochs", "1", "--split", "0.9,0,0.1", "--out", run)
    assert in_process("train", "text", corpus, *options).rc == 0
    assert RunFolder(run).read_recipe().early_stop == 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_saves_a_model_and_tells_how_to_go_on(corpus, tmp_path, sent):
    run = tmp_path / "my run"
    nohup = sent == signal.SIGINT  # it outlives its terminal first
    process = begin(corpus, *SMALL, "--epochs", "100000", "--out", str(run), nohup=nohup)
    if nohup:
        process.send_signal(signal.SIGHUP)
        assert process.stderr
        while not process.stderr.readline().startswith("epoch 8 "):
            assert process.poll() is None
    process.send_signal(sent)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"rnntui train text --resume {shlex.quote(str(run))}" in stderr.splitlines()[-1]
    assert "Traceback" not in stderr
    read_checkpoint(RunFolder(run).last)


@pytest.mark.parametrize("listener", ["a pipe", "a terminal"])
def test_a_listener_that_goes_away_costs_nothing(corpus, tmp_path, listener):
    run = tmp_path / "run"
    reader, writer = os.pipe() if listener == "a pipe" else pty.openpty()
    process = subprocess.Popen(
        command("train", "text", corpus, *SMALL, "--epochs", "3", "--out", run),
        stdout=writer,
        stderr=writer,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    assert process.wait(timeout=60) == 0
    assert [line.epoch for line in history.read(RunFolder(run).history)] == [1, 2, 3]


@contextmanager
def full_disk(folder: Path) -> Iterator[Callable[[subprocess.Popen[str]], None]]:
    """A disk of 3 MB in a folder; yields how to fill it up."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a disk")

    def fill(_: subprocess.Popen[str]) -> None:
        with suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
            while filler.write(b"x" * 4096):
                pass

    try:
        yield fill
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def file_limit(folder: Path) -> Iterator[Callable[[subprocess.Popen[str]], None]]:
    """No disk is full, but the process may write no more than a hundred bytes."""
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("only Linux limits another process")
    yield lambda process: resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (100, 100))


@pytest.mark.parametrize("kind", [full_disk, file_limit])
def test_a_disk_that_fills_up_in_mid_run_costs_nothing_that_was_saved(
    in_process, corpus, tmp_path, kind
):
    disk = tmp_path / "disk"
    disk.mkdir()
    run = RunFolder(disk / "run")
    with kind(disk) as fill:
        often = ("--save-minutes", "0.002")  # else it finds out at the next commit, in a second
        process = begin(corpus, *SMALL, *often, "--epochs", "100000", "--out", run.path)
        assert process.stderr
        while not process.stderr.readline().startswith("epoch 2 "):
            assert process.poll() is None
        fill(process)
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "Traceback" not in stderr
        said = stderr.splitlines()[-1]
        assert said.startswith(f"error: cannot write {run.path}")
        assert said.endswith(f"then go on with: rnntui train text --resume {run.path}")
        read_checkpoint(run.last)

        (disk / "filler").unlink(missing_ok=True)
        epochs = read_counters(run.state).epoch + 2
        done = in_process("train", "text", "--resume", run.path, "--epochs", epochs)
        assert done.rc == 0, done.stderr
        lines = [line.epoch for line in history.read(run.history)]
        assert lines == list(range(1, epochs + 1))


def test_out_must_be_no_file(refusal, corpus):
    assert (
        "which is a file; name a folder"
        in refusal("train", "text", corpus, "--out", corpus).complaint
    )


def test_a_name_nobody_chose_is_no_option_and_no_shipped_model_s(
    in_process, tmp_path, home, monkeypatch
):
    shipped = tmp_path / "shipped"
    (shipped / "taken").mkdir(parents=True)
    monkeypatch.setattr("rnntui.paths.shipped_models", lambda: shipped)
    from rnntui.cli.training_runs import new_path
    from rnntui.recipes.schema import TextRecipe

    names = [new_path("", "", "", TextRecipe(corpus=(f,))).name for f in ("-x.txt", ".txt")]
    assert names == ["x", "run"]
    assert new_path("", "", "", TextRecipe(corpus=("taken.txt",))).name == "taken-2"


def test_a_foreign_folder_keeps_its_files(in_process, corpus, tmp_path):
    theirs = tmp_path / "project" / "state" / "terraform.tfstate"
    (theirs.parent / "modules").mkdir(parents=True)
    theirs.write_text("precious", "utf-8")
    done = in_process("train", "text", corpus, *SMALL, "--epochs", 1, "--out", tmp_path / "project")
    assert done.rc == 0, done.stderr
    assert theirs.read_text("utf-8") == "precious"


@pytest.mark.parametrize("theirs", ["history.jsonl", "progress.jsonl", "best", "last", "imported"])
def test_what_a_run_would_write_over_is_refused(refusal, corpus, tmp_path, make_model, theirs):
    folder = tmp_path / "backup"
    if theirs in ("best", "last"):
        make_model(folder=folder / theirs)
    elif theirs == "imported":  # a model itself
        make_model(folder=folder)
    else:
        folder.mkdir()
        (folder / theirs).write_text("precious", "utf-8")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    complaint = refusal("train", "text", corpus, *SMALL, "--out", folder).complaint
    assert "is no run and holds" in complaint and "choose a new folder by --out" in complaint
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_run_cut_off_before_its_recipe_begins_anew_beside_a_log(in_process, corpus, tmp_path):
    options = ("train", "text", corpus, *SMALL, "--epochs", 1, "--out", tmp_path / "run")
    assert in_process(*options).rc == 0
    for path in (tmp_path / "run").iterdir():  # what is there when the recipe is to be written
        if path.is_file() or path.name == "best":
            path.rename(tmp_path / path.name)
    (tmp_path / "run" / "train.log").write_text("mine")
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"last", "state", "train.log"}
    assert in_process(*options).rc == 0
    assert RunFolder(tmp_path / "run").is_run()
    assert (tmp_path / "run" / "train.log").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--cell", "nonsense"), "--cell is 'nonsense'; choose rnn, lstm or gru"),
        (("none.txt",), "none.txt does not exist; check the path"),
        (("binary.txt",), "binary.txt is not text"),
        ((), "no text to learn from; name one"),
        (("--resume", "run"), "gone.txt does not exist; check the path"),
    ],
)
def test_nothing_is_downloaded_for_what_cannot_be_trained(tmp_path, arguments, said):
    hidden = tmp_path / "sitecustomize.py"
    hidden.write_text("import sys\nsys.modules['torch'] = None\n", "utf-8")
    (tmp_path / "binary.txt").write_bytes(b"\0\1")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "recipe.toml").write_text('task = "text"\ncorpus = ["./gone.txt"]\n')
    done = subprocess.run(
        command("train", "text", *arguments),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr


def test_help_tells_which_keys_are_fitted_to_the_text(in_process):
    told = " ".join(in_process("train", "text", "--help").text.split())
    for key in fitted_keys(1000, validated=True):
        option = told[told.index(f"--{key.replace('_', '-')} ") :]
        assert "[fitted to the text; " in option.split(" --")[0]
    assert set(FITTED) == set(fitted_keys(1000, validated=True))


def test_help_tells_what_a_key_with_choices_may_be(in_process):
    told = " ".join(in_process("train", "text", "--help").text.split())
    assert "how gradients become steps (adamw, adam, rmsprop or sgd) [adamw]" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("text", "--hidden", "0"), "--hidden is 0; choose 1 to 65536"),
        (("text", "--dropout", "1"), "--dropout is 1.0; choose 0 to below 1"),
        (("text", "--clip", "inf"), "--clip is inf; choose a finite number, above 0"),
        (("text", "--epochs", "0"), "--epochs is 0; choose 1 or more, or give --minutes"),
        (("forecast", "--cycles", "moon"), "each season, year, month, week or day"),
    ],
)
def test_a_wrong_option_is_called_by_its_flag_and_told_what_it_may_be(in_process, arguments, said):
    assert said in in_process("train", *arguments).complaint


@pytest.mark.parametrize(
    ("task", "option", "example"),
    [
        ("text", "--head-hidden", "whole numbers with commas between: 128,64"),
        ("text", "--sample-temperatures", "numbers with commas between: 0.5,1"),
        ("text", "--split", "numbers with commas between: 0.85,0.05,0.1"),
        ("forecast", "--lags", "whole numbers with commas between: 7,28"),
        ("forecast", "--levels", "numbers with commas between: 0.1,0.5,0.9"),
    ],
)
def test_the_example_of_a_list_fits_its_option(in_process, task, option, example):
    said = in_process("train", task, option, "x").complaint
    assert said == f"error: {option} is 'x'; give {example}"
    given = in_process("train", task, option, example.rpartition(" ")[2])
    assert option not in given.complaint  # nothing to learn from is what is wrong with that
