"""`rnntui data` as a person or a script runs it, with a real server for the public one."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from rnntui.data.named import corpora
from tests.conftest import command
from tests.loopback import Loopback, answer, held, send
from tests.test_imports import loaded

NAME = "airline-passengers"
THOUSANDS = """
    112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140
    145 150 178 163 172 178 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194
    196 196 236 235 229 243 264 272 237 211 180 201 204 188 235 227 234 264 302 293 259 229 203 229
    242 233 267 269 270 315 364 347 312 274 237 278 284 277 317 313 318 374 413 405 355 306 271 306
    315 301 356 348 355 422 465 467 404 347 305 336 340 318 362 348 363 435 491 505 404 359 310 337
    360 342 406 396 420 472 548 559 463 407 362 405 417 391 419 461 472 535 622 606 508 461 390 432
"""
"""The smallest corpus of the table, so that a whole download needs no network."""


def table() -> bytes:
    """The file as it is published."""
    months = [f"{year}-{month:02}" for year in range(1949, 1961) for month in range(1, 13)]
    rows = [
        '"Month","Passengers"',
        *(f'"{m}",{n}' for m, n in zip(months, THOUSANDS.split(), strict=True)),
    ]
    return "\r\n".join(rows).encode()


@pytest.fixture(autouse=True)
def open_air(monkeypatch):
    for name in ("HF_HUB_OFFLINE", "RNNTUI_MIRROR", "http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def mirror(monkeypatch):
    with Loopback(table()).running() as server:
        monkeypatch.setenv("RNNTUI_MIRROR", server.url)
        yield server


def test_list_json_says_where_each_comes_from(in_process, tmp_path):
    (tmp_path / "airline-passengers.csv").write_bytes(table())
    done = in_process("data", "list", "--json", RNNTUI_DATA=str(tmp_path))
    listed = {entry["name"]: entry for entry in json.loads(done.text)}
    assert listed.keys() == corpora().keys()
    assert listed[NAME] == {
        "name": NAME,
        "aliases": [],
        "task": "series",
        "about": corpora()[NAME].about,
        "licence": corpora()[NAME].licence,
        "where": "here",
        "file": "airline-passengers.csv",
        "bytes": 2180,
        "sha256": "8cb51be753a718d9be5d76d7e238cc224792754676adc21faa59e954b0201621",
        "url": corpora()[NAME].url,
    }
    assert listed["anna"]["where"] == "download"
    assert (listed["imdb"]["where"], listed["imdb"]["url"]) == (
        "download", "https://huggingface.co/datasets/stanfordnlp/imdb",
    )  # fmt: skip
    assert (listed["chatterbot"]["where"], listed["chatterbot"]["url"]) == ("by hand", None)


def test_list_is_plain_lines_with_nothing_cut(in_process):
    lines = in_process("data", "list", COLUMNS="40").text.splitlines()
    assert lines[0].split() == ["name", "for", "where", "size", "what", "licence"]
    assert len(lines) == 1 + len(corpora())
    (daily,) = (line for line in lines if line.startswith("dailydialog "))
    assert "by hand" in daily and "CC BY-NC-SA 4.0: non-commercial" in daily


def test_get_prints_the_path_and_nothing_else(in_process, mirror, home):
    done = in_process("data", "get", NAME)
    path = home / "cache" / "downloads" / "airline-passengers.csv"
    assert (done.rc, done.text) == (0, f"{path}\n")
    assert path.read_bytes() == table()
    assert done.stderr.splitlines() == [
        f"fetching airline-passengers.csv (2.2 kB) from {mirror.url[7:]}",
        "airline-passengers.csv: 100 %",
        f"{NAME}: {corpora()[NAME].about}; licence: {corpora()[NAME].licence}",
    ]
    (asked,) = mirror.asked
    assert asked["path"] == corpora()[NAME].url.removeprefix("https://raw.githubusercontent.com")


def test_get_does_not_fetch_twice(in_process, mirror):
    in_process("data", "get", NAME)
    done = in_process("data", "get", "Airline_Passengers", "--json")
    assert json.loads(done.text).keys() == {"name", "task", "path", "bytes", "licence"}
    assert len(mirror.asked) == 1
    assert len(done.stderr.splitlines()) == 1


def test_get_looks_into_the_folder_of_corpora_first(in_process, mirror, tmp_path):
    (tmp_path / f"{NAME}.csv").write_bytes(table())
    done = in_process("data", "get", NAME, RNNTUI_DATA=str(tmp_path))
    assert done.text == f"{tmp_path / NAME}.csv\n"
    assert mirror.asked == []


def test_a_log_gets_a_line_for_each_quarter(in_process, mirror):
    mirror.acts = [send(pieces=20)]
    lines = in_process("data", "get", NAME).stderr.splitlines()
    quarters = [line for line in lines if line.endswith("%")]
    assert quarters[-1] == "airline-passengers.csv: 100 %"
    assert len(quarters) <= 4


def test_a_terminal_gets_a_bar_that_goes_away(mirror):
    ours, theirs = pty.openpty()
    mirror.acts = [send(pieces=5)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    child = subprocess.Popen(
        command("data", "get", NAME), stdout=subprocess.PIPE, stderr=theirs, env=environment
    )
    os.close(theirs)
    seen = b""
    with os.fdopen(ours, "rb", buffering=0) as screen:
        while True:
            try:
                piece = screen.read(4096)
            except OSError:  # how Linux says that the other end is closed
                break
            if not piece:
                break
            seen += piece
    assert child.wait() == 0
    assert child.stdout
    assert child.stdout.read().endswith(b"airline-passengers.csv\n")
    child.stdout.close()
    assert b"kB" in seen and b"\x1b[2K" in seen
    assert b"100 %" not in seen


def test_a_broken_transfer_goes_on_in_the_next_command(in_process, mirror, home):
    mirror.acts = [send(upto=1000), *[answer(404)] * 5]
    done = in_process("data", "get", NAME)
    assert done.rc == 2
    assert "cannot be had: 404 Not Found; it may have moved" in done.complaint
    mirror.acts, mirror.asked = [], []
    assert in_process("data", "get", NAME).rc == 0
    assert mirror.asked[0]["range"] == "bytes=1000-"


def test_ctrl_c_keeps_what_came_and_says_so(in_process, mirror, home):
    half_sent, go_on = threading.Event(), threading.Event()

    def pause(loopback, handler):
        send(upto=1000)(loopback, handler)
        half_sent.set()
        go_on.wait(30)

    mirror.acts = [pause]
    part = home / "cache" / "downloads" / "airline-passengers.csv.part"
    child = subprocess.Popen(command("data", "get", NAME), stderr=subprocess.PIPE)
    assert half_sent.wait(30)
    assert child.stderr
    seen = b""
    while b"25 %" not in seen:  # it has read what was sent
        seen += child.stderr.readline()
    child.send_signal(signal.SIGINT)
    said = child.stderr.read().decode()
    assert child.wait() == 130
    child.stderr.close()
    go_on.set()
    assert said.splitlines()[-1] == (
        "stopped; what came is kept, and the same command goes on from there"
    )
    assert part.read_bytes() == table()[:1000]
    assert in_process("data", "get", NAME).rc == 0
    assert mirror.asked[1]["range"] == "bytes=1000-"


def test_two_processes_share_one_transfer(mirror, home):
    go_on = threading.Event()
    mirror.acts = [held(go_on)]
    children = [
        subprocess.Popen(
            command("data", "get", NAME), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    waiting = threading.Event()

    def listen(child: subprocess.Popen[bytes]) -> None:
        assert child.stderr
        for line in child.stderr:
            if b"another process is fetching" in line:
                waiting.set()

    listeners = [threading.Thread(target=listen, args=(child,)) for child in children]
    for listener in listeners:
        listener.start()
    assert waiting.wait(30)
    go_on.set()
    printed = {child.stdout.read() for child in children}
    assert [child.wait() for child in children] == [0, 0]
    for child, listener in zip(children, listeners, strict=True):
        listener.join()
        child.stdout.close()
        child.stderr.close()
    assert printed == {f"{home / 'cache' / 'downloads' / NAME}.csv\n".encode()}
    assert len(mirror.asked) == 1


def test_another_file_of_that_size_is_refused(in_process, mirror, home):
    mirror.content = table()[::-1]
    done = in_process("data", "get", NAME)
    assert done.rc == 2
    assert "is not the file it was: sha256 " in done.complaint
    assert "instead of sha256 8cb51be7" in done.complaint
    assert not list((home / "cache" / "downloads").glob("airline*"))


REFUSED = {
    "a name misspelt": (["get", "hamlt"], "no corpus 'hamlt'; did you mean hamlet?"),
    "a name of nothing": (["get", "xyzzy"], "no corpus 'xyzzy'; name a text file or"),
    "a hostile name": (["get", "\x1b[2J\n"], "no corpus "),
    "no name": (["get"], "missing argument 'NAME"),
    "two names": (["get", "anna", "hamlet"], "unexpected extra argument"),
    "no subcommand": ([], "missing command"),
    "what has no address": (["get", "chatterbot"], "chatterbot is not here and has no address"),
}


@pytest.mark.parametrize(("arguments", "said"), REFUSED.values(), ids=REFUSED)
def test_it_refuses(refusal, arguments, said):
    done = refusal("data", *arguments)
    assert said in done.complaint
    assert "\x1b" not in done.stderr


def test_it_refuses_a_download_where_that_is_forbidden(refusal, monkeypatch, mirror):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert refusal("data", "get", NAME).stderr == (
        "error: nothing is downloaded while HF_HUB_OFFLINE is set; unset it, or put "
        "airline-passengers.csv into the folder that RNNTUI_DATA names\n"
    )
    assert mirror.asked == []


def test_it_refuses_a_mirror_that_is_none(refusal, monkeypatch):
    monkeypatch.setenv("RNNTUI_MIRROR", "nonsense")
    assert "is no web address; set RNNTUI_MIRROR to one" in refusal("data", "get", NAME).complaint


def test_it_refuses_where_the_cache_is_a_file(refusal, mirror, home):
    home.mkdir()
    (home / "cache").write_text("in the way")
    assert "cannot write" in refusal("data", "get", NAME).complaint


def test_listing_loads_nothing_heavy():
    heavy = {"torch", "textual", "numpy", "httpx2", "filelock", "huggingface_hub", "rich"}
    assert not loaded("data", "list") & heavy
    assert not loaded("data", "list", "--json") & heavy


def test_a_file_by_hand_needs_no_address(in_process, tmp_path):
    Path(tmp_path, "imdb_50k.csv.gz").write_bytes(b"own")
    done = in_process("data", "get", "imdb", RNNTUI_DATA=str(tmp_path))
    assert done.text == f"{tmp_path}/imdb_50k.csv.gz\n"
    assert "is not the registered imdb; it is read as it is" in done.stderr


def test_reviews_come_from_the_hub_or_who_stands_in_for_it(refusal, monkeypatch):
    with Loopback(b"another file").running() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url + "/")
        complaint = refusal("data", "get", "imdb").complaint
        (asked,) = hub.asked
    assert asked["path"].startswith("/datasets/stanfordnlp/imdb/resolve/e6281661ce")
    assert "is not the file it was: 12 bytes instead of 20,979,968" in complaint
    assert "put imdb-train.parquet into the folder that RNNTUI_DATA names" in complaint
    # Nobody is there any more.
    complaint = refusal("train", "sentiment", "--recipe", "imdb-rnn").complaint
    assert "cannot connect to 127.0.0.1:" in complaint and "check the network" in complaint


def test_eval_takes_a_corpus_by_its_name(in_process, make_model, tmp_path):
    (tmp_path / "mine.txt").write_text("some words to score\n" * 20)
    make_model()
    by_path = in_process("eval", "tiny", tmp_path / "mine.txt", "--json")
    by_name = in_process("eval", "tiny", "mine", "--json", RNNTUI_DATA=str(tmp_path))
    assert by_name.text == by_path.text
    assert by_name.stderr == ""


def test_a_training_by_recipe_fetches_its_corpus(refusal, mirror):
    mirror.acts = [answer(404)]
    done = refusal("train", "text", "--recipe", "names-gru")
    assert "cannot be had: 404 Not Found" in done.complaint
    assert done.stderr.startswith("fetching names.txt (228 kB) from 127.0.0.1:")
    (asked,) = mirror.asked
    assert asked["path"].endswith("/names.txt")
