"""Three ways of writing a dialogue down, told apart by what a file holds."""

from __future__ import annotations

import gzip

import pytest

from rnntui.data.dialogues.reading import holds_dialogues, read_dialogues
from rnntui.errors import CorpusError

TALKS = [("Hi there.", "Hello!"), ("How are you?", "Fine.", "Good.")]

WRITTEN = {
    "marked": "Hi  there. __eou__ Hello! __eou__\n"
    "How are you? __eou__ Fine. __eou__ Good. __eou__\n",
    "spoken": "A: Hi there.\nB: Hello!\n\nA: How are you?\nB: Fine.\nA: Good.\n",
    "spoken on one line": "A: Hi there. / B: Hello!\n\nA: How are you? / B: Fine. / A: Good.\n",
    "names": "Anna: Hi there.\nKarl: Hello!\n\n\nAnna: How\nare you?\nKarl: Fine.\nAnna: Good.\n",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_each_way_gives_the_same_turns(tmp_path, text):
    file = tmp_path / "talks.txt"
    file.write_text(text)
    assert list(read_dialogues(file)) == TALKS
    assert holds_dialogues(file)


@pytest.mark.parametrize("head", ["", "question,answer\n", "Message,Reply\n"])
def test_a_csv_gives_a_pair_for_each_row(tmp_path, head):
    file = tmp_path / "pairs.csv"
    file.write_text(head + 'Hi,"Hello, you!"\nWhat is a\tb?,"two\nlines"\nlonely\n')
    assert list(read_dialogues(file)) == [("Hi", "Hello, you!"), ("What is a b?", "two lines")]


def test_tabs_divide_the_columns_where_commas_do_not(tmp_path):
    file = tmp_path / "pairs.tsv"
    file.write_text("Hi, you\tHello\n")
    assert list(read_dialogues(file)) == [("Hi, you", "Hello")]


def test_the_same_speaker_goes_on_in_the_same_turn(tmp_path):
    file = tmp_path / "talk.txt"
    file.write_text("A: One.\nA: Two.\nB: Three.\n")
    assert list(read_dialogues(file)) == [("One. Two.", "Three.")]


def test_what_has_no_reply_is_no_dialogue(tmp_path):
    file = tmp_path / "talks.txt"
    file.write_text("alone __eou__\nnobody __eou__  __eou__\na __eou__ b __eou__\n")
    assert list(read_dialogues(file)) == [("a", "b")]


def test_gzip_is_read(tmp_path):
    file = tmp_path / "talks.txt.gz"
    file.write_bytes(gzip.compress(WRITTEN["marked"].encode()))
    assert list(read_dialogues(file)) == TALKS


@pytest.mark.parametrize("text", ["To be, or not to be.\nThat is the question: or not.\n", ""])
def test_any_other_text_is_refused_with_what_would_do(tmp_path, text):
    file = tmp_path / "hamlet.txt"
    file.write_text(text)
    assert not holds_dialogues(file)
    with pytest.raises(CorpusError, match="holds no dialogues; write one a line with __eou__"):
        list(read_dialogues(file))
