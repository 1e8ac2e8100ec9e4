"""Symbols in the order of their indices, from every kind of file people keep them in."""

from __future__ import annotations

import json
import string

import pytest

from rnntui.data.foreign_vocabulary import (
    vocabulary_beside,
    vocabulary_of_corpus,
    vocabulary_of_file,
)
from rnntui.errors import CorpusError

FILES = {
    "a list": json.dumps(["b", "a", "\n"]),
    "an object to indices": json.dumps({"\n": 2, "a": 1, "b": 0}),
    "an object from indices": json.dumps({"2": "\n", "0": "b", "1": "a"}),
    "the characters": "ba\n",
    "the characters after a BOM": "\ufeffba\n",
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_symbols_are_read_in_order_from(content, tmp_path):
    (tmp_path / "v").write_bytes(content.encode())
    assert vocabulary_of_file(tmp_path / "v", 3).symbols == ("b", "a", "\n")


def test_the_width_tells_how_a_text_lists_them(tmp_path):
    (tmp_path / "v").write_bytes(b"b\na\nc\n")
    assert vocabulary_of_file(tmp_path / "v", 3).symbols == ("b", "a", "c")
    (tmp_path / "v").write_bytes(b"bac\n")
    assert vocabulary_of_file(tmp_path / "v", 3).symbols == ("b", "a", "c")
    (tmp_path / "v").write_bytes(string.printable.encode())
    assert "".join(map(str, vocabulary_of_file(tmp_path / "v", 100).symbols)) == string.printable


def test_digits_are_symbols_where_digits_are_numbered(tmp_path):
    (tmp_path / "v").write_text(json.dumps({"1": 0, "0": 1}))
    assert vocabulary_of_file(tmp_path / "v", 2).symbols == ("1", "0")


def test_integers_are_bytes(tmp_path):
    (tmp_path / "v").write_text(json.dumps(list(range(256))))
    assert vocabulary_of_file(tmp_path / "v", 256).unit == "byte"


REFUSED = {
    "too few": ("ab", "lists 2 symbols, the network has 3"),
    "a symbol twice": ("aba", "lists a 2 times"),
    "a word": ('["a", "b", "<unk>"]', "'<unk>', which is no single character"),
    "a number beside characters": ('["a", "b", 3]', "lists 3, which"),
    "a gap in the numbers": ('{"a": 0, "b": 1, "c": 3}', "numbers them from 0"),
    "a number twice": ('{"a": 0, "b": 1, "c": 1}', "numbers them from 0"),
    "objects": ('[{}, "a", "b"]', "no single character"),
    "no text": (b"\xff\xfe", "not UTF-8"),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED)
def test_it_refuses(content, said, tmp_path):
    (tmp_path / "v").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CorpusError, match=said):
        vocabulary_of_file(tmp_path / "v", 3)


def test_a_corpus_is_sorted_as_tutorials_do(tmp_path):
    (tmp_path / "c.txt").write_bytes("Hé\r\nha".encode())
    assert vocabulary_of_corpus(tmp_path / "c.txt", 5).symbols == ("\n", "H", "a", "h", "é")
    lower = vocabulary_of_corpus(tmp_path / "c.txt", 4, lowercase=True)
    assert lower.lowercase and lower.symbols == ("\n", "a", "h", "é")
    with pytest.raises(CorpusError, match="5 different characters, the network 4"):
        vocabulary_of_corpus(tmp_path / "c.txt", 4)


def test_what_was_saved_beside_is_taken_if_it_fits_and_is_alone():
    beside = {
        "epoch": 3,
        "classes": ["x", "y", "z"],
        "chars": ("b", "a"),
        "char2int": {"b": 0, "a": 1},
    }
    found = vocabulary_beside(beside, 2)
    assert found and found[0] == "chars" and found[1].symbols == ("b", "a")
    assert vocabulary_beside({"name": "lstm", "size": 7}, 2) is None
    with pytest.raises(CorpusError, match="2 lists of 2 symbols, and they differ"):
        vocabulary_beside({"chars": "ab", "other": "ba"}, 2)
