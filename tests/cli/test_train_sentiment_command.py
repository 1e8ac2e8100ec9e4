"""`rnntui train sentiment`: it trains, goes on, and refuses what it cannot learn from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from rnntui.checkpoints.folder import read_config
from rnntui.runs import history
from rnntui.training.review_data import PRETRAINED
from tests.training.reviews import texts, write_reviews

SMALL = (
    *("--hidden", "8", "--embedding", "8", "--words", "60", "--max-words", "20", "--samples", "20"),
    *("--seq-len", "8", "--threads", "1", "--precision", "fp32", "--device", "cpu"),
    *("--split", "0.75,0.25,0"),
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_reviews(tmp_path / "films.csv")


def test_one_command_trains_both_parts_and_another_starts_from_the_first(
    in_process, corpus, tmp_path
):
    more = tmp_path / "more.txt"
    more.write_text("\n".join(text for text, _ in texts(30, 9)))
    done = in_process(
        "train", "sentiment", corpus, *SMALL, "--unlabelled", more, "--pretrain", 1,
        "--epochs", 2, "--name", "mine", "--json", "--tensorboard", tmp_path / "board",
    )  # fmt: skip
    assert done.rc == 0, done.stderr
    document = json.loads(done.text)
    assert (document["stopped"], document["epochs"]) == ("done", 2)
    assert "films + more" in done.stderr and " · right " in done.stderr
    assert 'try it: rnntui sentiment --model mine "' in done.stderr
    run = Path(document["run"])
    assert read_config(run / PRETRAINED / "best").vocabulary.unit == "word"
    for part, folder in ((run, "."), (run / PRETRAINED, PRETRAINED)):
        board = EventAccumulator(str(tmp_path / "board" / folder)).Reload()
        told = [event.step for event in board.Scalars("loss/validation")]
        assert told == [line.step for line in history.read(part / "history.jsonl")]
    again = in_process(
        "train", "sentiment", corpus, *SMALL, "--start-from", "mine", "--epochs", 1,
        "--out", tmp_path / "again",
    )  # fmt: skip
    assert again.rc == 0, again.stderr
    more = in_process("train", "sentiment", "--resume", tmp_path / "again", "--epochs", 2)
    assert more.rc == 0, more.stderr
    assert "resuming at step" in more.stderr


def test_a_language_model_says_what_to_do_with_it(in_process, corpus, tmp_path):
    done = in_process(
        "train", "sentiment", corpus, *SMALL, "--objective", "words", "--epochs", 1,
        "--batch-size", 4, "--out", tmp_path / "words",
    )  # fmt: skip
    assert done.rc == 0, done.stderr
    assert f"rnntui train sentiment --start-from {tmp_path / 'words'}" in done.stderr


def test_the_language_model_of_a_recipe_is_trained_alone_and_started_from(
    in_process, corpus, tmp_path
):
    recipe = tmp_path / "small.toml"
    recipe.write_text(
        'task = "sentiment"\nhidden = 8\nembedding = 8\nwords = 60\nsamples = 20\nseq_len = 8\n'
        'pretrain = 3\npretrain_batch = 4\nepochs = 1\nthreads = 1\nprecision = "fp32"\n'
    )
    done = in_process(
        "train", "sentiment", corpus, "--recipe", recipe, "--objective", "words", "--name", "lm"
    )
    assert done.rc == 0, done.stderr
    assert "done after 3 epochs" in done.stderr
    done = in_process(
        "train", "sentiment", corpus, "--recipe", recipe, "--start-from", "lm", "--out",
        tmp_path / "judge",
    )  # fmt: skip
    assert done.rc == 0, done.stderr
    assert "done after 1 epochs" in done.stderr
    assert not (tmp_path / "judge" / PRETRAINED).exists()


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("a,b\n1,2\n", (), "no column review or text or sentence"),
        ("text,label\nfine,great\n", (), "holds 'great'"),
        ("text,label\nfine,1\nlovely,1\n", (), "are positive; bring reviews of both kinds"),
        ("text,label\nfine,1\nbad,0\n", (), "part of films"),
        ("text,label\nfine,1\nbad,0\n", ("--text-column", "body"), "no column body"),
        ("text,label\nfine,1\nbad,0\n", ("--freeze",), "give --vectors"),
        ("text,label\nfine,1\nbad,0\n", ("--vectors", "none.txt"), "none.txt is no file"),
        ("text,label\nfine,1\nbad,0\n", ("--start-from", "none"), "no model 'none'"),
        ("text,label\nfine,1\nbad,0\n", ("--unlabelled", "none"), "no corpus 'none'"),
        (
            "text,label\nfine,1\nbad,0\n",
            ("--pooling", "sum"),
            "--pooling is 'sum'; choose last, max, mean, last-max-mean or attention",
        ),
        ("text,label\nfine,1\nbad,0\n", ("--recipe", "shakespeare-lstm"), "train text --recipe"),
        ("text,label\nfine,1\nbad,0\n", ("--resume", "x"), "--resume takes files"),
        ("\0\1\2", (), "not text"),
    ],
)
def test_it_refuses(refusal, tmp_path, content, options, said):
    file = tmp_path / "films.csv"
    file.write_text(content)
    assert said in refusal("train", "sentiment", file, *options).complaint


def test_it_refuses_what_is_not_there(refusal, tmp_path):
    assert "no reviews 'none.csv' here" in refusal("train", "sentiment", "none.csv").complaint
    assert "no sets of reviews" in refusal("train", "sentiment").complaint
    assert "holds no reviews" in refusal("train", "sentiment", tmp_path).complaint
