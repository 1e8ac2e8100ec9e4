"""A checkpoint folder is read whole or refused, and written so that no failure spoils the old."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from rnntui.checkpoints.folder import (
    CARD,
    CONFIG,
    WEIGHTS,
    config_json,
    read_checkpoint,
    read_config,
    write_checkpoint,
)
from rnntui.errors import CheckpointError, RnntuiError
from tests.conftest import random_weights, small_config


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too, with what it holds."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_checkpoint_comes_back_with_its_card(tmp_path):
    config = small_config(hidden=5, cell="gru")
    weights = random_weights(config)
    write_checkpoint(tmp_path / "m", config, weights, extra={CARD: "# Card\n"})
    read = read_checkpoint(tmp_path / "m")
    assert read.config == config
    assert all(np.array_equal(read.weights[name], weights[name]) for name in weights)
    assert files(tmp_path / "m").keys() == {CONFIG, WEIGHTS, CARD}


def test_a_folder_that_is_missing_is_not_here(tmp_path):
    with pytest.raises(CheckpointError, match="does not exist"):
        read_config(tmp_path / "none")


def test_a_folder_without_a_configuration_says_so(tmp_path):
    with pytest.raises(CheckpointError, match=r"holds no config\.json"):
        read_config(tmp_path)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "lm.pth", "cv.t7", "a.ckpt"])
def test_weights_of_another_program_are_pointed_to_import(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x02.")
    for place in (tmp_path, tmp_path / name):
        with pytest.raises(CheckpointError, match="rnntui import"):
            read_config(place)


def test_a_configuration_without_weights_says_so(tmp_path, make_model):
    (make_model(folder=tmp_path / "m") / WEIGHTS).unlink()
    with pytest.raises(CheckpointError, match=r"has no model\.safetensors"):
        read_checkpoint(tmp_path / "m")


def test_weights_of_another_shape_are_refused(tmp_path, make_model):
    folder = make_model(folder=tmp_path / "m")
    other = make_model(folder=tmp_path / "n", hidden=9)
    (folder / WEIGHTS).write_bytes((other / WEIGHTS).read_bytes())
    with pytest.raises(CheckpointError, match="has shape"):
        read_checkpoint(folder)


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_links_to_what_never_ends_are_refused(tmp_path, make_model, name):
    """A repository may hold a link to /dev/zero, or a pipe that nobody writes."""
    folder = make_model(folder=tmp_path / "m")
    for make in (lambda path: path.symlink_to("/dev/zero"), os.mkfifo, Path.mkdir):
        place = folder / name
        place.rmdir() if place.is_dir() else place.unlink()
        make(place)
        with pytest.raises(CheckpointError, match="no plain file"):
            read_checkpoint(folder)


def test_a_configuration_of_gigabytes_is_not_read(tmp_path):
    with (tmp_path / CONFIG).open("wb") as file:
        file.truncate(4 << 30)  # sparse: it takes no room
    tracemalloc.start()
    with pytest.raises(CheckpointError, match="larger than any configuration"):
        read_config(tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000_000


def test_the_largest_vocabulary_still_fits(tmp_path):
    characters = tuple(chr(code) for code in range(0x10000, 0x10000 + (1 << 18)))
    config = small_config(characters, hidden=1)
    (tmp_path / CONFIG).write_bytes(config_json(config))
    assert read_config(tmp_path) == config


WRITE = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.conftest import random_weights, small_config
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.errors import RnntuiError
config = small_config(hidden=64)
weights = random_weights(config, seed=2)
limit = {limit}
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    write_checkpoint(Path({folder!r}), config, weights)
except RnntuiError as error:
    print("refused:", error)
"""


def write_elsewhere(folder: Path, limit: int = 0) -> str:
    """Write a checkpoint in a process of its own; return what it said."""
    root = str(Path(__file__).parents[2])
    code = WRITE.format(root=root, folder=str(folder), limit=limit)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    return done.stdout


def test_a_file_that_may_not_grow_leaves_the_old_checkpoint_whole(tmp_path, make_model):
    folder = make_model(folder=tmp_path / "m", hidden=64)
    before = files(folder)
    assert "refused: cannot write" in write_elsewhere(folder, limit=5000)
    assert files(folder) == before


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 192 KiB: room for one checkpoint of 128, not for a second beside it."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk takes root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_leaves_the_old_checkpoint_whole(small_disk, make_model):
    folder = make_model(folder=small_disk / "m", hidden=64)
    before = files(folder)
    assert len(before[WEIGHTS]) > 110_000
    assert "no space left on the disk; free some space" in write_elsewhere(folder)
    assert files(folder) == before
    read_checkpoint(folder)


def test_a_read_only_disk_is_said_so(small_disk, make_model):
    folder = make_model(folder=small_disk / "m")
    before = files(folder)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    config = small_config()
    with pytest.raises(RnntuiError, match="read-only; choose a folder you can write to"):
        write_checkpoint(folder, config, random_weights(config, seed=2))
    assert files(folder) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_said_so(tmp_path, make_model):
    folder = make_model(folder=tmp_path / "m")
    folder.chmod(0o555)
    config = small_config()
    with pytest.raises(RnntuiError, match="permission denied"):
        write_checkpoint(folder, config, random_weights(config))
    folder.chmod(0o755)


def test_interrupted_writing_leaves_nothing_beside(tmp_path, make_model, monkeypatch):
    folder = make_model(folder=tmp_path / "m")
    before = files(folder)

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    config = small_config()
    with pytest.raises(KeyboardInterrupt):
        write_checkpoint(folder, config, random_weights(config, seed=2))
    assert files(folder) == before
