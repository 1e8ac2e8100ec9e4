"""Reading what is compared: names, figures, and everything that may be wrong with a folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from rnntui.compare.contenders import read_contenders
from rnntui.errors import RnntuiError
from rnntui.runs import lock


def test_a_run_tells_its_figures(make_run):
    folder = make_run("mine", [3.0, 2.0, 2.5])
    (mine,) = read_contenders(["mine"])
    assert (mine.name, mine.folder, mine.network) == ("mine", folder, "lstm 1×8")
    assert mine.best and mine.best.epoch == 2
    assert (mine.val_loss, mine.epochs, mine.seconds) == (2.0, 3.0, 30.0)
    assert mine.symbols_per_second == 1000.0
    assert mine.parameters and mine.parameters > 1000
    assert mine.recipe and mine.recipe["hidden"] == 8
    assert mine.notes == ()


def test_a_model_without_history_tells_what_its_configuration_says(make_run, tmp_path):
    folder = make_run("mine", [2.0])
    config = json.loads((folder / "best" / "config.json").read_text())
    config["metrics"] = {"val_loss": 1.5, "nats_per_char": 1.25, "seconds": 9, "epoch": True}
    (folder / "best" / "config.json").write_text(json.dumps(config))
    (folder / "best").rename(tmp_path / "model")
    (model,) = read_contenders([str(tmp_path / "model")])
    assert (model.val_loss, model.test_loss, model.seconds) == (1.5, 1.25, 9.0)
    assert model.epochs is None  # true is no number
    assert "has no history" in model.notes[0]


def test_the_shipped_model_takes_part():
    (shipped,) = read_contenders(["shakespeare-lstm"])
    assert shipped.val_loss is None
    assert shipped.test_loss and shipped.test_loss < 1.5
    assert shipped.history and shipped.parameters and shipped.parameters > 2_000_000


@pytest.mark.parametrize("name", ["mine-t", "nowhere/mine", "", "..", "\x1b[2J", "a" * 5000])
def test_a_name_that_is_nowhere_is_refused(make_run, name):
    make_run("mine", [2.0])
    with pytest.raises(RnntuiError) as refused:
        read_contenders(["mine", name])
    if name == "mine-t":
        assert "did you mean mine" in str(refused.value)


def test_the_same_run_named_twice_comes_once(make_run):
    folder = make_run("mine", [2.0])
    assert len(read_contenders(["mine", str(folder), f"{folder}/../mine"])) == 1


def test_two_of_one_name_are_told_apart(make_run, tmp_path):
    folders = [make_run("", [2.0], folder=tmp_path / place) for place in ("a/run", "b/run", "c/d")]
    names = [c.name for c in read_contenders([str(folder) for folder in folders])]
    assert names == ["a/run", "b/run", "d"]


def test_a_checkpoint_inside_a_run_is_called_by_both(make_run):
    folder = make_run("mine", [2.0])
    names = [c.name for c in read_contenders([str(folder / "best"), "mine"])]
    assert names == ["mine/best", "mine"]


def spoil(folder: Path, damage: str) -> None:
    best, told = folder / "best" / "config.json", folder / "history.jsonl"
    match damage:
        case "no evaluation yet":
            told.write_bytes(b"")
        case "half a line":
            told.write_bytes(told.read_bytes()[:-30])
        case "nonsense in between":
            told.write_bytes(told.read_bytes().replace(b'"val_loss":2.0', b'"val_loss":"low"'))
        case "absurd figures":
            told.write_bytes(told.read_bytes().replace(b'"val_loss":2.0', b'"val_loss":1e300'))
        case "another format":
            best.write_text(best.read_text().replace("rnntui/1", "rnntui/9"))
        case "no checkpoint":
            best.unlink()
        case "no recipe to read":
            (folder / "recipe.toml").write_text("task = ")
        case "a history that never ends":
            told.unlink()
            os.mkfifo(told)
        case "a folder for a history":
            told.unlink()
            told.mkdir()


DAMAGES = {
    "no evaluation yet": "has no history",
    "half a line": "line 3 of its history is half-written or damaged; the 2 lines before it count",
    "nonsense in between": "the 1 line before it count",
    "absurd figures": "1 line of its history make no sense",
    "another format": "has format rnntui/9, this rnntui reads rnntui/1; update rnntui",
    "no checkpoint": "holds no model yet",
    "no recipe to read": "its recipe cannot be read",
    "a history that never ends": "has no history",
    "a folder for a history": "has no history",
}


@pytest.mark.parametrize(("damage", "said"), DAMAGES.items(), ids=DAMAGES)
def test_what_is_damaged_is_told_in_a_line_and_the_rest_is_read(make_run, damage, said):
    make_run("sound", [3.0, 2.0])
    spoil(make_run("spoiled", [3.0, 2.0, 1.0]), damage)
    sound, spoiled = read_contenders(["sound", "spoiled"])
    assert sound.notes == ()
    assert any(said in note for note in spoiled.notes), spoiled.notes
    assert not any("\n" in note for note in spoiled.notes)
    if damage == "no recipe to read":
        assert spoiled.recipe and spoiled.recipe["hidden"] == 8  # the checkpoint has it, too
    if damage in ("another format", "no checkpoint"):
        assert (spoiled.parameters, spoiled.val_loss) == (None, 1.0)


def test_a_run_that_goes_on_is_read_as_it_stands(make_run):
    folder = make_run("mine", [3.0, 2.0])
    before = sorted(path.name for path in folder.iterdir())
    with lock.held(folder / "lock"):
        (mine,) = read_contenders(["mine"])
    assert f"still training (process {os.getpid()})" in mine.notes[0]
    assert mine.val_loss == 2.0
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_run_without_a_validation_part_has_curves_and_no_validation_loss(make_run):
    make_run("mine", [None, None])
    (mine,) = read_contenders(["mine"])
    assert (mine.val_loss, mine.epochs) == (None, 2.0)
    assert mine.notes == ("was trained without a validation part",)
