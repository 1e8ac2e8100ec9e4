"""The symbols of another program's network, from wherever they were written down.

An order that is wrong by one place makes a network write nonsense, so each source is held against
the width of the network: a source that gives another number of symbols is refused.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnntui.data.reading import read_text
from rnntui.data.vocabulary import Vocabulary, name_of
from rnntui.display import one_line
from rnntui.errors import CorpusError
from rnntui.files import file_problem

_LIMIT = 64 << 20
"""Bytes of a file that lists symbols; a million characters as JSON take 13 MB."""


def vocabulary_of_file(path: Path, width: int) -> Vocabulary:
    """Read symbols from a file: JSON, or the symbols themselves in order.

    JSON is a list, an object from symbol to index, or one from index to symbol; a list of integers
    is one of bytes. Plain text has every character in order, with or without a last newline, or one
    a line.

    Args:
        path: the file.
        width: how many symbols the network has.

    Raises:
        CorpusError: it lists another number, one twice, or what are no single characters.
        FileProblem: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_LIMIT + 1)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise file_problem(error, path, "read") from error
    except UnicodeDecodeError:
        raise CorpusError(f"{path} is not UTF-8", "write the symbols as JSON") from None
    if len(raw) > _LIMIT:
        raise CorpusError(f"{path} is larger than any vocabulary", "name another file")
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        listed = None
    if isinstance(listed, list | dict):
        symbols = symbols_of(listed)
        if symbols is None:
            raise CorpusError(
                f"{path} is neither a list of symbols nor an object that numbers them from 0",
                'write ["a", "b", ...] or {"a": 0, "b": 1, ...}',
            )
    else:
        symbols = _of_text(text, width)
    return checked(symbols, width, str(path))


def symbols_of(listed: Any) -> list[Any] | None:
    """Return what a list, a string, or a mapping to or from indices lists; None for others."""
    if isinstance(listed, str | list | tuple):
        return list(listed)
    if not isinstance(listed, Mapping):
        return None
    for pairs in (
        [(index, symbol) for symbol, index in listed.items()],
        [(_number(index), symbol) for index, symbol in listed.items()],
    ):
        numbered = {i: symbol for i, symbol in pairs if type(i) is int}
        if len(numbered) == len(listed) and sorted(numbered) == list(range(len(listed))):
            return [numbered[i] for i in range(len(listed))]
    return None


def _number(key: Any) -> Any:
    """An index, which JSON writes as a string where it is a key."""
    return int(key) if isinstance(key, str) and key.isdecimal() else key


def _of_text(text: str, width: int) -> list[str]:
    """The way to read symbols in order that gives the right number; else all characters."""
    lines = text.removesuffix("\n").split("\n")
    ways = [list(text), list(text.removesuffix("\n"))]
    if all(len(line) == 1 for line in lines):
        ways.append(lines)
    return next((way for way in ways if len(way) == width == len(set(way))), ways[0])


def vocabulary_of_corpus(path: Path, width: int, lowercase: bool = False) -> Vocabulary:
    """Return the characters of a text in code point order, as tutorials number them.

    Args:
        path: the text.
        width: how many symbols the network has.
        lowercase: whether the text was lower-cased first.

    Raises:
        CorpusError: the text cannot be read, or has another number of characters.
    """
    characters: set[str] = set()
    for piece in read_text([path], lowercase=lowercase):
        characters |= set(piece)
    if len(characters) != width:
        raise CorpusError(
            f"{path} has {len(characters)} different characters, the network {width} symbols",
            "name the text it was trained on, or list its symbols in a file for --vocabulary"
            + ("" if lowercase else "; --lowercase if the text was lower-cased"),
        )
    return Vocabulary.of_characters(characters, lowercase)


def vocabulary_beside(beside: Mapping[str, Any], width: int) -> tuple[str, Vocabulary] | None:
    """Return the key and the symbols of what was saved beside a network and can be its vocabulary.

    Args:
        beside: values by key. Those that list another number of symbols are passed over.
        width: how many symbols the network has.

    Raises:
        CorpusError: there are several, and they differ.
    """
    found = {}
    for key, value in beside.items():
        try:
            symbols = symbols_of(value)
            if symbols is not None:
                found[key] = checked(symbols, width, key)
        except CorpusError:
            continue
    if len(set(found.values())) > 1:
        raise CorpusError(
            f"the file holds {len(found)} lists of {width} symbols, and they differ "
            f"({one_line(', '.join(found))})",
            "name the right one with --vocabulary FILE",
        )
    return next(iter(found.items()), None)


def checked(symbols: list[Any], width: int, where: str) -> Vocabulary:
    """Return symbols as a vocabulary.

    Raises:
        CorpusError: they are not as many, one comes twice, or they are no characters or bytes.
    """
    fix = f"list the {width} symbols in the order of their indices"
    if len(symbols) != width:
        raise CorpusError(f"{where} lists {len(symbols)} symbols, the network has {width}", fix)
    of_bytes = all(type(symbol) is int and 0 <= symbol <= 255 for symbol in symbols)
    for symbol in symbols if not of_bytes else ():
        if not isinstance(symbol, str) or len(symbol) != 1:
            raise CorpusError(
                f"{where} lists {one_line(repr(symbol))}, which is no single character",
                "rnntui writes characters or bytes",
            )
    (most, times) = Counter(symbols).most_common(1)[0]
    if times > 1:
        name = name_of(most) if isinstance(most, str) else most
        raise CorpusError(f"{where} lists {name} {times} times", fix)
    return Vocabulary("byte" if of_bytes else "char", tuple(symbols))
