"""Pulling with the real client from the loopback Hub: what comes, what breaks, what is kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from huggingface_hub import hf_hub_download

from rnntui.checkpoints.folder import CONFIG, WEIGHTS, read_checkpoint
from rnntui.checkpoints.hub import index
from rnntui.checkpoints.hub.errors import HubError
from rnntui.checkpoints.hub.names import HubName
from rnntui.checkpoints.hub.pull import look, pull
from rnntui.checkpoints.hub.watch import Patience, Watch
from rnntui.checkpoints.library import entries, find_model
from rnntui.errors import RnntuiError
from tests.hub.models import model_files
from tests.hub.server import Hub, answer, cut, held, wrong

NAME = HubName("anna/tiny")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    return model_files(tmp_path / "made")


def impatient(**options: object) -> Watch:
    return Watch(patience=Patience(tries=3, pause=0.01), **options)  # type: ignore[arg-type]


def refused(name: HubName = NAME, watch: Watch | None = None) -> HubError:
    with pytest.raises(HubError) as caught:
        pull(name, watch=watch or impatient())
    assert caught.value.fix and "\n" not in str(caught.value)
    return caught.value


def kept(tmp_path: Path) -> list[str]:
    """What lies in the Hub's cache of the large file, whole or in part."""
    return [path.name for path in (tmp_path / "huggingface").rglob("*.incomplete")]


def test_what_will_come_is_told_first(hub: Hub, files):
    repo = hub.add("anna/tiny", {**files, "notes.txt": b"x", "evil.py": b"import os"})
    plan = look(NAME)
    assert plan.commit == repo.refs["main"]
    assert plan.licence == "mit"
    assert {file.name: file.size for file in plan.files} == {k: len(v) for k, v in files.items()}
    assert plan.bytes == sum(map(len, files.values()))
    assert not hub.requests("/resolve/")


