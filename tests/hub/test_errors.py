"""Whatever the Hub answers becomes a sentence and a next step; what is here works without it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rnntui.checkpoints.folder import CONFIG, WEIGHTS, read_checkpoint
from rnntui.checkpoints.hub import index
from rnntui.checkpoints.hub.errors import HubError, page
from rnntui.checkpoints.hub.names import HubName, hub_name
from rnntui.checkpoints.hub.pull import look, pull
from rnntui.checkpoints.hub.search import search
from rnntui.checkpoints.hub.watch import Patience, Watch
from rnntui.checkpoints.library import NotPulled, entries, find_model
from rnntui.errors import CheckpointError, RnntuiError
from tests.hub.models import model_files
from tests.hub.server import Hub, User, answer, cut

TINY = HubName("anna/tiny")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    return model_files(tmp_path / "made")


def refused(name: HubName, reason: str) -> str:
    """What is said when a model cannot be pulled: one line, with what to do."""
    with pytest.raises(HubError) as caught:
        pull(name, watch=Watch(patience=Patience(tries=2, pause=0.01)))
    assert caught.value.reason == reason, caught.value
    assert caught.value.fix
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400
    assert not [model for model in index.pulled() if model.name == name]
    return str(caught.value)


def test_a_gated_model(hub: Hub, files, monkeypatch):
    hub.add("anna/gated", files, gated=True)
    said = refused(HubName("anna/gated"), "gated")
    assert f"open {hub.url}/anna/gated, accept its terms, then `hf auth login`" in said
    hub.users["secret"] = User("bob")
    monkeypatch.setenv("HF_TOKEN", "secret")
    assert "approval" in refused(HubName("anna/gated"), "gated")
    hub.repos["anna/gated"].readers.add("bob")
    pull(HubName("anna/gated"))


def test_a_password_in_the_hubs_address_is_not_told(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "https://bob:secret@hub.example/")
    assert page(TINY) == "https://hub.example/anna/tiny"


def test_a_private_model(hub: Hub, files, monkeypatch):
    hub.add("anna/private", files, private=True)
    said = refused(HubName("anna/private"), "missing")
    assert "no public model anna/private" in said and "log in with `hf auth login`" in said
    hub.users |= {"bobs": User("bob"), "annas": User("anna")}
    monkeypatch.setenv("HF_TOKEN", "bobs")
    assert "that your account may read" in refused(HubName("anna/private"), "missing")
    monkeypatch.setenv("HF_TOKEN", "annas")
    pull(HubName("anna/private"))


def test_a_model_that_is_not_there_with_names_that_are_like_it(hub: Hub, files):
    hub.add("anna/shakespeare-lstm", files)
    hub.add("anna/untagged", {**files, "README.md": b"# none"})
    said = refused(HubName("anna/shakespear-lstm"), "missing")
    assert "did you mean shakespeare-lstm or anna/shakespeare-lstm? " in said
    assert "did you mean" not in refused(HubName("nobody/nothing-like-it"), "missing")


def test_a_revision_that_is_not_there(hub: Hub, files):
    hub.add("anna/tiny", files)
    said = refused(HubName("anna/tiny", "v9"), "revision")
    assert "no branch, tag or commit 'v9'" in said


@pytest.mark.parametrize(
    ("without", "with_", "said"),
    [
        (CONFIG, {}, "it has no config.json"),
        (WEIGHTS, {}, "it has no model.safetensors"),
        (WEIGHTS, {"pytorch_model.bin": b"\x80"}, "pickles, which run code; `rnntui import`"),
    ],
)
def test_a_model_of_another_program(hub: Hub, files, without, with_, said):
    hub.add("anna/tiny", {**{k: v for k, v in files.items() if k != without}, **with_})
    assert said in refused(TINY, "foreign")
    assert not hub.requests("resolve")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (b'{"model_type": "gpt2"}', "is not the configuration of an rnntui model"),
        (b'{"format": "rnntui/9"}', "update rnntui"),
        (b"<html>", "is not"),
    ],
)
def test_a_configuration_of_another_program(hub: Hub, files, config, said):
    hub.add("anna/tiny", {**files, CONFIG: config})
    with pytest.raises(CheckpointError, match=said):
        pull(TINY)
    assert not hub.requests("/lfs/") and not index.pulled()


def test_an_empty_repository(hub: Hub):
    hub.add("anna/tiny")
    assert "it has no config.json" in refused(TINY, "foreign")


def test_a_model_that_was_closed(hub: Hub, files):
    hub.add("anna/tiny", files, disabled=True)
    assert "has closed anna/tiny" in refused(TINY, "disabled")


def test_the_mode_that_forbids_the_network(hub: Hub, files, monkeypatch):
    hub.add("anna/tiny", files)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE forbids to fetch it; unset" in refused(TINY, "offline")
    with pytest.raises(HubError, match="forbids to search"):
        search("tiny")
    assert not hub.asked


def test_no_network(hub: Hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    said = refused(TINY, "unreachable")
    assert "127.0.0.1:9 cannot be reached: Connection refused; check the network" in said


def test_offline_everything_that_is_here_works(hub: Hub, files, make_model, monkeypatch):
    hub.add("anna/tiny", files)
    folder = Path(pull(TINY).folder)
    make_model("mine")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert find_model("anna/tiny") == folder
    assert {"tiny", "mine"} <= {entry.name for entry in entries()}
    read_checkpoint(folder)


def test_a_token_that_is_none(hub: Hub, files, monkeypatch):
    hub.add("anna/tiny", files)
    monkeypatch.setenv("HF_TOKEN", "wrong")
    said = refused(TINY, "token")
    assert "does not know the token" in said and "hf auth login" in said


def test_too_many_questions(hub: Hub, files):
    hub.add("anna/tiny", files)
    hub.fail("GET /api/models/anna", answer(429, Retry_After="300"), times=9)
    said = refused(TINY, "rate")
    assert "less often; try again in 300 s; with `hf auth login` more is allowed" in said
    assert len(hub.requests("GET /api/models/anna")) == 1


def test_a_server_in_trouble(hub: Hub, files):
    hub.add("anna/tiny", files)
    hub.fail("GET /api", answer(500, X_Request_Id="r-17", X_Error_Message="out of \x1b cheese"), 9)
    said = refused(TINY, "server")
    assert "answers 500" in said and "request r-17" in said
    assert "\x1b" not in said


def test_a_refusal_without_a_class(hub: Hub, files):
    hub.add("anna/tiny", files)
    hub.fail("GET /api", answer(403, X_Error_Message="Your IP is not welcome"))
    assert "Your IP is not welcome" in refused(TINY, "forbidden")


@pytest.mark.parametrize("act", [cut(0), cut(700)], ids=["before a byte", "after some"])
def test_a_connection_that_breaks_each_time(hub: Hub, files, act):
    hub.add("anna/tiny", files)
    hub.fail("GET .*resolve-cache.*config.json", act, times=99)
    assert refused(TINY, "cut")


@pytest.mark.parametrize(
    "body", [b"<html>Log in to the Wi-Fi</html>", b"[]", b"null", b"{}", b'{"id": 3}', b"\xff"]
)
def test_an_answer_that_is_no_hubs(hub: Hub, body):
    hub.fail("GET /api", answer(200, body, Content_Type="application/json"), times=9)
    with pytest.raises(HubError) as caught:
        look(TINY)
    assert caught.value.reason in ("server", "foreign")


def test_files_without_what_the_hub_sends_with_them(hub: Hub, files):
    hub.add("anna/tiny", files)
    hub.fail("HEAD", answer(200, b"", ETag='"x"'), times=9)
    refused(TINY, "server")


def test_an_endpoint_that_is_no_address(hub: Hub, monkeypatch):
    for address in ("nonsense", "ftp://x", "http://", "http://[", "http://a b"):
        monkeypatch.setenv("HF_ENDPOINT", address)
        with pytest.raises(HubError):
            look(TINY)


def test_a_disk_that_cannot_be_written(hub: Hub, files, tmp_path, monkeypatch):
    hub.add("anna/tiny", files)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "file"))
    with pytest.raises(RnntuiError) as caught:
        pull(TINY)
    assert caught.value.fix and "file" in str(caught.value)


def test_a_cache_that_was_emptied(hub: Hub, files, tmp_path):
    import shutil

    hub.add("anna/tiny", files)
    pull(TINY)
    shutil.rmtree(tmp_path / "huggingface")
    with pytest.raises(NotPulled, match="no longer in the Hub's cache; `rnntui pull anna/tiny`"):
        find_model("tiny")
    gone = next(entry for entry in entries() if entry.source == "hub")
    assert "no longer" in gone.problem
    pull(TINY)
    find_model("tiny")


def test_an_index_that_is_damaged_hides_nothing_else(make_model):
    make_model("mine")
    index.path().write_text("{")
    listed = {entry.name: entry.problem for entry in entries()}
    assert "delete it" in listed["hub.json"]
    assert listed["mine"] == ""
    find_model("mine")
    with pytest.raises(CheckpointError, match="delete it"):
        find_model("tiny")


@pytest.mark.parametrize("name", ["anna/tiny", "anna/tiny@v1", "anna/tiny@refs/pr/1", "a/b.c-d_e"])
def test_a_name_of_the_hub(name):
    assert str(hub_name(name)) == name


@pytest.mark.parametrize(
    "name", ["tiny", "", "/", "a/", "/b", "a/b/c", "../b", "a/..", "a/b@", "a/b@../../x", "a/b--c",
             "a/b.git", "-a/b", "a/b c", "a/b@v 1", "a/b\n", "ä/b", "a/" + "b" * 200, "~/b", "./b"]
)  # fmt: skip
def test_no_name_of_the_hub(name):
    assert hub_name(name) is None


def test_what_may_be_a_hubs_is_told_so(hub: Hub):
    with pytest.raises(NotPulled, match="`rnntui pull anna/tiny@v1` asks the Hub for it"):
        find_model("anna/tiny@v1")


def test_many_threads_ask_at_once(hub: Hub, files):
    hub.add("anna/tiny", files)
    failures: list[Exception] = []

    def run() -> None:
        try:
            pull(TINY)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert [model.repo for model in index.pulled()] == ["anna/tiny"]
