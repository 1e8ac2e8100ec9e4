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
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder("utf-8-sig")(errors), translate=True
    )
    try:
        with _open(path) as file:
            while True:
                raw = file.read(_CHUNK)
                piece = decoder.decode(raw, final=not raw)
                if "\0" in piece:
                    raise CorpusError(
                        f"{path} is not text: it holds zero bytes", "name a text file in UTF-8"
                    )
                if piece:
                    yield piece
                if not raw:
                    return
    except UnicodeDecodeError:
        raise _invalid_utf8(path) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise CorpusError(f"{path} is a damaged or cut-off gzip file", "fetch it again") from None
    except FileNotFoundError:
        raise CorpusError(f"{path} does not exist", "check the path") from None
    except IsADirectoryError:
        raise CorpusError(f"{path} is a folder", "name the text files in it") from None
    except OSError as error:
        raise file_problem(error, path, "read") from error


def _open(path: Path) -> BinaryIO:
    file = path.open("rb")
    first = file.read(2)
    file.seek(0)
    if first in _FOREIGN_MARKS:
        file.close()
        raise CorpusError(f"{path} is UTF-16", f"convert it: iconv -f utf-16 -t utf-8 {path}")
    return cast("BinaryIO", gzip.GzipFile(fileobj=file)) if first == _GZIP else file


def _invalid_utf8(path: Path) -> CorpusError:
    """Find the first byte that is no UTF-8, for the message; a second reading is cheap enough."""
    with _open(path) as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                place = f"line {number}, byte {error.start + 1} (0x{line[error.start]:02x})"
                return CorpusError(
                    f"{path} is not UTF-8: {place}",
                    "convert it with iconv, or read on with --errors replace",
                )
    raise AssertionError("a text that failed to decode decodes line by line")