def test_only_the_formats_files_come_and_as_they_are(hub: Hub, files):
    hub.add("anna/tiny", {**files, "evil.py": b"import os", "pytorch_model.bin": b"\x80"})
    done = pull(NAME)
    assert done.commit == hub.repos["anna/tiny"].refs["main"]
    folder = Path(done.folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    read_checkpoint(folder)
    assert not hub.requests("evil|pytorch")


def test_it_is_in_the_library_then(hub: Hub, files, make_model):
    hub.add("anna/tiny", files)
    done = pull(NAME)
    for name in ("tiny", "anna/tiny", f"anna/tiny@{done.commit}", "hf://anna/tiny"):
        assert find_model(name) == Path(done.folder)
    entry = next(entry for entry in entries() if entry.source == "hub")
    assert (entry.name, entry.task, entry.pulled) == ("tiny", "text", done)
    mine = make_model("tiny")
    assert find_model("tiny") == mine
    assert find_model("anna/tiny") == Path(done.folder)
    assert [entry.name for entry in entries() if entry.source == "hub"] == ["anna/tiny"]


def test_pulled_again_nothing_comes_twice(hub: Hub, files):
    hub.add("anna/tiny", files)
    first = pull(NAME)
    hub.asked.clear()
    assert pull(NAME) == first
    assert not hub.requests("GET /lfs/|resolve")


def test_a_newer_commit_takes_the_names_place_and_a_revision_stays(hub: Hub, files, tmp_path):
    repo = hub.add("anna/tiny", files)
    repo.refs["v1"] = repo.refs["main"]
    old = pull(HubName("anna/tiny", "v1"))
    before = pull(NAME)
    repo.put(model_files(tmp_path / "newer", seed=1))
    new = pull(NAME)
    assert new.commit != before.commit == old.commit
    assert new.older == () or new.older == (before.commit,)
    assert find_model("anna/tiny") == Path(new.folder)
    assert find_model("anna/tiny@v1") == Path(old.folder)
    names = [entry.name for entry in entries() if entry.source == "hub"]
    assert names == ["tiny@v1", "tiny"]


def test_progress_ends_at_the_whole_and_never_exceeds_it(hub: Hub, tmp_path):
    files = model_files(tmp_path / "made", hidden=256)
    assert len(files[WEIGHTS]) > 1_000_000
    hub.add("anna/tiny", files)
    told = []
    pull(NAME, progress=told.append)
    total = sum(map(len, files.values()))
    assert {progress.total for progress in told} == {total}
    assert max(progress.done for progress in told) == told[-1].done == total
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_pull_cut_three_times_ends_whole(hub: Hub, tmp_path, reset):
    """Each time it goes on from where a piece ended, however the connection broke."""
    files = model_files(tmp_path / "made", hidden=256)
    hub.add("anna/tiny", files)
    hub.fail("GET /lfs/", cut(600_000, reset), times=1)
    hub.fail("GET /lfs/", cut(300_000, reset), times=1)
    hub.fail("GET /lfs/", cut(0, reset), times=1)
    said = []
    done = pull(NAME, watch=impatient(say=said.append))
    assert (Path(done.folder) / WEIGHTS).read_bytes() == files[WEIGHTS]
    asked = [request.headers.get("range") for request in hub.requests("GET /lfs/")]
    assert len(asked) == 4
    if not reset:  # which throws away what had come and was not read
        assert asked == [None, "bytes=524288-", "bytes=786432-", "bytes=786432-"]
    assert sum("broke" in line for line in said) >= 2
    assert not kept(tmp_path)


def test_a_large_one_is_continued(hub: Hub, tmp_path):
    """More than 25 MB, of which what had come before the cut is not asked for again."""
    from rnntui.checkpoints.folder import config_json
    from rnntui.checkpoints.weights import save_weights
    from tests.conftest import random_weights, small_config

    config = small_config(hidden=1280)
    weights = {name: array * 0 for name, array in random_weights(config).items()}
    save_weights(tmp_path / WEIGHTS, weights)
    content = (tmp_path / WEIGHTS).read_bytes()
    assert len(content) > 25_000_000
    hub.add("anna/tiny", {CONFIG: config_json(config), WEIGHTS: content})
    hub.fail("GET /lfs/", cut(20_000_000))
    done = pull(NAME)
    first, second = hub.requests("GET /lfs/")
    assert "range" not in first.headers
    assert int(second.headers["range"].removeprefix("bytes=").rstrip("-")) > 19_000_000
    assert (Path(done.folder) / WEIGHTS).read_bytes() == content


def test_a_server_that_is_busy_for_a_moment_is_waited_for(hub: Hub, files):
    hub.add("anna/tiny", files)
    hub.fail("HEAD .*config.json", answer(503))
    hub.fail("HEAD .*config.json", answer(429, Retry_After="0"))
    hub.fail("GET /lfs/", answer(500))
    said: list[str] = []
    pull(NAME, watch=impatient(say=said.append))
    assert [line.partition(" answers ")[2][:3] for line in said] == ["503", "429", "500"]


def test_a_connection_that_breaks_for_good_is_told_and_what_is_whole_is_kept(hub: Hub, files):
    hub.add("anna/tiny", files)
    hub.fail("GET /lfs/", answer(503), times=99)
    assert refused().reason == "server"
    assert not list(index.pulled())
    hub.faults.clear()
    hub.asked.clear()
    pull(NAME)
    assert not hub.requests("GET .*resolve-cache.*config.json")


def test_a_file_with_a_wrong_hash_is_fetched_once_more(hub: Hub, files):
    hub.add("anna/tiny", files)
    hub.fail("GET /lfs/", wrong)
    done = pull(NAME)
    assert (Path(done.folder) / WEIGHTS).read_bytes() == files[WEIGHTS]


@pytest.mark.parametrize("file", ["GET /lfs/", "GET .*config.json"])
def test_a_file_that_stays_wrong_is_refused_and_not_kept(hub: Hub, files, tmp_path, file):
    hub.add("anna/tiny", files)
    hub.fail(file, wrong, times=2)
    assert refused().reason == "damaged"
    assert not index.pulled()
    pull(NAME)


@pytest.mark.parametrize("target", ["mine", "/dev/zero"])
def test_a_link_in_the_cache_that_leads_elsewhere_is_replaced_alone(
    hub: Hub, files, tmp_path, target
):
    hub.add("anna/tiny", files)
    folder = Path(pull(NAME).folder)
    (tmp_path / "mine").write_text("mine")
    for name in (CONFIG, WEIGHTS):
        (folder / name).unlink()
        (folder / name).symlink_to(tmp_path / target)
    pull(NAME)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    assert (tmp_path / "mine").read_text() == "mine"


def test_it_can_be_cancelled_while_bytes_come(hub: Hub, tmp_path):
    hub.add("anna/tiny", model_files(tmp_path / "made", hidden=256))
    go_on = threading.Event()
    hub.fail("GET /lfs/", held(go_on, upto=600_000))
    watch = impatient()

    def stop(progress) -> None:
        if progress.file == WEIGHTS:
            watch.cancel.set()
            go_on.set()

    with pytest.raises(HubError) as caught:
        pull(NAME, watch=watch, progress=stop)
    assert caught.value.reason == "cancelled"
    assert not index.pulled() and not kept(tmp_path)
    pull(NAME)


def test_it_can_be_cancelled_while_it_waits(hub: Hub, files):
    hub.add("anna/tiny", files)
    hub.fail("GET /lfs/", answer(503), times=99)
    watch = Watch(patience=Patience(pause=1000, longest_pause=1000))
    watch.say = lambda _: watch.cancel.set()
    assert refused(watch=watch).reason == "cancelled"


def test_others_go_on_while_one_is_cancelled(hub: Hub, files, tmp_path):
    hub.add("anna/tiny", files)
    hub.add("anna/other", model_files(tmp_path / "other", seed=1))
    stopped, go_on = Watch(), threading.Event()
    hub.fail("GET .*tiny.*config.json", held(go_on))
    failure: list[Exception] = []

    def run() -> None:
        try:
            pull(NAME, watch=stopped)
        except RnntuiError as error:
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    other = pull(HubName("anna/other"))
    stopped.cancel.set()
    go_on.set()
    thread.join()
    assert [model.repo for model in index.pulled()] == [other.repo] == ["anna/other"]
    assert isinstance(failure[0], HubError) and failure[0].reason == "cancelled"


@pytest.mark.parametrize(
    "header",
    ["license: {a: [1]}", "model-index: 3", "model-index: [{name: x, results: [{}]}]",
     "[1, 2]", "license: \"\\e[2J\"", "datasets: {}", "eval_results: x", "language: [[]]"],
)  # fmt: skip
def test_a_cards_header_of_any_kind_hinders_nothing(hub: Hub, files, header):
    hub.add("anna/tiny", {**files, "README.md": f"---\n{header}\n---\n".encode()})
    pull(NAME)


AS_IN_THE_APP = """
import multiprocessing, sys
class Captured:
    encoding = "utf-8"
    def write(self, text): pass
    def flush(self): pass
    def isatty(self): return True
    def fileno(self): return -1
if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    real, sys.stderr = sys.stderr, Captured()
    from rnntui.checkpoints.hub.names import HubName
    from rnntui.checkpoints.hub.pull import pull
    pull(HubName("anna/tiny"), progress=lambda progress: None)
"""


def test_it_works_where_the_terminal_is_drawn_on(hub: Hub, files, tmp_path):
    """A bar of tqdm's makes a lock between processes, which fails under Textual's stderr."""
    hub.add("anna/tiny", files)
    script = tmp_path / "app.py"
    script.write_text(AS_IN_THE_APP)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert index.pulled()


def test_weights_that_are_not_the_configurations_never_come(hub: Hub, files):
    hub.add("anna/tiny", {**files, WEIGHTS: files[WEIGHTS] + bytes(2_000_000)})
    with pytest.raises(RnntuiError, match=r"its weights have 2\.0 MB, but its config\.json"):
        pull(NAME)
    assert not hub.requests("/lfs/")


def test_a_model_too_large_for_most_machines_never_comes(hub: Hub, files, monkeypatch):
    hub.add("anna/tiny", files)
    monkeypatch.setenv("RNNTUI_MAX_PARAMETERS", "1000")
    with pytest.raises(RnntuiError, match=r"are allowed; if you trust it .* RNNTUI_MAX_PARAMETERS"):
        pull(NAME)
    assert not hub.requests("/lfs/")


def test_a_configuration_larger_than_any_never_comes(hub: Hub, files):
    hub.add("anna/tiny", {**files, CONFIG: b" " * 5_000_000})
    assert refused().reason == "large"
    assert not hub.requests("resolve")


def test_a_full_disk_is_told_before_it_is_full(hub: Hub, files, monkeypatch):
    hub.add("anna/tiny", files)
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    assert refused().reason == "disk"
    assert not hub.requests("/lfs/")


@pytest.mark.parametrize(
    "way", [("HF_HUB_OFFLINE", "1"), ("HF_ENDPOINT", "http://127.0.0.1:9")], ids=["set", "is"]
)
def test_what_is_in_the_cache_already_needs_no_network(hub: Hub, files, tmp_path, monkeypatch, way):
    """As after `hf download`: nothing of ours knows of it yet."""
    hub.add("anna/tiny", files)
    options = {"endpoint": hub.url, "cache_dir": tmp_path / "huggingface" / "hub"}
    paths = [Path(hf_hub_download("anna/tiny", name, **options)) for name in (CONFIG, WEIGHTS)]
    monkeypatch.setenv(*way)
    hub.asked.clear()
    assert Path(pull(NAME).folder) == paths[0].parent == find_model("tiny")
    assert not hub.asked


@pytest.mark.parametrize("way", [("HF_HUB_OFFLINE", "1"), ("HF_ENDPOINT", "http://127.0.0.1:9")])
def test_what_was_pulled_is_pulled_again_without_the_network(hub: Hub, files, monkeypatch, way):
    repo = hub.add("anna/tiny", files)
    repo.refs["v1"] = repo.refs["main"]
    done = pull(NAME)
    monkeypatch.setenv(*way)
    assert pull(NAME) == done
    assert len(index.pulled()) == 1
    refused(HubName("anna/tiny", "v1"))


def test_a_cache_named_from_here_is_found_from_elsewhere(hub: Hub, files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", "here")
    hub.add("anna/tiny", files)
    pull(NAME)
    monkeypatch.chdir("/")
    assert find_model("tiny").is_relative_to(tmp_path / "here")


def test_a_commit_that_is_none_becomes_no_path(hub: Hub, files):
    hub.fail("GET /api", answer(200, b'{"id": "anna/tiny", "sha": "../../x"}'), times=9)
    assert refused().reason == "server"


def test_several_processes_pull_at_once_and_all_are_entered(hub: Hub, tmp_path):
    code = (
        "import sys\n"
        "from rnntui.checkpoints.hub.names import HubName\n"
        "from rnntui.checkpoints.hub.pull import pull\n"
        "[pull(HubName(name)) for name in sys.argv[1:]]\n"
    )
    names = [f"anna/model{number}" for number in range(6)]
    for number, name in enumerate(names):
        hub.add(name, model_files(tmp_path / str(number), seed=number))
    runs = [subprocess.Popen([sys.executable, "-c", code, *names[i::2]]) for i in range(2)]
    assert [run.wait(120) for run in runs] == [0, 0]
    assert sorted(model.repo for model in index.pulled()) == names
    assert json.loads(index.path().read_text())["format"] == "rnntui-hub/1"
