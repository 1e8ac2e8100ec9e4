"""Encoded reviews: made once, opened again, cut into parts that no text crosses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnntui import paths
from rnntui.data.held_out import check_parts, parts_of, rows_of, shares_of, without
from rnntui.data.review_corpus import (
    EncodedReviews,
    ReviewCorpus,
    read_review_corpus,
    read_unlabelled_corpus,
)
from rnntui.data.words import UNKNOWN, Words
from rnntui.errors import CorpusError

SPLIT = (0.6, 0.2, 0.2)


def write(path: Path, rows: list[str], header: str = "text,label") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> ReviewCorpus:
    """Two hundred reviews, each text twice."""
    rows = [f"Film number {chr(97 + i % 26)}{chr(97 + i // 26)} !,{i % 2}" for i in range(100)]
    return read_review_corpus(write(tmp_path / "films.v2.csv", rows * 2))


def test_a_corpus_keeps_words_labels_and_digests(tmp_path):
    file = write(tmp_path / "r.csv", ["Good good film,1", "BAD film,0", "~~,1", "good Good Film,1"])
    corpus = read_review_corpus(file)
    assert (corpus.name, len(corpus)) == ("r", 3)
    assert corpus.types == ("good", "film", "bad")
    assert corpus.tokens.tolist() == [0, 0, 1, 2, 1, 0, 0, 1]
    assert corpus.ends.tolist() == [3, 5, 8]
    assert corpus.lengths.tolist() == [3, 2, 3]
    assert corpus.labels.tolist() == [1, 0, 1]
    assert corpus.digests[0] == corpus.digests[2] != corpus.digests[1]
    assert corpus.counts(np.array([0, 1])).tolist() == [2, 2, 1]


def test_a_second_reading_comes_from_the_cache(tmp_path):
    file = write(tmp_path / "r.csv", ["good,1", "bad,0"])
    first = read_review_corpus(file)
    cached = list((paths.cache() / "reviews").iterdir())
    assert len(cached) == 1
    (cached[0] / "labels").write_bytes(b"\0\1")  # seen only if the cache is read
    assert read_review_corpus(file).labels.tolist() == [0, 1]
    write(file, ["good,1", "bad,0", "ugly,0"])
    assert read_review_corpus(file).labels.tolist() == [1, 0, 0]
    assert first.sha256 != read_review_corpus(file).sha256


@pytest.mark.parametrize("name", ["tokens", "ends", "digests", "types", "about.json"])
def test_a_cache_that_was_cut_off_is_made_again(tmp_path, name):
    file = write(tmp_path / "r.csv", ["good good film,1", "bad,0"])
    read_review_corpus(file)
    (folder,) = (paths.cache() / "reviews").iterdir()
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-4])  # what a crash may leave
    corpus = read_review_corpus(file)
    assert corpus.tokens.tolist() == [0, 0, 1, 2]
    assert (corpus.types, corpus.ends.tolist()) == (("good", "film", "bad"), [3, 4])
    assert (folder / name).read_bytes() == content
    assert [place.name for place in folder.parent.iterdir()] == [folder.name]


def test_the_same_reviews_have_the_same_hash_as_a_file_and_as_folders(tmp_path):
    rows = ["fine,1,train", "bad,0,train", "good,1,test", "awful,0,test"]
    file = write(tmp_path / "r.csv", rows, "text,label,split")
    for place, text in {"train/pos/0.txt": "fine", "train/neg/0.txt": "bad",
                        "test/pos/0.txt": "good", "test/neg/0.txt": "awful"}.items():  # fmt: skip
        path = tmp_path / "folder" / place
        path.parent.mkdir(parents=True)
        path.write_text(text)
    folder = read_review_corpus(tmp_path / "folder", "films")
    assert folder.name == "films"
    assert folder.sha256 == read_review_corpus(file).sha256


def test_a_corpus_in_a_vocabulary_s_words(tmp_path):
    corpus = read_review_corpus(write(tmp_path / "r.csv", ["good good film,1", "bad film,0"]))
    reviews = EncodedReviews.of(corpus, Words(("<pad>", "<unk>", "film", "good")))
    assert reviews.row(0).tolist() == [3, 3, 2]
    assert reviews.row(1).tolist() == [UNKNOWN, 2]


def test_one_class_only_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"all 2 reviews .* are positive; bring reviews of both"):
        read_review_corpus(write(tmp_path / "r.csv", ["good,1", "fine,1"]))


def test_no_reviews_and_no_file_are_refused(tmp_path):
    with pytest.raises(CorpusError, match="holds no review"):
        read_review_corpus(write(tmp_path / "r.csv", []))
    with pytest.raises(CorpusError, match="does not exist"):
        read_review_corpus(tmp_path / "none.csv")
    assert not list(paths.cache().rglob(".*"))


def test_unlabelled_reviews_are_encoded_too(tmp_path):
    (tmp_path / "u.txt").write_text("one.Two\n\nthree\n")
    corpus = read_unlabelled_corpus(tmp_path / "u.txt")
    assert corpus.types == ("one", ".", "two", "three")
    assert corpus.labels.tolist() == [-1, -1]


def test_drawn_parts_have_their_shares_and_no_text_is_in_two(corpus):
    parts = parts_of(corpus, SPLIT, seed=1)
    assert np.bincount(parts).tolist() == [120, 40, 40]
    assert shares_of(parts) == pytest.approx(SPLIT)
    for digest in np.unique(corpus.digests):
        assert len(set(parts[corpus.digests == digest])) == 1


def test_a_seed_draws_the_same_parts_in_whatever_order_reviews_come(corpus, tmp_path):
    rows = [f"Film number {chr(97 + i % 26)}{chr(97 + i // 26)} !,{i % 2}" for i in range(100)]
    turned = read_review_corpus(write(tmp_path / "turned.csv", rows[::-1] * 2))
    same = set(corpus.digests[parts_of(corpus, SPLIT, 1) == 1])
    assert set(turned.digests[parts_of(turned, SPLIT, 1) == 1]) == same
    assert set(corpus.digests[parts_of(corpus, SPLIT, 2) == 1]) != same


def test_the_test_half_of_a_data_set_is_left_as_it_is(tmp_path):
    rows = [f"w{chr(97 + i)} film,{i % 2},{'test' if i >= 16 else 'train'}" for i in range(26)]
    corpus = read_review_corpus(write(tmp_path / "r.csv", rows, "text,label,split"))
    parts = parts_of(corpus, (0.75, 0.25, 0.0), seed=3)
    assert rows_of(parts, "test").tolist() == list(range(16, 26))
    assert len(rows_of(parts, "val")) == 4
    assert len(rows_of(parts, "train")) == 12


def test_a_validation_part_of_the_data_set_s_own_stands(tmp_path):
    rows = ["a,1,train", "b,0,train", "c,1,dev", "d,0,dev", "e,1,test"]
    corpus = read_review_corpus(write(tmp_path / "r.csv", rows, "text,label,split"))
    assert parts_of(corpus, (0.5, 0.5, 0.0), seed=1).tolist() == [0, 0, 1, 1, 2]


def test_a_part_without_both_classes_is_told(tmp_path):
    corpus = read_review_corpus(write(tmp_path / "r.csv", ["a,1", "b,0", "c,1", "d,0"]))
    split = (0.75, 0.25, 0.0)
    with pytest.raises(CorpusError, match=r"the validation part of r .*4 reviews cut as"):
        check_parts(parts_of(corpus, split, seed=1), corpus, split)


def test_equal_reviews_are_said_to_go_together_where_that_is_why_a_part_is_empty(tmp_path):
    rows = ["a fine film,1", "a dull film,0", "a good film,1", "a bad film,0"] * 75
    corpus = read_review_corpus(write(tmp_path / "r.csv", rows))
    split = (0.8, 0.1, 0.1)
    with pytest.raises(CorpusError, match=r"300 reviews of 4 different texts \(equal ones go .*"
                       r"; bring more different reviews"):  # fmt: skip
        check_parts(parts_of(corpus, split, seed=1), corpus, split)


def test_texts_of_another_corpus_are_left_out(corpus, tmp_path):
    (tmp_path / "u.txt").write_text("film number AA!\nanother film\nFilm number ba !\n")
    other = read_unlabelled_corpus(tmp_path / "u.txt")
    assert without(other, corpus.digests).tolist() == [1]
