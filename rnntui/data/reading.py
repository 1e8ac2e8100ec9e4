"""Reading text files as one stream of characters: decoded, newlines made LF, never whole in memory.

Knows nothing of vocabularies. UTF-8 with or without BOM, LF, CRLF or CR, plain or gzip, one file or
several; what is not text is refused with the place where it stops being text.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, cast

from rnntui.errors import CorpusError
from rnntui.files import file_problem

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_FOREIGN_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Errors = Literal["strict", "replace"]
"""What to do with bytes that are no UTF-8: refuse the text, or read each as U+FFFD."""


def read_text(
    paths: Sequence[Path], *, lowercase: bool = False, errors: Errors = "strict"
) -> Iterator[str]:
    """Yield the text of some files, one after another, in pieces of about a million characters.

    A file that does not end in a newline is given one when another follows, so that its last line
    and the next file's first stay two lines.

    Raises:
        CorpusError: a file is missing, binary, not UTF-8, or damaged gzip.
    """
    for number, path in enumerate(paths):
        last = ""
        for piece in _read_file(path, errors):
            last = piece[-1]
            yield piece.lower() if lowercase else piece
        if last not in ("", "\n") and number < len(paths) - 1:
            yield "\n"


def _read_file(path: Path, errors: Errors) -> Iterator[str]:
    utf8 = codecs.getincrementaldecoder("utf-8-sig")(errors)
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    place = _Place()
    try:
        with _open(path) as file:
            while True:
                raw = file.read(_CHUNK)
                if b"\0" in raw:  # asked first: binary data are no UTF-8 either
                    raise CorpusError(
                        f"{path} is not text: it holds zero bytes", "name a text file in UTF-8"
                    )
                try:
                    piece = newlines.decode(utf8.decode(raw, final=not raw), final=not raw)
                except UnicodeDecodeError as error:
                    good = error.object[: error.start].decode()
                    place.pass_over(newlines.decode(good, final=True))
                    raise _invalid_utf8(path, place, error.object[error.start]) from None
                place.pass_over(piece)
                if piece:
                    yield piece
                if not raw:
                    return
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise CorpusError(f"{path} is a damaged or cut-off gzip file", "fetch it again") from None
    except FileNotFoundError:
        raise CorpusError(f"{path} does not exist", "check the path") from None
    except IsADirectoryError:
        raise CorpusError(f"{path} is a folder", "name the text files in it") from None
    except OSError as error:
        raise file_problem(error, path, "read") from error


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        first = file.peek(2)[:2]  # not read and sought back: a prompt may come from a pipe
        if first in _FOREIGN_MARKS:
            raise CorpusError(f"{path} is UTF-16", f"convert it: iconv -f utf-16 -t utf-8 {path}")
        yield cast("BinaryIO", gzip.GzipFile(fileobj=file)) if first == _GZIP else file


class _Place:
    """How far a text has been read."""

    def __init__(self) -> None:
        self.line, self.bytes = 1, 0
        """The line's number from 1, and the bytes of it that were read."""

    def pass_over(self, piece: str) -> None:
        """Count a piece in."""
        lines = piece.count("\n")
        self.line += lines
        if lines:
            self.bytes = 0
        self.bytes += len(piece[piece.rfind("\n") + 1 :].encode())


def _invalid_utf8(path: Path, good: _Place, bad: int) -> CorpusError:
    place = f"line {good.line}, byte {good.bytes + 1} (0x{bad:02x})"
    return CorpusError(
        f"{path} is not UTF-8: {place}", "convert it with iconv, or read on with --errors replace"
    )
