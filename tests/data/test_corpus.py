"""A corpus is known by its normalised text, encoded once, and never held in memory."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnntui.data.corpus import read_corpus
from rnntui.data.vocabulary import Vocabulary
from rnntui.errors import CorpusError, RnntuiError


def write(folder: Path, text: str | bytes, name: str = "text.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def cached(home: Path) -> list[Path]:
    return sorted(p for p in (home / "cache" / "corpora").iterdir() if p.suffix != ".size")


def test_a_corpus_decodes_to_its_text(tmp_path):
    text = "zwölf Boxkämpfer\njagen 日本 🙂"
    corpus = read_corpus([write(tmp_path, text)])
    assert corpus.vocabulary.decode(corpus.ids) == text
    assert corpus.characters == len(text)
    assert corpus.left_out == 0


def test_the_name_is_the_files_without_its_endings(tmp_path):
    assert read_corpus([write(tmp_path, gzip.compress(b"ab"), "tiny.txt.gz")]).name == "tiny"
    assert read_corpus([write(tmp_path, b"ab", ".txt")]).name == "corpus"


def test_bytes_are_an_alphabet_too(tmp_path):
    corpus = read_corpus([write(tmp_path, "né")], unit="byte")
    assert corpus.ids.tolist() == list("né".encode())
    assert corpus.characters == 2
    assert len(corpus.vocabulary) == 256


def test_the_hash_is_of_the_normalised_text(tmp_path):
    plain = read_corpus([write(tmp_path, "ä\nb\n", "a.txt")])
    windows = read_corpus([write(tmp_path, codecs.BOM_UTF8 + "ä\r\nb\r\n".encode(), "b.txt")])
    packed = read_corpus([write(tmp_path, gzip.compress("ä\nb\n".encode()), "c.txt.gz")])
    assert plain.sha256 == windows.sha256 == packed.sha256
    assert plain.sha256 == hashlib.sha256("ä\nb\n".encode()).hexdigest()


def test_a_text_is_encoded_once(tmp_path, home):
    path = write(tmp_path, "hello\nworld")
    first = read_corpus([path])
    before = cached(home)[0].stat().st_mtime_ns
    again = read_corpus([write(tmp_path, "hello\r\nworld", "other.txt")])
    assert [file.stat().st_mtime_ns for file in cached(home)] == [before]
    assert np.array_equal(first.ids, again.ids)
    assert isinstance(again.ids, np.memmap)


@pytest.mark.parametrize("size", [0, 1_000, 5_000])
def test_a_cache_of_another_length_is_made_again(tmp_path, home, size):
    path = write(tmp_path, "hello\nworld" * 300)
    read_corpus([path])
    os.truncate(cached(home)[0], size)  # what a crash may leave
    again = read_corpus([path])
    assert again.vocabulary.decode(again.ids) == "hello\nworld" * 300
    assert again.left_out == 0
    assert cached(home)[0].stat().st_size == again.characters


def test_a_cache_is_on_the_disk_before_it_has_its_name(tmp_path, home, monkeypatch):
    steps = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda *args, name=name, real=real: (steps.append(name), real(*args))[1]
        )
    read_corpus([write(tmp_path, "hello")])
    assert steps == ["fsync", "replace"] * 2
    assert len(cached(home)) == 1


def test_each_vocabulary_has_its_own_encoding(tmp_path, home):
    path = write(tmp_path, "abc")
    read_corpus([path])
    read_corpus([path], unit="byte")
    other = read_corpus([path], vocabulary=Vocabulary("char", ("c", "a")))
    assert len(cached(home)) == 3
    assert other.ids.tolist() == [1, 0]
    assert other.left_out == 1


def test_a_text_of_strangers_leaves_nothing_and_does_not_fail(tmp_path):
    corpus = read_corpus([write(tmp_path, "日本")], vocabulary=Vocabulary.of_characters("ab"))
    assert len(corpus.ids) == 0
    assert corpus.left_out == 2


def test_a_models_lower_case_is_the_texts(tmp_path):
    vocabulary = Vocabulary.of_characters("ab", lowercase=True)
    assert read_corpus([write(tmp_path, "AbBA")], vocabulary=vocabulary).left_out == 0


@pytest.mark.parametrize("content", [b"", codecs.BOM_UTF8, gzip.compress(b"", mtime=0)])
def test_an_empty_text_is_refused(tmp_path, content):
    with pytest.raises(CorpusError, match="is empty"):
        read_corpus([write(tmp_path, content)])
    with pytest.raises(CorpusError):
        read_corpus([])


def test_a_text_refused_half_way_leaves_no_cache(tmp_path, home):
    with pytest.raises(CorpusError):
        read_corpus([write(tmp_path, b"a" * 3_000_000 + b"\xff")])
    assert not home.exists()


def test_a_text_that_grows_while_it_is_read_is_not_kept(tmp_path, home, monkeypatch):
    from rnntui.data import corpus as module

    path = write(tmp_path, "one")
    survey = module._survey

    def survey_then_grow(*arguments):
        found = survey(*arguments)
        path.write_text("one, two")
        return found

    monkeypatch.setattr(module, "_survey", survey_then_grow)
    with pytest.raises(CorpusError, match="changed while it was read"):
        read_corpus([path], unit="byte")
    assert cached(home) == []


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(CorpusError, match="pipe"):
        read_corpus([pipe])


def test_a_cache_that_cannot_be_written_is_said_so(tmp_path, home):
    home.mkdir()
    (home / "cache").write_text("in the way")
    with pytest.raises(RnntuiError, match="a part of the path is a file"):
        read_corpus([write(tmp_path, "abc")])


MEASURE = """
import resource, sys
from pathlib import Path
from rnntui.data.corpus import read_corpus
read_corpus([Path(sys.argv[1]).with_name("warm.txt")])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
corpus = read_corpus([Path(sys.argv[1])])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, len(corpus.ids))
"""


def test_a_large_corpus_takes_little_memory(tmp_path):
    size = 100_000_000
    write(tmp_path, "warm\n", "warm.txt")
    path = tmp_path / "large.txt"
    line = "".join(chr(33 + i % 90) for i in range(99)) + "\n"
    with path.open("w") as file:
        for _ in range(size // 1_000_000):
            file.write(line * 10_000)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    kilobytes, length = map(int, done.stdout.split())
    assert length == size
    assert kilobytes * 1024 < size / 2
