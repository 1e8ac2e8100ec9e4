"""Files of reviews: what is read, in what order it is shown, and what is written."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from rnntui.engine.protocol import Verdict
from rnntui.errors import RnntuiError
from rnntui.tui.sentiment.batch import Batch
from rnntui.tui.sentiment.reviews import Review, read_many, read_one, write_verdicts


def batch(*scores: float, labels: tuple[int | None, ...] = ()) -> Batch:
    """Texts with some verdicts."""
    given = (*labels, *[None] * len(scores))
    reviews = [Review(i + 1, f"text {i}", given[i]) for i in range(len(scores))]
    return Batch("f", reviews, [Verdict(score, 2, 2) for score in scores])


def test_a_table_is_read_with_or_without_labels(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('id,Review,sentiment\n1,"good, very",pos\n2,,neg\n3,"bad\nfilm",odd\n', "utf-8")
    found, cut = read_many(file)
    assert found == [Review(1, "good, very", 1), Review(2, "bad\nfilm", None)] and not cut
    only = tmp_path / "b.csv.gz"
    only.write_bytes(gzip.compress(b"opinion\nfine\n"))
    assert read_many(only)[0] == [Review(1, "fine", None)]
    tabs = tmp_path / "c.tsv"
    tabs.write_text("text\tlabel\nfine, I say\t0\n", "utf-8")
    assert read_many(tabs)[0] == [Review(1, "fine, I say", 0)]


def test_any_other_file_has_a_text_a_line(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"good\r\n\n  \nb\xffd")
    assert [review.text for review in read_many(file)[0]] == ["good", "b�d"]
    assert read_one(file).startswith("good")


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.csv", b"x,y\n1,2\n", "no column review or text or sentence; it has x, y"),
        ("a.csv", b"", "has no text"),
        ("a.txt", b"\n\n", "has no text"),
        ("a.txt", b"\x00\x01" * 9, "zero bytes"),
        ("a.csv.gz", b"no gzip", "has no text"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(RnntuiError, match=what) as error:
        read_many(file)
    assert error.value.fix


def test_orders_and_the_bounds_of_doubt() -> None:
    many = batch(0.9, 0.1, 0.55, 0.42)
    shown = []
    for many.order in range(4):
        shown.append(many.shown())
    assert shown == [[0, 1, 2, 3], [0, 2, 3, 1], [1, 3, 2, 0], [2, 3, 0, 1]]
    many.order, many.doubtful = 0, True
    assert many.shown() == [2, 3]
    many.turn(low=3)
    assert (many.low, many.shown()) == (0.45, [2])
    for _ in range(40):
        many.turn(low=1, high=-1)
    assert many.low < many.high
    for _ in range(40):
        many.turn(low=-1, high=1)
    assert (many.low, many.high, len(many.shown())) == (0.0, 1.0, 4)


def test_the_summary_counts_what_is_judged_and_what_labels_say() -> None:
    assert batch(0.9, 0.2).summary() == "2 texts · 50% positive"
    assert batch(0.9).summary() == "1 text · 100% positive"
    assert Batch("f", batch(0.9).reviews).summary() == "1 text"
    told = batch(0.9, 0.2, 0.8, labels=(1, 0, 0))
    assert told.summary() == "3 texts · 67% positive · 66.7% as labelled"
    told.verdicts.pop()
    assert told.summary() == "2 of 3 judged · 50% positive · 100.0% as labelled"
    told.judged_by("another")
    assert told.summary() == "3 texts"


def test_what_is_written_can_be_read_back(tmp_path: Path) -> None:
    reviews = [Review(7, 'a "quoted",\ntext', 1), Review(9, "=1+1", None)]
    verdicts = [Verdict(0.25, 3, 2), Verdict(0.75, 1, 0)]
    file = tmp_path / "out.csv"
    write_verdicts(file, reviews, verdicts)
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["text"] for row in rows] == [review.text for review in reviews]
    assert [row["verdict"] for row in rows] == ["negative", "positive"]
    assert [float(row["probability"]) for row in rows] == [0.25, 0.75]
    assert [row["label"] for row in rows] == ["positive", ""]
    assert [review.label for review in read_many(file)[0]] == [1, None]
