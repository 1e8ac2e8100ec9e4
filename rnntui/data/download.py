"""Downloading a file whose size and SHA-256 are known beforehand.

What arrives is written to a `.part` beside its place, which outlives a broken connection, a Ctrl-C
and a kill: the next try asks for the rest. It is renamed into place only when its hash is the known
one, and a server can make it no longer than the known size. One process at a time writes it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rnntui.checkpoints.hub.place import is_offline
from rnntui.data.finding import is_file
from rnntui.data.part import Part, alone
from rnntui.display import human_bytes, one_line
from rnntui.errors import RnntuiError
from rnntui.files import file_problem

if TYPE_CHECKING:
    import httpx2

_PUBLIC = "https://raw.githubusercontent.com"
_HUB = "https://huggingface.co"
_MOST_REDIRECTS = 10
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be another in a moment."""


class DownloadError(RnntuiError):
    """A file that could not be fetched, or is not the one that was meant."""


class _Trouble(Exception):
    """Something that may go away: tried again, and told only when it stays."""

    def __init__(self, what: str, wait: float = 0.0) -> None:
        super().__init__(what)
        self.wait = wait
        """Seconds that the server asked for."""


@dataclass(frozen=True)
class Source:
    """What to download."""

    url: str
    bytes: int
    sha256: str
    instead: str
    """What the user can do if it fails, as an instruction."""

    @property
    def host(self) -> str:
        """The server's name and port, for messages; "" where the address has none."""
        try:
            return urlsplit(self.url).netloc.rpartition("@")[2]  # a mirror's password stays out
        except ValueError:
            return ""

    @property
    def shown(self) -> str:
        """The address for messages."""
        parts = urlsplit(self.url)
        return one_line(f"{parts.scheme}://{self.host}{parts.path}", 300)


@dataclass(frozen=True)
class Patience:
    """How much of a server is borne with."""

    tries: int = 5
    """In a row that bring not a byte."""
    pause: float = 1.0
    """Seconds before the second try; twice that before the third, and so on."""
    longest_pause: float = 30.0
    """Seconds, also where the server asks for more."""
    silence: float = 30.0
    """Seconds without a byte after which a connection counts as broken."""


_USUAL = Patience()


def _ignore(*_: object) -> None:
    pass


def address(url: str) -> str:
    """Return where to fetch a public address: there, or from a server that stands in for it.

    `RNNTUI_MIRROR` names one with the paths of raw.githubusercontent.com, `HF_ENDPOINT` one with
    the Hub's, for networks that cannot reach them.
    """
    for public, variable in ((_PUBLIC, "RNNTUI_MIRROR"), (_HUB, "HF_ENDPOINT")):
        mirror = os.environ.get(variable, "").rstrip("/")
        if mirror and url.startswith(public + "/"):
            return mirror + url.removeprefix(public)
    return url


def download(
    source: Source,
    path: Path,
    *,
    progress: Callable[[int, int], None] = _ignore,
    say: Callable[[str], None] = _ignore,
    patience: Patience = _USUAL,
) -> None:
    """Fetch a file to `path`, unless it is there already.

    Args:
        source: what, and how to know it.
        path: where to; the folder is made.
        progress: called with the bytes that are here and those there will be.
        say: told what is waited for, in a line.
        patience: with the server.

    Raises:
        DownloadError: downloads are forbidden, the server cannot be reached or refuses, or what it
            sends is another file.
        FileProblem: the disk is full, the folder read-only, and so on.
        KeyboardInterrupt: Ctrl-C; what came stays beside, and the next call goes on from there.
    """
    if is_offline():
        raise DownloadError(
            "nothing is downloaded while HF_HUB_OFFLINE is set", f"unset it, or {source.instead}"
        )
    if not source.host or not source.url.startswith(("http://", "https://")):
        raise DownloadError(
            f"{one_line(source.url)} is no web address",
            "set RNNTUI_MIRROR to one, or unset it; for the Hub's files that is HF_ENDPOINT",
        )
    with alone(path, say):
        if is_file(path, source.bytes, source.sha256):
            return  # another process was faster
        part = Part(path)
        try:
            with _client(patience) as client:
                _complete(_Transfer(client, source, part, progress), say, patience)
            part.publish()
        except OSError as error:
            raise file_problem(error, part.path, "write") from error


def _client(patience: Patience) -> httpx2.Client:
    import httpx2  # 190 ms, needed by those who download alone

    return httpx2.Client(
        follow_redirects=True,
        max_redirects=_MOST_REDIRECTS,
        timeout=httpx2.Timeout(patience.silence, connect=min(patience.silence, 10.0)),
        # Not compressed on the way, or a part could not be continued.
        headers={"User-Agent": "rnntui", "Accept-Encoding": "identity"},
    )


@dataclass
class _Transfer:
    """A file on its way."""

    client: httpx2.Client
    source: Source
    part: Part
    progress: Callable[[int, int], None]
    connected: bool = False
    """Whether the server has sent something yet, so that it may be back soon."""


