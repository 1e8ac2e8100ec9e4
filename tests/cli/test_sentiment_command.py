"""`rnntui sentiment` and `rnntui eval` of a model that judges: what they print, read and refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rnntui.checkpoints.config import Config, Network, VocabularyConfig
from rnntui.checkpoints.folder import write_checkpoint
from tests.conftest import command, random_weights
from tests.training.reviews import write_reviews

WORDS = ("the", "film", "good", "great", "lovely", "bad", "awful", "dull", "!", "n't")


@pytest.fixture
def judge(home: Path) -> str:
    """A small random model in the library."""
    shape = Network(layers=1, hidden=6, embedding=4, window=20, pooling="mean")
    words = VocabularyConfig("word", ("<pad>", "<unk>", *WORDS), True, 0, 1)
    config = Config("sentiment", shape, vocabulary=words, metrics={"prior": 0.5})
    write_checkpoint(home / "data" / "runs" / "judge", config, random_weights(config))
    return "judge"


def documents(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_each_argument_is_a_text(in_process, judge):
    done = in_process("sentiment", "a good film!", "bad <b>film</b>", "--model", judge, "--json")
    assert done.rc == 0, done.stderr
    found = documents(done.text)
    assert [list(document) for document in found] == [["label", "score"]] * 2
    assert all(d["label"] == ("positive" if d["score"] >= 0.5 else "negative") for d in found)
    assert done.stderr == ""


def test_the_trace_tells_each_word(in_process, judge):
    done = in_process("sentiment", "Film isn't GOOD", "--model", judge, "--trace", "--json")
    (document,) = documents(done.text)
    assert [word["word"] for word in document["trace"]] == ["Film", "is", "n't", "GOOD"]
    assert document["trace"][-1]["score"] == document["score"]
    assert all(set(word) == {"word", "score", "share"} for word in document["trace"])
    plain = in_process("sentiment", "Film isn't GOOD", "--model", judge, "--trace")
    assert "is (unknown)" in plain.text
    assert plain.text.splitlines()[0].endswith("Film isn't GOOD")


def test_a_pipe_is_one_text_a_line_and_every_line_is_answered(rnntui, judge):
    lines = "\ufeffgood film\r\n\nzebra\nbad\u2028film\ndull".encode()
    done = rnntui("sentiment", "--model", judge, "--json", stdin=lines)
    found = documents(done.text)
    assert len(found) == 5
    assert ["note" in document for document in found] == [False, True, True, False, False]
    assert found[1]["score"] == 0.5
    alone = rnntui("sentiment", "good film", "--model", judge, "--json")
    assert documents(alone.text)[0] == found[0]
    same = rnntui("sentiment", "--file", "-", "--model", judge, "--json", stdin=lines)
    assert same.stdout == done.stdout


def test_a_pipe_is_answered_line_by_line(judge):
    process = subprocess.Popen(
        command("sentiment", "--model", judge, "--json"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ),
    )  # fmt: skip
    assert process.stdin and process.stdout
    for text in (b"good film\n", b"bad film\n"):
        process.stdin.write(text)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["label"] in ("positive", "negative")
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()


def test_a_file_is_judged_by_its_lines_or_as_one_text(in_process, judge, tmp_path):
    file = tmp_path / "reviews.txt"
    file.write_text("good film\nbad film\n")
    by_line = in_process("sentiment", "--file", file, "--model", judge, "--json")
    assert len(documents(by_line.text)) == 2
    whole = in_process("sentiment", "--file", file, "--whole", "--model", judge, "--json")
    both = in_process("sentiment", "good film bad film", "--model", judge, "--json")
    assert documents(whole.text) == documents(both.text)


def test_a_long_text_is_judged(rnntui, judge):
    text = b"the good film is bad " * 20_000  # 100,000 words
    done = rnntui("sentiment", "--model", judge, "--json", stdin=text)
    assert done.rc == 0, done.stderr
    (document,) = documents(done.text)
    assert 0 < document["score"] < 1


def test_what_is_shown_cannot_steer_a_terminal(in_process, judge):
    done = in_process("sentiment", "good \x1b[2J film", "--model", judge)
    assert b"\x1b" not in done.stdout
    piped = in_process("sentiment", "good \u202e film", "--trace", "--json", "--model", judge)
    assert "\u202e" not in piped.text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x", "--file", "f"), "TEXT and --file both"),
        (("x", "--whole"), "--whole needs a file"),
        (("hi", "-"), "- among the texts is a pipe; give it alone"),
        (("--file", "none.txt"), "none.txt does not exist"),
        (("--file", "."), "is a folder"),
        (("x", "--model", "nothing"), "no model 'nothing'"),
    ],
)
def test_it_refuses(refusal, judge, arguments, said):
    model = () if "--model" in arguments else ("--model", judge)
    assert said in refusal("sentiment", *arguments, *model).complaint


def test_it_refuses_what_is_no_text(rnntui, refusal, judge, tmp_path):
    done = rnntui("sentiment", "--model", judge, stdin=b"\0\1\2")
    assert done.rc == 2 and "zero bytes" in done.complaint
    (tmp_path / "binary").write_bytes(b"\x7fELF\0\0")
    assert (
        "not text"
        in refusal("sentiment", "--file", tmp_path / "binary", "--model", judge).complaint
    )


def test_a_dash_is_the_pipe(rnntui, judge):
    done = rnntui("sentiment", "-", "--model", judge, "--json", stdin=b"good film\nbad\n")
    assert len(documents(done.text)) == 2


def test_without_the_default_model_it_says_how_to_get_one(refusal, home, monkeypatch):
    monkeypatch.setattr("rnntui.paths.shipped_models", lambda: home / "nothing")
    complaint = refusal("sentiment", "a film").complaint
    assert "the default model imdb-lstm is not here; train it: rnntui train sentiment" in complaint


def test_a_model_of_another_task_says_which(refusal, judge, make_model):
    letters = make_model("letters")
    assert "letters is a model for text" in refusal("sentiment", "x", "--model", letters).complaint
    assert "judge is a model for sentiment" in refusal("generate", judge).complaint


def test_no_torch_and_no_textual_are_loaded(judge):
    script = (
        "import sys; from rnntui.cli.main import main\n"
        f"sys.argv = ['rnntui', 'sentiment', 'good film', '--model', '{judge}', '--json']\n"
        "try:\n    main()\nfinally:\n"
        "    print([m for m in ('torch', 'textual') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[]", done.stderr


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_reviews(tmp_path / "films.csv")


@pytest.fixture
def trained(in_process, corpus: Path) -> str:
    """A model that was trained on `corpus`."""
    done = in_process(
        "train", "sentiment", corpus, "--hidden", 12, "--embedding", 8, "--words", 60, "--lr", 0.02,
        "--max-words", 20, "--threads", 1, "--precision", "fp32", "--split", "0.75,0.25,0",
        "--epochs", 4, "--ema", 0.9, "--warmup", 5, "--seed", 3, "--name", "mine",
    )  # fmt: skip
    assert done.rc == 0, done.stderr
    return "mine"


def test_a_model_is_measured_on_the_part_it_never_saw(in_process, corpus, trained, tmp_path):
    from rnntui.checkpoints.folder import read_config
    from rnntui.checkpoints.library import find_model

    figures = read_config(find_model(trained)).metrics
    found = {}
    for split, examples in (("", 40), ("test", 40), ("val", 60), ("train", 180), ("all", 280)):
        done = in_process("eval", trained, corpus, *(["--split", split] if split else []), "--json")
        assert done.rc == 0, done.stderr
        found[split] = json.loads(done.text)
        assert found[split]["examples"] == examples
        assert found[split]["task"] == "sentiment"
        assert 0 <= found[split]["ece"] <= 1
    assert found[""] == found["test"]
    assert found["test"]["split"] == "test"
    low, high = found["test"]["accuracy_interval"]
    assert low < found["test"]["accuracy"] < high
    assert found["val"]["accuracy"] == pytest.approx(figures["accuracy"])
    assert found["val"]["loss"] == pytest.approx(figures["val_loss"], abs=1e-5)
    plain = in_process("eval", trained, corpus)
    assert "mine on films (test, 40 reviews): " in plain.text
    # Other reviews, all of one kind: all of them are judged.
    other = tmp_path / "other.csv"
    other.write_text("body,stars\nlovely film,1\ngood plot,1\n")
    columns = ("--text-column", "body", "--label-column", "stars")
    done = in_process("eval", trained, other, *columns, "--json")
    assert json.loads(done.text)["examples"] == 2
    assert json.loads(done.text)["split"] == "all"
    without = in_process("eval", trained, other, *columns, "--split", "test")
    assert without.rc == 2 and "choose another --split" in without.complaint


def test_the_same_data_set_in_another_order_is_held_out_too(in_process, corpus, trained, tmp_path):
    header, *rows = corpus.read_text().splitlines()
    (tmp_path / "hub").mkdir()
    other = tmp_path / "hub" / "films.csv"
    other.write_text("\n".join([header, *sorted(rows)]) + "\n")
    found = json.loads(in_process("eval", trained, other, "--json").text)
    assert (found["split"], found["examples"]) == ("test", 40)


def test_a_file_that_is_no_utf8_is_refused_or_read_on(in_process, judge, tmp_path):
    file = tmp_path / "latin.csv"
    file.write_bytes("review,label\ncafé good,1\nbad,0\n".encode("latin-1"))
    refused = in_process("eval", judge, file)
    assert refused.rc == 2 and "--errors replace" in refused.complaint
    read = in_process("eval", judge, file, "--errors", "replace", "--json")
    assert json.loads(read.text)["examples"] == 2


def test_eval_refuses_what_only_texts_have(refusal, judge, corpus):
    for option in (("--window", "5"), ("--dynamic",)):
        assert "judges reviews; leave" in refusal("eval", judge, corpus, *option).complaint


@pytest.mark.parametrize(
    ("content", "said"),
    [("a,b\n1,2\n", "--text-column"), ("text,label\nx,great\n", "holds 'great'"), ("", "is empty")],
)
def test_eval_refuses_what_has_no_labels(refusal, judge, tmp_path, content, said):
    file = tmp_path / "r.csv"
    file.write_text(content)
    assert said in refusal("eval", judge, file).complaint
