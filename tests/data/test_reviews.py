"""Reviews come out of CSV files and folders with their labels, and what is wrong is told."""

from __future__ import annotations

import gzip

import pytest

from rnntui.data.reviews import Review, lines, mend, read_reviews, read_unlabelled
from rnntui.errors import CorpusError


def read(tmp_path, content: str | bytes, name="r.csv", **options):
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_reviews(file, **options))


def test_columns_are_found_by_name_and_a_split_is_obeyed(tmp_path):
    content = 'id,Sentiment,review,split\n1,positive,"Good, ""really""",train\n2,neg,Bad,test\n'
    assert read(tmp_path, content) == [
        Review('Good, "really"', 1, "train"),
        Review("Bad", 0, "test"),
    ]


def test_columns_may_be_named(tmp_path):
    content = "body,stars,label\nFine,1,9\nAwful,0,8\n"
    assert read(tmp_path, content, text_column="Body", label_column="stars") == [
        Review("Fine", 1),
        Review("Awful", 0),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_line_ends_gzip_and_a_bom(tmp_path, delimiter):
    rows = [("text", "label"), ("Fine", "POS"), ("two\nlines", "0"), ("", "1")]
    content = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    found = [Review("Fine", 1), Review("two\nlines", 0)]
    assert read(tmp_path, b"\xef\xbb\xbf" + content.encode()) == found
    assert read(tmp_path, gzip.compress(content.encode()), "r.csv.gz") == found


def test_unlabelled_rows_of_a_split_are_no_labelled_reviews(tmp_path):
    assert read(tmp_path, "text,label,split\na,1,train\nb,-1,unsup\n") == [Review("a", 1, "train")]


def test_labels_it_does_not_know_are_listed(tmp_path):
    with pytest.raises(CorpusError, match=r"'label' .* holds 'great', 'meh'; .*pos/neg"):
        read(tmp_path, "text,label\na,great\nb,1\nc,meh\nd,great\n")


def test_a_column_of_something_else_is_given_up_soon(tmp_path):
    rows = "".join(f"a,{i + 2}\n" for i in range(100))
    with pytest.raises(CorpusError, match=r"'2', '3', .*'9', \.\.\.; "):
        read(tmp_path, "text,label\n" + rows)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no column review or text or sentence; it has a, b; .*--text-column"),
        ("text,b\n1,2\n", "no column sentiment or label; .*--label-column"),
        ("text,label,split\na,1,train\nb,0,monday\n", "'split' .* holds 'monday'; a split is"),
        ("text,label\nonly\n", "row 2 .* has 1 columns, the header 2"),
        ('text,label\n"never closed,1\n' + "x\n" * 70_000, "quote that is never closed"),
        (b"text,label\n\0\0,1\n", "not text"),
        (b"text,label\n\xff,1\n", "not UTF-8: line 2"),
        ("text,label\na,1\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_csv_of_reviews_is_told(tmp_path, content, said):
    with pytest.raises(CorpusError, match=said):
        read(tmp_path, content)


def test_a_missing_column_names_what_was_asked(tmp_path):
    with pytest.raises(CorpusError, match="no column body; it has text, label"):
        read(tmp_path, "text,label\na,1\n", text_column="body")


def test_a_folder_laid_out_as_aclimdb(tmp_path):
    for place, text in {
        "train/pos/10_9.txt": "ten", "train/pos/2_7.txt": "two", "train/neg/0_1.txt": "bad\n",
        "test/pos/0_10.txt": "seen", "train/unsup/0_0.txt": "who knows?Me",
        "train/pos/notes.md": "no review", "test/neg/1_1.txt": " \n",
    }.items():  # fmt: skip
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert list(read_reviews(tmp_path)) == [
        Review("two", 1, "train"),
        Review("ten", 1, "train"),
        Review("bad", 0, "train"),
        Review("seen", 1, "test"),
    ]
    assert list(read_reviews(tmp_path / "train")) == [
        Review("two", 1), Review("ten", 1), Review("bad", 0),
    ]  # fmt: skip
    assert list(read_unlabelled(tmp_path)) == ["who knows? Me"]


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(CorpusError, match="holds no reviews"):
        list(read_reviews(tmp_path))


def test_unlabelled_reviews_are_lines_and_get_their_spaces_back(tmp_path):
    file = tmp_path / "unsup.txt"
    file.write_text("On the streets.But then!It...Ends\n\n  \nU.S. made?Yes")
    assert list(read_unlabelled(file)) == [
        "On the streets. But then! It... Ends", "U. S. made? Yes",
    ]  # fmt: skip
    assert mend("3.5 stars.yes") == "3.5 stars.yes"


def test_lines_are_whole_however_the_file_is_read(tmp_path):
    file = tmp_path / "long.txt"
    long = ["x" * 700_000, "", "y" * 2_000_000, "end"]
    file.write_text("\n".join(long))
    assert list(lines(file)) == long


def test_a_review_of_100_000_words_is_one_row(tmp_path):
    file = tmp_path / "long.csv"
    file.write_text("\n\nreview,label\n" + '"' + "good film\n" * 50_000 + '",1\nbad,0\n')
    long, short = read_reviews(file)
    assert (len(long.text.split()), long.label) == (100_000, 1)
    assert short.text == "bad"


def test_bytes_that_are_no_utf8_are_read_on_where_asked(tmp_path):
    file = tmp_path / "latin.csv"
    file.write_bytes("review,label\ncafé,1\n".encode("latin-1"))
    with pytest.raises(CorpusError, match="is not UTF-8"):
        list(read_reviews(file))
    (found,) = read_reviews(file, errors="replace")
    assert found.text == "caf\ufffd"