def _complete(transfer: _Transfer, say: Callable[[str], None], patience: Patience) -> None:
    """Fetch until the part is the whole file, with its hash."""
    source, part = transfer.source, transfer.part
    if part.size > source.bytes:
        part.clear()  # of an older version of rnntui, which meant another file
    so_far = f", going on after {human_bytes(part.size)}" if part.size else ""
    say(f"fetching {part.place.name} ({human_bytes(source.bytes)}) from {source.host}{so_far}")
    most, failures, started_over = part.size, 0, False
    while True:
        from_before = part.size
        try:
            if part.size < source.bytes:
                _receive(transfer)
            found = part.sha256()
            if found == source.sha256:
                return
            part.clear()
            if not from_before or started_over:
                raise _another_file(source, f"sha256 {found}", f"sha256 {source.sha256}")
            started_over = True  # the pieces may be of two versions: once more, from the beginning
        except _Trouble as trouble:
            failures = 0 if part.size > most else failures + 1
            most = max(most, part.size)
            if failures >= patience.tries:
                raise DownloadError(
                    f"{trouble}, also after {failures} tries",
                    f"try again later, which goes on from here, or {source.instead}",
                ) from None
            wait = max(trouble.wait, patience.pause * 2 ** max(0, failures - 1))
            wait = min(wait, patience.longest_pause)
            say(f"{trouble}; trying again in {wait:.0f} s")
            time.sleep(wait)


def _receive(transfer: _Transfer) -> None:
    """Ask once for what is missing of the part, and write what comes."""
    source, part = transfer.source, transfer.part
    headers = {}
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        if part.etag:
            headers["If-Range"] = part.etag
    with _answer(transfer, headers) as response:
        done = _begin(response, source, part)
        with part.open(done, response.headers.get("etag", "")) as file:
            for chunk in response.iter_bytes():  # as they come: what came is kept
                done += len(chunk)
                if done > source.bytes:
                    break
                file.write(chunk)
                transfer.connected = True
                transfer.progress(done, source.bytes)
    if done > source.bytes:
        part.clear()
        raise _another_file(source, "longer", f"{source.bytes:,} bytes")
    if done < source.bytes:
        raise _Trouble(f"{source.host} sent {done:,} of {source.bytes:,} bytes and hung up")


@contextmanager
def _answer(transfer: _Transfer, headers: dict[str, str]) -> Iterator[httpx2.Response]:
    """Send the request; what goes wrong becomes a sentence."""
    import httpx2

    source = transfer.source
    try:
        with transfer.client.stream("GET", source.url, headers=headers) as response:
            yield response
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as error:
        host = error.request.url.netloc.decode("ascii", "replace")  # where redirects led to
        what = f"cannot connect to {host}: {_reason(error)}"
        if transfer.connected:
            raise _Trouble(what) from None
        # Told at once: without a network, nobody wants to wait for five tries.
        raise DownloadError(what, f"check the network, or {source.instead}") from None
    except (httpx2.TooManyRedirects, httpx2.UnsupportedProtocol, httpx2.InvalidURL):
        raise DownloadError(
            f"{source.shown} redirects to nowhere", f"try again later, or {source.instead}"
        ) from None
    except httpx2.TimeoutException:
        raise _Trouble(f"{source.host} went silent") from None
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        raise _Trouble(f"the connection to {source.host} broke: {_reason(error)}") from None


def _begin(response: httpx2.Response, source: Source, part: Part) -> int:
    """Return where in the file an answer begins; raise unless it is one of the file's."""
    status = response.status_code
    if status in (206, 416):
        begin, total = _range(response)
        if total not in (None, source.bytes):
            part.clear()
            raise _another_file(source, f"{total:,} bytes", f"{source.bytes:,}")
        if status == 416 or begin != part.size:
            part.clear()
            raise _Trouble(f"{source.host} cannot go on where it stopped")
        return part.size
    if status == 200:
        length = response.headers.get("content-length", "")
        encoded = response.headers.get("content-encoding", "identity") != "identity"
        if length.isdecimal() and not encoded and int(length) != source.bytes:
            raise _another_file(source, f"{int(length):,} bytes", f"{source.bytes:,}")
        return 0
    answer = f"{status} {one_line(response.reason_phrase)}".rstrip()
    if status in _PASSING:
        wait = response.headers.get("retry-after", "")
        raise _Trouble(f"{source.host} answers {answer}", float(wait) if wait.isdecimal() else 0)
    raise DownloadError(
        f"{source.shown} cannot be had: {answer}",
        f"it may have moved, or be blocked here; {source.instead}",
    )


def _range(response: httpx2.Response) -> tuple[int | None, int | None]:
    """Return where a partial answer begins and how long the whole is, as far as it says."""
    found = re.fullmatch(
        r"bytes (?:(\d{1,18})-\d+|\*)/(?:(\d{1,18})|\*)", response.headers.get("content-range", "")
    )
    begin, total = found.groups() if found else (None, None)
    return (int(begin) if begin else None), (int(total) if total else None)


def _another_file(source: Source, found: str, wanted: str) -> DownloadError:
    return DownloadError(
        f"{source.shown} is not the file it was: {found} instead of {wanted}", source.instead
    )


def _reason(error: Exception) -> str:
    """Return an error of the network without its number: `Connection refused`."""
    said = re.sub(r"^\[Errno -?\d+\] ", "", str(error)).rstrip(".")
    return one_line(said or type(error).__name__, 120)
