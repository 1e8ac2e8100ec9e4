"""The loopback Hub, as the real client sees it: what is tested with it is only as true as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download
from huggingface_hub.errors import (
    GatedRepoError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tests.hub.server import Hub, User, cut

LARGE = bytes(range(256)) * 400
FILES = {"config.json": b"{}", "model.safetensors": LARGE}


@pytest.fixture(autouse=True)
def no_xet(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)


def test_the_client_reads_what_is_there(hub: Hub, tmp_path):
    sha = hub.add("anna/tiny", FILES).refs["main"]
    info = HfApi(endpoint=hub.url).model_info("anna/tiny", files_metadata=True)
    assert info.sha == sha
    assert {file.rfilename: file.size for file in info.siblings} == {
        "config.json": 2, "model.safetensors": len(LARGE)
    }  # fmt: skip
    for name, content in FILES.items():
        options = {"endpoint": hub.url, "cache_dir": tmp_path}
        assert Path(hf_hub_download("anna/tiny", name, **options)).read_bytes() == content


def test_a_large_file_lies_elsewhere_and_no_token_goes_there(hub: Hub, tmp_path):
    hub.users["secret"] = User("anna")
    hub.add("anna/tiny", FILES, private=True)
    hf_hub_download(
        "anna/tiny", "model.safetensors", endpoint=hub.url, cache_dir=tmp_path, token="secret"
    )
    asked = hub.requests("/lfs/")
    assert asked and not any(request.token for request in asked)


def test_a_cut_file_is_continued(hub: Hub, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1000)
    hub.add("anna/tiny", FILES)
    hub.fail("GET /lfs/", cut(50_500))
    hf_hub_download("anna/tiny", "model.safetensors", endpoint=hub.url, cache_dir=tmp_path)
    assert [r.headers.get("range") for r in hub.requests("GET /lfs/")] == [None, "bytes=50000-"]


def test_it_refuses_as_the_hub_does(hub: Hub):
    api = HfApi(endpoint=hub.url)
    hub.users["secret"] = User("bob")
    hub.add("anna/private", FILES, private=True)
    hub.add("anna/gated", FILES, gated=True)
    hub.add("anna/tiny", FILES)
    for name, token in (("anna/private", False), ("anna/private", "secret"), ("a/none", "secret")):
        with pytest.raises(RepositoryNotFoundError):
            api.model_info(name, token=token)
    assert api.model_info("anna/gated").gated
    with pytest.raises(GatedRepoError):
        hf_hub_download("anna/gated", "config.json", endpoint=hub.url)
    with pytest.raises(RevisionNotFoundError):
        api.model_info("anna/tiny", revision="nowhere")
    with pytest.raises(RemoteEntryNotFoundError):
        hf_hub_download("anna/tiny", "nothing.json", endpoint=hub.url)


def test_a_model_is_pushed_in_one_commit(hub: Hub):
    hub.users["secret"] = User("anna")
    api = HfApi(endpoint=hub.url, token="secret")
    assert api.whoami()["name"] == "anna"
    api.create_repo("anna/new", private=True, exist_ok=True)
    api.create_repo("anna/new", private=True, exist_ok=True)
    card = b"---\ntags: [rnntui]\n---\n# New\n"
    files = {**FILES, "README.md": card}
    operations = [CommitOperationAdd(path, content) for path, content in files.items()]
    done = api.create_commit("anna/new", operations, commit_message="all of it")
    repo = hub.repos["anna/new"]
    assert repo.private and done.oid == repo.refs["main"]
    head = repo.at("main")
    assert head.message == "all of it"
    assert {path: head.files[path].content for path in files} == files
    assert [model.id for model in api.list_models(filter="rnntui")] == ["anna/new"]
