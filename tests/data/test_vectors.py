"""Word vectors come from files as they are: headers, faults, and words nobody asked for."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from rnntui.data.vectors import read_vectors
from rnntui.data.words import Words
from rnntui.errors import CorpusError

WORDS = Words(("<pad>", "<unk>", "the", "good", "new york", "n't", "missing"))


def test_a_glove_file(tmp_path):
    file = tmp_path / "glove.txt"
    file.write_text("the 1 2 3\ngood -1 0.5 2e-1\nzebra 9 9 9\nn't 4 5 6\n")
    vectors = read_vectors(file, WORDS)
    assert vectors.matrix.shape == (7, 3)
    assert vectors.matrix[2].tolist() == [1, 2, 3]
    assert vectors.matrix[3] == pytest.approx([-1, 0.5, 0.2])
    assert vectors.found.tolist() == [False, False, True, True, False, True, False]
    assert (vectors.header, vectors.wrong, vectors.repeated, vectors.lines) == (False, 0, 0, 4)
    assert vectors.told() == "vectors of 3: 3 of 5 words have one"


def test_a_word2vec_file_in_gzip_with_its_faults(tmp_path):
    file = tmp_path / "w2v.txt.gz"
    lines = [
        "8 3",
        "the 1 2 3 ",
        "The 7 7 7",
        "Good 1 1 1",
        "new york 5 5 5",
        "short 1 2",
        "n't 1 2 3 4",
        "missing 1 x 2",
        "nan nan 1 1",
        "good nan 1 1",
        "",
    ]
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    vectors = read_vectors(file, WORDS)
    assert vectors.header
    assert vectors.matrix[WORDS.index["the"]].tolist() == [1, 2, 3]
    assert vectors.matrix[WORDS.index["good"]].tolist() == [1, 1, 1]
    assert vectors.matrix[WORDS.index["new york"]].tolist() == [5, 5, 5]
    assert np.flatnonzero(vectors.found).tolist() == [2, 3, 4]
    # Too short, too long, and two with what is no number.
    assert (vectors.wrong, vectors.repeated, vectors.lines) == (4, 1, 9)
    assert "4 of 9 lines were damaged" in vectors.told()
    assert "1 lines came twice" in vectors.told()


@pytest.mark.parametrize("content", ["", "8 3\n", "hello\n", "zebra 1 2 3\n", "3 4\n1 2\n"])
def test_a_file_without_these_words_is_refused(tmp_path, content):
    file = tmp_path / "v.txt"
    file.write_text(content)
    with pytest.raises(CorpusError, match="no vector of any of the 5 words"):
        read_vectors(file, WORDS)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CorpusError, match="does not exist"):
        read_vectors(tmp_path / "none.txt", WORDS)
