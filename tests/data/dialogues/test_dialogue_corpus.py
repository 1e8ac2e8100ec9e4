"""Dialogues as a text: by a template, whole in one part, the same part everywhere."""

from __future__ import annotations

import pytest

from rnntui.checkpoints.chat import Chat
from rnntui.checkpoints.config import Config, Network
from rnntui.data.dialogues.corpus import collect, read_dialogue_corpus
from rnntui.data.dialogues.scoring import corpus_to_score
from rnntui.data.splits import bounds, exact_split
from rnntui.errors import CorpusError

SPLIT = (0.5, 0.2, 0.3)
PARTS = ("train", "val", "test")


def write(tmp_path, name, numbers):
    file = tmp_path / f"{name}.txt"
    file.write_text("".join(f"What is {n}? __eou__ It is {n}. __eou__\n" for n in numbers))
    return file


def parts_of(corpus):
    """The dialogues of each part, as sets of texts."""
    found = {}
    for part in PARTS:
        ids = corpus.ids[slice(*bounds(len(corpus.ids), corpus.split, part))]
        text = corpus.vocabulary.decode(ids)
        assert text == "" or text.endswith("\n\n")
        found[part] = set(text.split("\n\n")[:-1])
    return found


def test_each_dialogue_is_whole_in_one_part(tmp_path):
    corpus = read_dialogue_corpus([write(tmp_path, "talks", range(300))], SPLIT)
    parts = parts_of(corpus)
    assert set.union(*parts.values()) == {f">What is {n}?\n<It is {n}." for n in range(300)}
    assert sum(map(len, parts.values())) == 300
    for part, share in zip(PARTS, SPLIT, strict=True):
        assert len(parts[part]) / 300 == pytest.approx(share, abs=0.1)
    assert corpus.name == "talks" and corpus.chat.split == SPLIT


def test_a_dialogue_has_the_same_part_in_every_selection_of_corpora(tmp_path):
    first, second = write(tmp_path, "one", range(50)), write(tmp_path, "two", range(50, 100))
    both = parts_of(read_dialogue_corpus([first, second], SPLIT))
    alone = parts_of(read_dialogue_corpus([second], SPLIT))
    assert all(alone[part] <= both[part] for part in PARTS)
    turned = read_dialogue_corpus([second, first], SPLIT)
    assert parts_of(turned) == both
    assert turned.sha256 == read_dialogue_corpus([first, second], SPLIT).sha256


def test_a_model_knows_its_own_corpora_by_their_dialogues(tmp_path):
    first, second = write(tmp_path, "one", range(50)), write(tmp_path, "two", range(50, 100))
    corpus = read_dialogue_corpus([first, second], SPLIT)
    config = Config("text", Network(), vocabulary=corpus.vocabulary.to_config(), chat=corpus.chat)
    both, own = corpus_to_score(config, corpus.vocabulary, [second, first])
    assert own and both.sha256 == corpus.sha256 and both.split == corpus.split
    part, own = corpus_to_score(config, corpus.vocabulary, [second])
    assert own and parts_of(part)["test"] < parts_of(corpus)["test"]
    foreign = write(tmp_path, "three", range(100, 120))
    assert not corpus_to_score(config, corpus.vocabulary, [first, foreign])[1]


def test_a_plain_text_is_scored_as_it_is(tmp_path):
    corpus = read_dialogue_corpus([write(tmp_path, "talks", range(50))], SPLIT)
    config = Config("text", Network(), vocabulary=corpus.vocabulary.to_config(), chat=corpus.chat)
    file = tmp_path / "plain.txt"
    file.write_text("What is it\n")
    read, own = corpus_to_score(config, corpus.vocabulary, [file])
    assert corpus.vocabulary.decode(read.ids) == "What is it\n" and not own


def test_dialogues_with_nothing_left_are_refused(tmp_path):
    file = tmp_path / "talks.txt"
    file.write_text("shit __eou__ yes __eou__\n")
    with pytest.raises(CorpusError, match="no dialogue of two utterances is left"):
        collect([file])


@pytest.mark.parametrize(
    ("train", "val", "length"), [(85, 5, 100), (1, 0, 3), (7, 3, 10), (16341166, 986462, 19222713)]
)
def test_an_exact_split_cuts_after_so_many_symbols(train, val, length):
    split = exact_split(train, val, length)
    assert sum(split) == pytest.approx(1)
    assert bounds(length, split, "train") == (0, train)
    assert bounds(length, split, "val") == (train, train + val)


def test_a_template_writes_turns_by_turns():
    chat = Chat(speakers=("A: ", "B: "), end_of_turn="|", end_of_dialogue="#")
    assert chat.dialogue(["Hi", "Ho", "Hum"]) == "A: Hi|B: Ho|A: Hum|#"
    assert chat.opening == "|#"
