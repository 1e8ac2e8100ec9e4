"""Models are found by folder or name, and nothing but models."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnntui import paths
from rnntui.checkpoints.folder import CONFIG, WEIGHTS
from rnntui.checkpoints.library import entries, find_model
from rnntui.errors import CheckpointError, RnntuiError


@pytest.fixture
def shipped(tmp_path, monkeypatch) -> Path:
    """A folder of shipped models, empty."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    monkeypatch.setattr(paths, "shipped_models", lambda: folder)
    return folder


def complaint(model: str) -> str:
    with pytest.raises(CheckpointError) as caught:
        find_model(model)
    return str(caught.value)


def test_a_model_is_found_by_folder_and_by_name(make_model, shipped):
    folder = make_model("mine")
    assert find_model(str(folder)) == folder
    assert find_model("mine") == folder


def test_a_run_folder_means_its_best_then_its_last(home, make_model, shipped):
    run = home / "data" / "runs" / "run"
    last = make_model(folder=run / "last")
    assert find_model("run") == find_model(str(run)) == last
    best = make_model(folder=run / "best")
    assert find_model("run") == find_model(str(run)) == best
    assert find_model(str(last)) == last
    (best / CONFIG).unlink()
    assert find_model("run") == last


def test_a_folder_comes_before_a_name(tmp_path, make_model, shipped, monkeypatch):
    make_model("mine")
    make_model(folder=tmp_path / "here" / "mine")
    monkeypatch.chdir(tmp_path / "here")
    assert find_model("mine") == Path("mine")


def test_a_folder_that_is_no_model_hides_no_name(tmp_path, make_model, shipped, monkeypatch):
    folder = make_model("mine")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    assert find_model("mine") == folder


def test_ones_own_model_comes_before_a_shipped_one_and_both_are_listed(make_model, shipped):
    make_model(folder=shipped / "same")
    own = make_model("same")
    assert find_model("same") == own
    assert [(e.name, e.source) for e in entries()] == [("same", "shipped"), ("same", "own")]


def test_a_linked_model_is_listed_and_found(tmp_path, home, make_model, shipped):
    elsewhere = make_model(folder=tmp_path / "elsewhere")
    (home / "data" / "runs").mkdir(parents=True)
    (home / "data" / "runs" / "linked").symlink_to(elsewhere)
    assert [entry.name for entry in entries()] == ["linked"]
    assert read(find_model("linked")) == read(elsewhere)


def read(folder: Path) -> bytes:
    return (folder / CONFIG).read_bytes()


def test_the_home_folder_may_be_written_as_a_tilde(
    home, tmp_path, make_model, shipped, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = make_model(folder=tmp_path / "m")
    assert find_model("~/m") == folder


@pytest.mark.parametrize(
    "model", ["", ".", "..", "../outside", "mine/../../outside", "mine/", "/", "/nowhere",
              "~nobody-of-that-name", "a" * 5000, "a\0b", "\udcff"]
)  # fmt: skip
def test_a_name_is_no_way_out_of_the_library(
    home, make_model, shipped, tmp_path, monkeypatch, model
):
    monkeypatch.chdir(shipped)
    make_model("mine")
    make_model(folder=home / "data" / "outside")
    with pytest.raises(RnntuiError) as caught:
        find_model(model)
    assert len(str(caught.value)) < 300


def test_an_absolute_path_is_itself_and_nothing_else(tmp_path, make_model, shipped):
    folder = make_model(folder=tmp_path / "m")
    assert find_model(str(folder)) == folder


def test_the_nearest_names_are_suggested(make_model, shipped):
    make_model("shakespeare-lstm")
    assert "did you mean shakespeare-lstm?" in complaint("shakespear-lstm")
    assert "rnntui list" in complaint("zzz")


def test_a_device_is_no_model(shipped):
    with pytest.raises(CheckpointError, match="not an rnntui model folder"):
        find_model("/dev/zero")


def test_a_file_is_no_model(tmp_path, shipped):
    file = tmp_path / "model.pt"
    file.write_bytes(b"\x80\x02.")
    assert "rnntui import" in complaint(str(file))


def test_a_damaged_model_is_listed_with_what_is_wrong(make_model, shipped):
    (make_model("damaged") / CONFIG).write_bytes(b"{")
    (make_model("weightless") / WEIGHTS).unlink()
    make_model("sound")
    found = {entry.name: entry for entry in entries()}
    assert found.keys() == {"damaged", "weightless", "sound"}
    assert "is not JSON" in found["damaged"].problem
    assert (found["damaged"].task, found["damaged"].parameters) == ("?", 0)
    assert found["weightless"].size == 0
    assert not found["sound"].problem
    assert found["sound"].parameters > 0


def test_other_things_in_the_library_are_passed_over(home, make_model, shipped):
    make_model("sound")
    runs = home / "data" / "runs"
    (runs / "notes.txt").write_text("mine")
    (runs / "empty").mkdir()
    (runs / "nowhere").symlink_to(runs / "gone")
    (runs / "circle").symlink_to(runs / "circle")
    (runs / "nameless").symlink_to("x" * 300)
    (runs / "empty" / CONFIG).symlink_to("x" * 300)
    assert [entry.name for entry in entries()] == ["sound"]
    for name in ("nameless", "empty"):
        with pytest.raises(CheckpointError):
            find_model(name)


def test_an_empty_library_lists_nothing(shipped):
    assert list(entries()) == []


def test_what_cannot_be_read_is_listed_and_hides_nothing(make_model, shipped, monkeypatch):
    unreadable = make_model("unreadable")
    make_model("visible")
    real = Path.open

    def refuse(path, *arguments, **options):
        if path.parent == unreadable:
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    found = {entry.name: entry.problem for entry in entries()}
    assert "permission denied" in found["unreadable"]
    assert found["visible"] == ""
