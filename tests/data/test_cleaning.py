"""From the file as published to the text as it is learned."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from rnntui.data.cleaning import clean, left_out, rows, shuffled, strip_gutenberg, text_file, words
from rnntui.data.named import corpora
from rnntui.errors import CorpusError
from rnntui.files import FileProblem

CORPORA = os.environ.get("RNNTUI_DATA", "")  # before the tests' own home hides it
published = pytest.mark.skipif(
    not Path(CORPORA, "anna.txt").is_file(), reason="RNNTUI_DATA names no folder of corpora"
)

NOVEL = b"Chapter 1\r\n\r\nAll happy * families\r\n*** are alike.\r\n\r\n"

BEGINS = {
    "none": b"",
    "a byte order mark": b"\xef\xbb\xbf",
    "today's": b"The Project Gutenberg eBook of Anna\r\n\r\n"
    b"*** START OF THE PROJECT GUTENBERG EBOOK ANNA KARENINA ***\r\n",
    "a byte order mark before it": b"\xef\xbb\xbfThe Project Gutenberg eBook\r\n"
    b"*** START OF THE PROJECT GUTENBERG EBOOK ANNA ***\r\n",
    "that of 2005": b"Title: Anna\r\n***START OF THIS PROJECT GUTENBERG EBOOK ANNA***\r\n",
    "a title of three lines": b"*** START OF THIS PROJECT GUTENBERG EBOOK ANNA:\r\nA NOVEL\r\n"
    b"IN EIGHT PARTS ***\r\n",
    "one never closed": b"*** START OF THE PROJECT GUTENBERG EBOOK ANNA\r\n",
    "an etext's": b"*** START OF THE PROJECT GUTENBERG ETEXT OF ANNA ***\r\n",
    "the small print of 1993": b"***START** SMALL PRINT! **\r\nlegal\r\n"
    b"*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\r\n",
    "the small print of 2002": b"legal\r\n"
    b"*END THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*Ver.02/11/02*END*\r\n",
    "mixed case": b"*** Start of the Project Gutenberg eBook Anna ***\r\n",
}
ENDS = {
    "none": b"",
    "today's": b"*** END OF THE PROJECT GUTENBERG EBOOK ANNA KARENINA ***\r\nlicence\r\n",
    "that of 2005": b"***END OF THIS PROJECT GUTENBERG EBOOK ANNA***\r\nlicence\r\n",
    "a sentence before it": b"End of the Project Gutenberg EBook of Anna, by Leo Tolstoy\r\n\r\n"
    b"*** END OF THIS PROJECT GUTENBERG EBOOK ANNA ***\r\nlicence\r\n",
    "a sentence alone": b"End of Project Gutenberg's Anna, by Leo Tolstoy\r\n",
    "an etext's": b"End of The Project Gutenberg Etext of Anna\r\n",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("begin", BEGINS.values(), ids=BEGINS)
def test_a_novel_stands_between_project_gutenbergs_marks(begin, end):
    assert strip_gutenberg(begin + NOVEL + end) == NOVEL
    bare = (begin + NOVEL + end).replace(b"\r\n", b"\n")
    assert strip_gutenberg(bare) == NOVEL.replace(b"\r\n", b"\n")


def test_a_text_that_speaks_of_project_gutenberg_is_left_alone():
    text = b"He read Project Gutenberg to the end of the project.\n*** START OF THE RACE ***\n"
    assert strip_gutenberg(text) == text
    assert strip_gutenberg(b"") == b""


def test_many_stars_take_no_time():
    text = b"*** START OF THE PROJECT GUTENBERG" + b" * **" * 50_000 + b"\n" + b"*\n" * 50_000
    assert strip_gutenberg(text).startswith(b"*\n*\n")


def test_words_are_nltks():
    text = "Who's there?\n\nNay -- answer me: 'Stand & vnfold',  it's 3.5_x\u00e9."
    assert (
        words(text)
        == "who ' s there ? nay -- answer me : ' stand & vnfold ', it ' s 3 . 5_x\u00e9 ."
    )
    assert words("") == ""
    assert clean("\ufeffA".encode(), "words") == b"a"


def test_rows_are_kept_by_date_with_their_endings():
    table = b"Date,Close\n2000-12-31,1\n2001-01-01,2\r\n2001-06-01,3\n2002-01-01,4"
    assert rows(table, b"2001-01-01", b"2001-12-31") == (
        b"Date,Close\n2001-01-01,2\r\n2001-06-01,3\n"
    )
    assert clean(table, "rows 2002-01-01 2003-01-01") == b"Date,Close\n2002-01-01,4"


def test_shuffled_lines_are_the_same_lines_in_the_same_order_everywhere():
    names = b"ada\r\nbob\nada\ncleo"
    assert sorted(shuffled(names).splitlines()) == [b"ada", b"bob", b"cleo"]
    assert shuffled(names) == clean(b"cleo\nada\nbob\n", "shuffled")


def test_an_unknown_cleaning_is_a_fault_of_the_table():
    with pytest.raises(ValueError, match="scrub"):
        clean(b"", "scrub")
    assert [c.name for c in corpora().values() if bool(c.cleaning) != bool(left_out(c))] == []


def corpus_of(raw: bytes, **changes: object):
    """A corpus that is not in the table, whose file holds `raw`."""
    made = {"name": "novel", "file": "my_novel.txt", "bytes": len(raw)}
    made["sha256"] = hashlib.sha256(raw).hexdigest()
    return msgspec.structs.replace(corpora()["hamlet"], **{**made, **changes})


def cleaned(raw: bytes, text: bytes, **changes: object):
    digest = hashlib.sha256(text).hexdigest()
    return corpus_of(raw, text_bytes=len(text), text_sha256=digest, **changes)


@pytest.fixture
def raw(tmp_path):
    file = tmp_path / "my_novel.txt"
    file.write_bytes(NOVEL + ENDS["today's"])
    return file


def test_the_text_is_made_once_and_called_by_its_name(raw, home):
    corpus = cleaned(raw.read_bytes(), NOVEL, cleaning="gutenberg")
    made = text_file(corpus, raw)
    assert made.read_bytes() == NOVEL
    assert made.name == "novel.txt"
    assert home / "cache" in made.parents
    inode = made.stat().st_ino
    raw.unlink()
    assert text_file(corpus, raw).stat().st_ino == inode
    assert [file.name for file in made.parent.iterdir()] == ["novel.txt"]


def test_a_file_of_another_name_is_copied_for_its_name(raw):
    corpus = corpus_of(raw.read_bytes())
    made = text_file(corpus, raw)
    assert (made.name, made.read_bytes()) == ("novel.txt", raw.read_bytes())
    packed = text_file(corpus_of(raw.read_bytes(), file="x_y.txt.gz", name="x-y"), raw)
    assert packed.name == "x-y.txt.gz"


def test_a_file_that_has_its_name_is_the_text(raw):
    renamed = raw.rename(raw.with_name("novel.txt"))
    assert text_file(corpus_of(renamed.read_bytes()), renamed) == renamed


def test_a_series_keeps_its_files_name(raw):
    assert text_file(corpus_of(raw.read_bytes(), task="series"), raw) == raw


def test_a_text_that_is_not_the_registered_one_is_refused(raw, home):
    corpus = cleaned(raw.read_bytes(), b"another", cleaning="gutenberg")
    with pytest.raises(CorpusError, match="does not give the text registered as novel"):
        text_file(corpus, raw)
    assert not list(home.rglob("novel*"))


def test_a_file_that_is_gone_is_told(raw):
    corpus = corpus_of(raw.read_bytes())
    raw.unlink()
    with pytest.raises(FileProblem, match="cannot read"):
        text_file(corpus, raw)


@published
def test_anna_is_the_novel_to_the_byte():
    raw = Path(CORPORA, "anna.txt")
    head = subprocess.run(["head", "-n", "39888", str(raw)], capture_output=True, check=True)
    assert text_file(corpora()["anna"], raw).read_bytes() == head.stdout


@published
def test_hamlet_in_words_is_the_chapters():
    text = words(Path(CORPORA, "shakespeare-hamlet.txt").read_text("utf-8"))
    assert len(text.split(" ")) == 37_360
    assert len(text) == 166_764
    assert len(set(text)) == 43
    assert hashlib.sha256(text.encode()).hexdigest() == corpora()["hamlet-words"].text_sha256


@published
def test_every_text_of_the_table_comes_out_as_registered():
    for corpus in corpora().values():
        file = Path(CORPORA, corpus.file)
        if file.is_file():
            text = text_file(corpus, file)
            wanted = corpus.text_sha256 or corpus.sha256
            assert hashlib.sha256(text.read_bytes()).hexdigest() == wanted, corpus.name
            assert text.stat().st_size == (corpus.text_bytes or corpus.bytes)
