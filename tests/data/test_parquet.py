"""Reviews from the Hub's parquet files, over a real server, as a named data set."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import msgspec
import polars
import pytest

from rnntui.cli.data import fetch
from rnntui.data.download import DownloadError
from rnntui.data.finding import find_named, place
from rnntui.data.named import HubFile, NamedCorpus, corpora
from rnntui.data.reviews import read_reviews, read_unlabelled
from rnntui.errors import CorpusError
from tests.loopback import Loopback, send

PUBLIC = "https://huggingface.co/datasets/a/b/resolve/" + 40 * "0"
TEXTS = ['A "good" film,\nand<br />long — ünïcode', "bad", "fine\x85really", "dull; dull"]


def parquet(**columns: list[Any]) -> bytes:
    file = io.BytesIO()
    polars.DataFrame(columns).write_parquet(file)
    return file.getvalue()


def part(name: str, content: bytes, file: str) -> HubFile:
    return HubFile(
        file=file, part=name, url=f"{PUBLIC}/{name}.parquet", bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip


@pytest.fixture
def hub(monkeypatch):
    """A server with a training and a test file."""
    for name in ("HF_HUB_OFFLINE", "RNNTUI_MIRROR", "http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    others = {
        "train.parquet": parquet(text=TEXTS[:2], label=[1, 0]),
        "test.parquet": parquet(text=TEXTS[2:], label=[1, 0]),
    }
    with Loopback(b"", others=others).running() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


@pytest.fixture
def films(hub: Loopback) -> NamedCorpus:
    files = tuple(
        part(name, hub.others[f"{name}.parquet"], f"films-{name}.parquet")
        for name in ("train", "test")
    )
    return msgspec.structs.replace(corpora()["imdb"], name="films", file="films.csv.gz", hub=files)


def test_reviews_keep_their_texts_labels_and_halves(films, hub):
    path = find_named(films, fetch=fetch)
    assert path.name == "films.csv"
    found = list(read_reviews(path))
    assert [review.text for review in found] == TEXTS
    assert [review.label for review in found] == [1, 0, 1, 0]
    assert [review.part for review in found] == ["train", "train", "test", "test"]
    assert len(hub.asked) == 2
    assert place(films) == "here"
    assert find_named(films) == path  # and nothing is asked or made again
    assert len(hub.asked) == 2


def test_a_file_that_broke_off_is_gone_on_with(films, hub):
    hub.acts = [send(upto=100)]
    find_named(films, fetch=fetch)
    assert [asked.get("range") for asked in hub.asked] == [None, "bytes=100-", None]


def test_files_in_the_data_folder_need_no_network(films, hub, tmp_path, monkeypatch):
    for name in ("train", "test"):
        (tmp_path / f"films-{name}.parquet").write_bytes(hub.others[f"{name}.parquet"])
    monkeypatch.setenv("RNNTUI_DATA", str(tmp_path))
    assert len(list(read_reviews(find_named(films)))) == 4
    assert hub.asked == []


def test_the_registered_file_comes_first(films, hub, tmp_path, monkeypatch):
    (tmp_path / "films.csv.gz").write_bytes(b"own")
    monkeypatch.setenv("RNNTUI_DATA", str(tmp_path))
    assert find_named(films, fetch=fetch) == tmp_path / "films.csv.gz"
    assert hub.asked == []


def test_without_a_download_it_says_how_to_get_them(films):
    with pytest.raises(CorpusError, match="fetch it: rnntui data get films; or put films-train"):
        find_named(films)
    assert place(films) == "download"


def test_another_file_at_the_address_is_refused(films, hub, home):
    hub.others["test.parquet"] = parquet(text=["x"], label=[1])
    with pytest.raises(DownloadError, match="is not the file it was"):
        find_named(films, fetch=fetch)
    assert not list(home.rglob("films.csv"))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"PAR1 no such thing", "is no parquet file of texts and labels"),
     (parquet(text=["x"], mood=[1]), "is no parquet file of texts and labels"),
     (parquet(text=["x"], label=[7]), "holds the label 7")],
)  # fmt: skip
def test_a_file_that_holds_something_else_is_told(films, hub, content, said, home):
    hub.others["test.parquet"] = content
    changed = (films.hub[0], part("test", content, "films-test.parquet"))
    with pytest.raises(CorpusError, match=said):
        find_named(msgspec.structs.replace(films, hub=changed), fetch=fetch)
    assert not list(home.rglob("films.csv"))


def test_reviews_without_labels_become_lines(hub):
    content = parquet(text=["one\nfilm<br /><br />and", "more\r\n"], label=[-1, -1])
    hub.others["more.parquet"] = content
    more = msgspec.structs.replace(
        corpora()["imdb-unsup"], name="more", hub=(part("more", content, "films-more.parquet"),)
    )
    path: Path = find_named(more, fetch=fetch)
    assert path.name == "more.txt"
    assert list(read_unlabelled(path)) == ["one film<br /><br />and", "more"]
