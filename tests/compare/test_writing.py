"""What contenders write, and what of it stands in the text they learned."""

from __future__ import annotations

import os

import pytest

from rnntui.compare.contenders import read_contenders
from rnntui.compare.writing import Assignment, Writer
from rnntui.data.novelty import TrainingText

TEXT = "".join(f"line {n} of a poem, no more than that\n" for n in range(400)).translate(
    str.maketrans("0123456789", "abcdefghij")
)
SHORT = Assignment("no more", seed=3, length=40, temperatures=(0.5, 1.0))


@pytest.fixture
def corpora(tmp_path, monkeypatch):
    """A folder of corpora that holds `poem`."""
    folder = tmp_path / "corpora"
    folder.mkdir()
    (folder / "poem.txt").write_text(TEXT, "utf-8")
    monkeypatch.setenv("RNNTUI_DATA", str(folder))
    return folder


def written(name, assignment=SHORT):
    (contender,) = read_contenders([str(name)])
    return Writer(assignment).write(contender)


def test_every_temperature_has_its_sample_and_the_same_seed_the_same_text(make_run):
    make_run("mine", [2.0])
    once, again = written("mine"), written("mine")
    assert [s.temperature for s in once.samples] == [0.5, 1.0]
    assert all(len(s.text) == 40 for s in once.samples)
    assert once.samples == again.samples
    assert once.samples[0].text != once.samples[1].text


@pytest.mark.parametrize("found_by", ["the recipe's name", "the recipe's path", "the data's name"])
def test_the_text_it_learned_is_found_by(make_run, corpora, found_by):
    names = {
        "the recipe's name": ("poem",),
        "the recipe's path": (str(corpora / "poem.txt"),),
        "the data's name": ("/gone/poem.txt",),
    }[found_by]
    make_run("mine", [2.0], text=TEXT, data={"name": "poem"}, recipe={"corpus": names})
    found = written("mine")
    assert found.training_characters == int(len(TEXT) * 0.85)
    training = TrainingText(TEXT[: found.training_characters])
    for sample in found.samples:
        assert sample.novelty == training.novelty(sample.text)
        if sample.line:
            line = TEXT.split("\n")[sample.line - 1]
            assert sample.copied.split("\n")[0] in line
    assert found.baseline and found.baseline.characters == 40
    assert found.baseline.share > 0.5  # lines of the poem are alike
    assert any("learns it by heart" in note for note in found.notes)


def test_a_corpus_that_is_not_here_leaves_novelty_out_and_says_so(make_run):
    make_run("mine", [2.0], data={"name": "poem"}, recipe={"corpus": ("/gone/poem.txt",)})
    found = written("mine")
    assert len(found.samples) == 2
    assert found.samples[0].novelty is None and found.training_characters is None
    assert "novelty is left out: " in found.notes[0] and "poem" in found.notes[0]


def test_another_text_under_the_same_name_is_not_taken_for_it(make_run, corpora):
    make_run("mine", [2.0], text=TEXT, data={"name": "poem"}, recipe={"corpus": ("poem",)})
    (corpora / "poem.txt").write_text(TEXT + "!", "utf-8")
    assert "poem is not the text it learned" in written("mine").notes[0]


def test_a_pipe_for_a_corpus_is_no_trap(make_run, tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    make_run("mine", [2.0], data={"name": ""}, recipe={"corpus": (str(tmp_path / "pipe.txt"),)})
    assert "novelty is left out" in written("mine").notes[0]


def test_a_lowercase_model_is_judged_by_the_lowercase_text(make_run, corpora):
    (corpora / "loud.txt").write_text(TEXT.upper(), "utf-8")
    make_run("mine", [2.0], text=TEXT, lowercase=True, data={"name": "loud"},
             recipe={"corpus": ("loud",), "lowercase": True})  # fmt: skip
    assert written("mine").training_characters == int(len(TEXT) * 0.85)


def test_a_byte_model_is_cut_by_bytes(make_run, corpora):
    text = "Ä" * 3000
    (corpora / "wide.txt").write_text(text, "utf-8")
    make_run("mine", [2.0], text=text, symbols=tuple(range(256)), data={"name": "wide"},
             recipe={"corpus": ("wide",), "unit": "byte"})  # fmt: skip
    assert written("mine").training_characters == 0.85 * 3000


def test_strangers_in_the_prompt_are_told(make_run):
    make_run("mine", [2.0])
    found = written("mine", Assignment("é Ω", length=5))
    assert any("read é as e" in note for note in found.notes)
    assert any("left out of the prompt" in note and "Ω" in note for note in found.notes)


def test_a_damaged_model_writes_nothing_and_says_why(make_run):
    folder = make_run("mine", [2.0])
    weights = folder / "best" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-9])
    found = written("mine")
    assert found.samples == ()
    assert "writes nothing: " in found.notes[0] and "cut short" in found.notes[0]


def test_no_length_no_samples(make_run):
    make_run("mine", [2.0])
    assert written("mine", Assignment(length=0)).samples == ()
