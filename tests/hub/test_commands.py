"""`pull`, `list`, `show`, `rm`, and a model of the Hub wherever MODEL is taken."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from rnntui.checkpoints.folder import CARD, CONFIG, WEIGHTS
from rnntui.checkpoints.hub import index
from tests.hub.models import CARD as THE_CARD
from tests.hub.models import model_files
from tests.hub.server import Hub


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    return model_files(tmp_path / "made")


@pytest.fixture
def run(in_process):
    """Run a command, which must succeed; return what it printed, and what it said."""

    def run(*arguments: str) -> tuple[str, str]:
        done = in_process(*arguments)
        assert done.rc == 0, done.stderr
        return done.text, done.stderr

    return run


def test_pull_shows_size_and_files_first_and_asks_nothing(hub: Hub, files, run):
    sha = hub.add("anna/tiny", files).refs["main"]
    printed, said = run("pull", "anna/tiny")
    assert printed == "tiny\n"
    lines = said.splitlines()
    assert lines[0].startswith(f"anna/tiny at {sha[:12]}: ")
    assert lines[0].endswith("licence: mit")
    assert [line.split()[0] for line in lines[1:4]] == [CONFIG, CARD, WEIGHTS]
    assert lines[-1] == "anna/tiny: 100 %"


def test_pull_json(hub: Hub, files, run):
    sha = hub.add("anna/tiny", files).refs["main"]
    told = json.loads(run("pull", "anna/tiny", "--json")[0])
    assert told.keys() == {"name", "repo", "revision", "commit", "path", "bytes"}
    assert (told["name"], told["commit"], told["revision"]) == ("tiny", sha, None)
    assert told["bytes"] == sum(map(len, files.values()))
    assert (Path(told["path"]) / CONFIG).exists()


def test_a_dry_run_fetches_nothing(hub: Hub, files, run):
    hub.add("anna/tiny", files)
    told = json.loads(run("pull", "anna/tiny", "--dry-run", "--json")[0])
    assert told["files"] == {name: len(content) for name, content in files.items()}
    assert not index.pulled() and not hub.requests("resolve")


def test_list_has_it_with_its_source(hub: Hub, files, run):
    hub.add("anna/tiny", files)
    run("pull", "anna/tiny")
    listed = {entry["name"]: entry for entry in json.loads(run("list", "--json")[0])}
    assert (listed["tiny"]["source"], listed["tiny"]["repo"]) == ("hub", "anna/tiny")
    assert listed["tiny"]["bytes"] == len(files[WEIGHTS])
    assert " hub " in run("list")[0]


def test_a_model_that_is_named_is_fetched_once_and_that_is_said(hub: Hub, files, run):
    hub.add("anna/tiny", files)
    told = json.loads(run("generate", "anna/tiny", "--length", "5", "--json")[0])
    assert told["model"] == "anna/tiny"
    hub.asked.clear()
    printed, said = run("generate", "tiny", "--length", "5")
    assert "fetching" not in said and not hub.asked
    assert len(printed) >= 5


def test_compared_it_is_called_by_its_name_and_commit(hub: Hub, files, run, make_model):
    sha = hub.add("anna/tiny", files).refs["main"]
    make_model("mine")
    told = json.loads(run("compare", "anna/tiny", "mine", "--length", "0", "--json")[0])
    assert [contender["name"] for contender in told] == [f"anna/tiny@{sha[:7]}", "mine"]


def test_what_is_said_when_it_is_fetched(hub: Hub, files, run):
    hub.add("anna/tiny", files)
    _, said = run("show", "anna/tiny")
    assert said.startswith("anna/tiny is not here yet; fetching it, once\n")


def test_show_tells_where_it_is_from(hub: Hub, files, run):
    repo = hub.add("anna/tiny", files)
    repo.refs["v1"] = repo.refs["main"]
    printed, _ = run("show", "anna/tiny@v1")
    assert f"commit      {repo.refs['v1']}" in printed
    assert "from        the Hub, anna/tiny" in printed
    assert "revision    v1" in printed
    assert "snapshots" in printed.splitlines()[0]
    assert printed.endswith(THE_CARD.partition("\n---\n")[2].lstrip())


def test_a_card_is_data_on_a_terminal_too(make_model, capfdbinary, monkeypatch):
    from rnntui.cli import show

    folder = make_model("mine")
    hostile = (
        "# A\x1b[2J card\n\n[blue]x[/] ![image](http://127.0.0.1/i.png) [here](http://e.vil)\n"
    )
    (folder / CARD).write_text(hostile)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    show.show("mine")
    printed = capfdbinary.readouterr().out.decode()
    assert "\x1b[2J" not in printed and "␛[2J card" in printed
    assert "\x1b]8;" not in printed
    assert "[blue]x[/]" in printed
    assert "http://e.vil" in printed


def test_a_card_longer_than_any_is_not_set(make_model, capfdbinary, monkeypatch):
    """It would take minutes."""
    from rnntui.cli import show

    (make_model("mine") / CARD).write_text("[" * 500_000 + "\x1b[2J**b**")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    show.show("mine")
    assert capfdbinary.readouterr().out.decode().endswith("[␛[2J**b**\n")


def test_rm_frees_what_was_pulled(hub: Hub, files, run, tmp_path):
    hub.add("anna/tiny", files)
    run("pull", "anna/tiny")
    _, said = run("rm", "tiny", "--yes")
    assert said.startswith("removed anna/tiny: ") and "freed" in said
    assert not index.pulled()
    assert not [path for path in (tmp_path / "huggingface").rglob("*") if path.name == WEIGHTS]


def test_rm_leaves_what_another_revision_needs(hub: Hub, files, run):
    repo = hub.add("anna/tiny", files)
    repo.refs["v1"] = repo.refs["main"]
    run("pull", "anna/tiny")
    run("pull", "anna/tiny@v1")
    run("rm", "anna/tiny", "--yes")
    assert [model.revision for model in index.pulled()] == ["v1"]
    run("show", "tiny@v1")


def test_rm_takes_older_commits_along(hub: Hub, files, run, tmp_path):
    repo = hub.add("anna/tiny", files)
    run("pull", "anna/tiny")
    repo.put(model_files(tmp_path / "newer", seed=1))
    run("pull", "anna/tiny")
    run("rm", "anna/tiny", "--yes")
    assert not list((tmp_path / "huggingface" / "hub").glob("models--*/blobs/*"))


def test_rm_removes_ones_own_and_a_link_alone(run, make_model, tmp_path, home):
    mine = make_model("mine")
    elsewhere = make_model(folder=tmp_path / "elsewhere")
    (home / "data" / "runs" / "linked").symlink_to(elsewhere)
    run("rm", "mine", "--yes")
    run("rm", "linked", "-y")
    assert not mine.exists()
    assert elsewhere.exists() and not (home / "data" / "runs" / "linked").exists()


def test_rm_asks_and_refuses(refusal, make_model, tmp_path, monkeypatch):
    mine = make_model("mine")
    monkeypatch.setattr("sys.stdin", None)
    assert "give --yes" in refusal("rm", "mine").complaint
    assert "ships with rnntui" in refusal("rm", "shakespeare-lstm", "--yes").complaint
    assert "did you mean mine?" in refusal("rm", "mne", "--yes").complaint
    folder = make_model(folder=tmp_path / "folder")
    for name in (folder, "..", ""):
        refusal("rm", name, "--yes")
    assert mine.exists() and folder.exists()


def test_rm_touches_no_run_that_goes_on(refusal, make_model):
    from rnntui.runs.lock import held

    mine = make_model("mine")
    with held(mine / "lock"):
        assert "in use" in refusal("rm", "mine", "--yes").complaint
    assert mine.exists()


@pytest.mark.parametrize(
    "arguments", [["pull", "tiny"], ["pull", "a/b/c"], ["pull", ""], ["pull", "../b"], ["pull"],
                  ["pull", "a/b@"], ["pull", "\x1b[2J/x"], ["rm", "nothing", "--yes"]]
)  # fmt: skip
def test_it_answers_in_one_sentence_to(refusal, arguments):
    assert "\x1b" not in refusal(*arguments).stderr


def test_a_model_that_neither_is_here_nor_there(hub: Hub, refusal):
    done = refusal("generate", "anna/none")
    assert "no public model anna/none" in done.complaint
    assert "Traceback" not in done.stderr


def test_a_run_that_is_not_there_is_no_crash_without_a_network(refusal, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "cannot be reached" in refusal("show", "runs/none").complaint


def test_ctrl_c_stops_a_pull_and_leaves_nothing_half(hub: Hub, tmp_path):
    """In a process of its own, stopped while the weights come."""
    import signal
    import subprocess
    import threading

    from tests.conftest import command
    from tests.hub.server import held

    hub.add("anna/tiny", model_files(tmp_path / "made", hidden=256))
    go_on = threading.Event()
    hub.fail("GET /lfs/", held(go_on, upto=600_000))
    process = subprocess.Popen(
        command("pull", "anna/tiny"), stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stderr
    for line in process.stderr:
        if "25 %" in line:
            process.send_signal(signal.SIGINT)
            break
    rest = process.stderr.read()
    assert process.wait(60) == 130
    process.stderr.close()
    go_on.set()
    assert "files that were whole are kept" in rest and "Traceback" not in rest
    assert not list((tmp_path / "huggingface").rglob("*.incomplete"))
    assert not index.pulled()
