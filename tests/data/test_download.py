"""Downloads from a real server on loopback, whatever it does."""

from __future__ import annotations

import random
import socket
import subprocess
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnntui.data.download import DownloadError, Patience, Source, address, download, is_offline
from rnntui.files import FileProblem
from tests.loopback import (
    Loopback,
    answer,
    endless,
    gibberish,
    held,
    send,
    unannounced,
    whole,
)

CONTENT = random.Random(1).randbytes(300_000)
AT_ONCE = Patience(tries=3, pause=0, longest_pause=0, silence=5)


@pytest.fixture(autouse=True)
def open_air(monkeypatch):
    for name in ("HF_HUB_OFFLINE", "RNNTUI_MIRROR", "http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with Loopback(CONTENT).running() as running:
        yield running


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "new" / "file.bin"


class Fetching:
    """One download, with what it told."""

    def __init__(self, server: Loopback, path: Path) -> None:
        self.server, self.path = server, path
        self.said: list[str] = []
        self.seen: list[int] = []

    def __call__(self, **changes: object) -> None:
        source = Source(
            **{
                "url": f"{self.server.url}/a/file.bin",
                "bytes": len(self.server.content),
                "sha256": self.server.sha256,
                "instead": "bring it by hand",
                **changes,
            }
        )
        download(source, self.path, progress=self.progress, say=self.said.append, patience=AT_ONCE)

    def progress(self, done: int, total: int) -> None:
        assert 0 < done <= total == len(self.server.content)
        self.seen.append(done)

    def refused(self, **changes: object) -> str:
        """Fetch, and return why it failed; nothing may be in place then."""
        with pytest.raises(DownloadError) as refused:
            self(**changes)
        assert not self.path.exists()
        assert refused.value.fix
        return str(refused.value)

    @property
    def beside(self) -> list[str]:
        """What lies beside the file, apart from the lock."""
        names = sorted(file.name for file in self.path.parent.iterdir() if file != self.path)
        return [name for name in names if not name.endswith(".lock")]

    @property
    def part(self) -> Path:
        return self.path.with_name("file.bin.part")

    @property
    def ranges(self) -> list[str | None]:
        """What was asked for, request by request."""
        return [asked.get("range") for asked in self.server.asked]


@pytest.fixture
def fetch(server, path) -> Fetching:
    return Fetching(server, path)


def test_a_file_arrives_whole_with_nothing_left_beside(fetch):
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert fetch.beside == []
    assert fetch.seen[-1] == len(CONTENT)
    (asked,) = fetch.server.asked
    assert (asked["path"], asked["accept-encoding"]) == ("/a/file.bin", "identity")
    assert fetch.said == [f"fetching file.bin (300 kB) from {fetch.server.url[7:]}"]


def test_a_file_that_is_here_is_not_fetched_again(fetch):
    fetch.path.parent.mkdir()
    fetch.path.write_bytes(CONTENT)
    fetch()
    assert fetch.server.asked == []


def test_a_file_that_is_another_is_replaced(fetch):
    fetch.path.parent.mkdir()
    fetch.path.write_bytes(CONTENT[::-1])
    fetch()
    assert fetch.path.read_bytes() == CONTENT


def test_a_slow_server_is_waited_for(fetch):
    fetch.server.acts = [send(pieces=500)]
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert len(fetch.server.asked) == 1


def test_a_transfer_that_breaks_off_goes_on_where_it_stopped(fetch):
    fetch.server.acts = [send(upto=100_000), send(upto=250_000)]
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert fetch.ranges == [None, "bytes=100000-", "bytes=250000-"]
    assert [asked.get("if-range") for asked in fetch.server.asked] == [None, '"v1"', '"v1"']
    assert "trying again" in fetch.said[1]
    assert fetch.seen == sorted(fetch.seen)


def test_a_server_that_cannot_go_on_begins_again(fetch):
    fetch.server.acts = [send(upto=100_000, ranges=False), send(ranges=False)]
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert fetch.ranges == [None, "bytes=100000-"]


def test_many_breaks_are_borne_as_long_as_something_comes(fetch):
    fetch.server.acts = [send(upto=n * 20_000) for n in range(1, 15)]
    fetch()
    assert fetch.path.read_bytes() == CONTENT


def test_a_server_that_brings_nothing_is_given_up(fetch):
    fetch.server.acts = [send(upto=5_000) for _ in range(9)]
    said = fetch.refused()
    assert "sent 5,000 of 300,000 bytes and hung up" in said or "broke" in said
    assert "also after 3 tries; try again later, which goes on from here" in said
    assert len(fetch.server.asked) == 4  # one that brought something, three that did not
    assert fetch.part.read_bytes() == CONTENT[:5_000]


def test_the_next_call_goes_on_too(fetch):
    fetch.server.acts = [send(upto=120_000) for _ in range(9)]
    fetch.refused()
    fetch.server.acts, fetch.server.asked, fetch.said = [], [], []
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert fetch.ranges == ["bytes=120000-"]
    assert fetch.said[0].endswith(", going on after 120 kB")
    assert fetch.beside == []


def test_ctrl_c_keeps_what_came(fetch):
    fetch.server.acts = [send(pieces=100)]
    usual = fetch.progress

    def interrupt(done: int, total: int) -> None:
        if done > 50_000:
            raise KeyboardInterrupt
        usual(done, total)

    fetch.progress = interrupt
    with pytest.raises(KeyboardInterrupt):
        fetch()
    kept = fetch.part.stat().st_size
    assert 50_000 < kept < 300_000
    fetch.progress = usual
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert fetch.ranges == [None, f"bytes={kept}-"]


def test_a_part_of_an_older_version_is_not_gone_on_with(fetch):
    fetch.server.acts = [send(upto=100_000) for _ in range(9)]
    fetch.refused()
    fetch.server.acts, fetch.server.asked = [], []
    fetch.server.content, fetch.server.etag = CONTENT[::-1], '"v2"'
    fetch()
    assert fetch.path.read_bytes() == CONTENT[::-1]
    assert fetch.ranges == ["bytes=100000-"]


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_pieces_that_do_not_fit_are_fetched_once_more_from_the_beginning(fetch, etag):
    fetch.path.parent.mkdir()
    fetch.part.write_bytes(b"?" * 1000)
    fetch.server.etag = etag
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert fetch.ranges == ["bytes=1000-", None]
    assert "if-range" not in fetch.server.asked[0]


@pytest.mark.parametrize("size", [len(CONTENT), len(CONTENT) + 1])
def test_a_part_as_long_as_the_file_that_is_not_it_is_thrown_away(fetch, size):
    fetch.path.parent.mkdir()
    fetch.part.write_bytes(b"?" * size)
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert fetch.ranges == [None]


def test_a_part_that_is_all_there_needs_no_server(fetch):
    fetch.path.parent.mkdir()
    fetch.part.write_bytes(CONTENT)
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert fetch.server.asked == []


def test_another_content_is_refused_and_removed(fetch):
    said = fetch.refused(sha256="0" * 64)
    assert f"sha256 {fetch.server.sha256} instead of sha256 {'0' * 64}" in said
    assert said.endswith("; bring it by hand")
    assert fetch.beside == []
    assert len(fetch.server.asked) == 1


@pytest.mark.parametrize("size", [299_999, 300_001])
def test_another_size_is_refused_before_anything_is_written(fetch, size):
    assert f"300,000 bytes instead of {size:,}" in fetch.refused(bytes=size)
    assert fetch.seen == []
    assert fetch.beside == []


def test_a_partial_answer_of_another_size_is_refused(fetch):
    fetch.path.parent.mkdir()
    fetch.part.write_bytes(CONTENT[:1000])
    fetch.server.acts = [answer(206, b"x" * 10, Content_Range="bytes 1000-1009/1010", ETag='"v9"')]
    assert "1,010 bytes instead of 300,000" in fetch.refused()
    assert fetch.beside == []


@pytest.mark.parametrize("given", ["bytes 5-9/300000", "bytes x", ""])
def test_a_partial_answer_from_another_place_is_not_appended(fetch, given):
    fetch.path.parent.mkdir()
    fetch.part.write_bytes(CONTENT[:1000])
    fetch.server.acts = [answer(206, b"xxxxx", Content_Range=given)]
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert fetch.ranges == ["bytes=1000-", None]


def test_a_range_that_the_server_does_not_have_begins_again(fetch):
    fetch.path.parent.mkdir()
    fetch.part.write_bytes(CONTENT[:1000])
    fetch.server.acts = [answer(416, Content_Range="bytes */300000")]
    fetch()
    assert fetch.path.read_bytes() == CONTENT


def test_a_server_that_sends_without_end_is_cut_off(fetch):
    fetch.server.acts = [endless]
    assert "longer instead of 300,000 bytes" in fetch.refused()
    assert max(fetch.seen) <= 300_000
    assert fetch.beside == []


def test_an_unannounced_length_is_taken(fetch):
    fetch.server.acts = [unannounced(CONTENT)]
    fetch()
    assert fetch.path.read_bytes() == CONTENT


def test_an_unannounced_end_is_a_break(fetch):
    fetch.server.acts = [unannounced(CONTENT[:1000])]
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert "sent 1,000 of 300,000 bytes and hung up" in fetch.said[1]


def test_a_redirect_is_followed_and_a_rest_is_asked_for_behind_it(fetch):
    fetch.server.acts = [answer(302, Location="/elsewhere"), send(upto=7),
                         answer(307, Location="/elsewhere"), whole]  # fmt: skip
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert [a["path"] for a in fetch.server.asked] == ["/a/file.bin", "/elsewhere"] * 2
    assert fetch.ranges[3] == "bytes=7-"


@pytest.mark.parametrize("to", ["/a/file.bin", "ftp://example.org/x", "file:///x"])
def test_a_redirect_that_leads_nowhere_is_told(fetch, to):
    fetch.server.acts = [answer(302, Location=to)] * 50
    assert "/a/file.bin redirects to nowhere; try again later" in fetch.refused()
    assert len(fetch.server.asked) < 15


def test_a_redirect_to_a_server_that_is_not_there_names_that_one(fetch):
    fetch.server.acts = [answer(302, Location="http://nowhere.invalid:81/x")]
    assert "cannot connect to nowhere.invalid:81: " in fetch.refused()


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "Not Found"), (403, "Forbidden"), (410, "Gone"), (302, "Found")]
)
def test_a_refusal_is_told_at_once(fetch, status, reason):
    fetch.server.acts = [answer(status, b"<html>sorry</html>")]
    said = fetch.refused()
    assert f"cannot be had: {status} {reason}; it may have moved" in said
    assert said.endswith("bring it by hand")
    assert len(fetch.server.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_trouble_is_waited_out(fetch, status):
    fetch.server.acts = [answer(status), answer(status, Retry_After=9999)]
    fetch()
    assert fetch.path.read_bytes() == CONTENT
    assert f" answers {status} " in fetch.said[1]


def test_a_trouble_that_stays_is_told(fetch):
    fetch.server.acts = [answer(503)] * 9
    assert "answers 503 Service Unavailable, also after 3 tries; try again later" in fetch.refused()
    assert len(fetch.server.asked) == 3


def test_what_is_no_http_is_told(fetch):
    fetch.server.acts = [gibberish] * 9
    assert "broke: " in fetch.refused()


def test_a_silent_server_is_given_up(server, path):
    never = threading.Event()
    server.acts = [held(never)] * 2
    patience = Patience(tries=2, pause=0, silence=0.2)
    source = Source(server.url, len(CONTENT), server.sha256, "bring it")
    with pytest.raises(DownloadError, match="went silent, also after 2 tries"):
        download(source, path, patience=patience)
    never.set()


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_refused_connection_is_told_at_once(fetch):
    port = closed_port()
    said = fetch.refused(url=f"http://user:secret@127.0.0.1:{port}/x")
    assert said == (
        f"cannot connect to 127.0.0.1:{port}: Connection refused; "
        "check the network, or bring it by hand"
    )
    assert len(fetch.said) == 1


def test_a_name_that_does_not_resolve_is_told_at_once(fetch):
    assert "cannot connect to nowhere.invalid: " in fetch.refused(url="http://nowhere.invalid/x")


def test_a_server_that_goes_away_in_the_middle_is_tried_again(path):
    with ExitStack() as stack:
        server = stack.enter_context(Loopback(CONTENT, acts=[send(upto=1000)]).running())
        fetch = Fetching(server, path)
        usual = fetch.progress

        def go_away(done: int, total: int) -> None:
            usual(done, total)
            stack.close()

        fetch.progress = go_away
        assert "Connection refused, also after 3 tries; try again later" in fetch.refused()
    assert len(server.asked) == 1
    assert fetch.part.read_bytes() == CONTENT[:1000]


def test_nothing_is_fetched_where_that_is_forbidden(fetch, monkeypatch):
    for value in ("1", "true", "Yes", "ON"):
        monkeypatch.setenv("HF_HUB_OFFLINE", value)
        assert "HF_HUB_OFFLINE is set; unset it, or bring it by hand" in fetch.refused()
    assert fetch.server.asked == []
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert not is_offline()
    fetch()
    assert fetch.path.exists()


@pytest.mark.parametrize(
    "url", ["", "foo", "http://", "http://[", "file:///etc/passwd", "ftp://a/b"]
)
def test_what_is_no_web_address_is_refused(fetch, url):
    assert "no web address; set RNNTUI_MIRROR to one, or unset it" in fetch.refused(url=url)


def test_a_mirror_stands_in_for_the_public_server(monkeypatch):
    public = "https://raw.githubusercontent.com/owner/repo/commit/a%5Eb.csv"
    assert address(public) == public
    for mirror in ("http://mirror.example/raw", "http://mirror.example/raw/"):
        monkeypatch.setenv("RNNTUI_MIRROR", mirror)
        assert address(public) == "http://mirror.example/raw/owner/repo/commit/a%5Eb.csv"
        assert address("https://example.org/x") == "https://example.org/x"


def test_two_at_once_share_one_transfer(fetch):
    go_on = threading.Event()
    fetch.server.acts = [held(go_on)]
    second = Fetching(fetch.server, fetch.path)
    threads = [threading.Thread(target=each) for each in (fetch, second)]
    for thread in threads:
        thread.start()
    for _ in range(3000):
        if any("another process" in line for line in fetch.said + second.said):
            break
        threads[0].join(0.01)
    go_on.set()
    for thread in threads:
        thread.join()
    assert fetch.path.read_bytes() == CONTENT
    assert len(fetch.server.asked) == 1
    assert ["another process is fetching file.bin; waiting for it"] in (fetch.said, second.said)


def test_a_place_that_cannot_be_written_is_told(server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    fetch = Fetching(server, tmp_path / "file" / "file.bin")
    with pytest.raises(FileProblem, match="cannot write"):
        fetch()
    assert server.asked == []


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 192 KiB, less than the content."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk takes root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told(server, small_disk):
    fetch = Fetching(server, small_disk / "file.bin")
    with pytest.raises(FileProblem, match="no space left on the disk; free some space"):
        fetch()
    assert not fetch.path.exists()


def test_a_read_only_disk_is_told(server, small_disk):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(FileProblem, match="read-only; choose a folder you can write to"):
        Fetching(server, small_disk / "file.bin")()
    assert server.asked == []


@settings(max_examples=15)
@given(
    cuts=st.lists(st.integers(0, 5000), max_size=6), ranges=st.booleans(), pieces=st.integers(1, 9)
)
def test_however_it_breaks_the_bytes_are_the_same(tmp_path_factory, cuts, ranges, pieces):
    content = CONTENT[:5000]
    acts = [send(pieces, upto=cut, ranges=ranges) for cut in cuts]
    with Loopback(content, acts).running() as server:
        path = tmp_path_factory.mktemp("cuts") / "file"
        source = Source(server.url, len(content), server.sha256, "bring it")
        download(source, path, patience=Patience(tries=9, pause=0))
        assert path.read_bytes() == content
