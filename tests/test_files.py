"""A file is replaced whole or not at all, and a refusal says what helps."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from rnntui.files import FileProblem, file_problem, write_atomically


def listing(folder):
    return sorted(path.name for path in folder.iterdir())


def test_text_is_written_as_utf8_with_lf(tmp_path):
    write_atomically(tmp_path / "new" / "file", "é\nb")
    assert (tmp_path / "new" / "file").read_bytes() == "é\nb".encode()
    assert listing(tmp_path / "new") == ["file"]


def test_the_old_content_is_replaced(tmp_path):
    write_atomically(tmp_path / "file", b"old and longer")
    write_atomically(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO])
def test_a_failure_at_any_step_keeps_the_old_file_and_leaves_nothing(
    tmp_path, monkeypatch, step, number
):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(FileProblem, match=f"cannot write {path}: ") as caught:
        write_atomically(path, b"new")
    assert caught.value.fix
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert listing(tmp_path) == ["file"]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_what_helps_against_denied_permission_fits_the_verb(number):
    error = OSError(number, os.strerror(number))
    assert file_problem(error, "f", "read").fix == "change its rights, or name another"
    assert file_problem(error, "f", "write").fix.startswith("choose a folder you can write to")
    assert file_problem(error, "f", "delete").fix == "change the rights of its folder"


def test_a_reader_never_sees_half_a_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, b"old")
    seen = []
    real = os.fsync

    def look(descriptor):
        seen.append(path.read_bytes())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    write_atomically(path, b"new")
    assert seen == [b"old"]


@pytest.mark.parametrize("path", ["file/below", "folder", "n" * 300])
def test_places_that_are_none_are_refused(tmp_path, path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / "full").mkdir(parents=True)
    before = listing(tmp_path)
    with pytest.raises(FileProblem):
        write_atomically(tmp_path / path, "text")
    assert listing(tmp_path) == before


@pytest.mark.parametrize("path", ["", ".", "/"])
def test_a_path_without_a_name_is_a_folder(path):
    with pytest.raises(FileProblem, match="it is a folder"):
        write_atomically(Path(path), "text")


def test_no_file_takes_a_devices_place(tmp_path):
    """As root could put one in that of /dev/null."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileProblem, match="a device or a pipe; name a plain file"):
        write_atomically(tmp_path / "pipe", "text")
    assert (tmp_path / "pipe").is_fifo()


def test_an_unusual_refusal_is_told_in_the_systems_words(tmp_path):
    problem = file_problem(OSError(errno.ELOOP, os.strerror(errno.ELOOP)), "here", "read")
    assert str(problem) == f"cannot read here: {os.strerror(errno.ELOOP)}; check the path"
    assert str(file_problem(OSError("strange"), "here", "read")).startswith("cannot read here: str")


@pytest.mark.parametrize("number", [errno.EEXIST, errno.EFBIG])
def test_a_refusal_says_in_plain_words_what_stands_in_the_way(number):
    told = str(file_problem(OSError(number, os.strerror(number)), "here", "write"))
    assert os.strerror(number) not in told
    assert "; " in told
