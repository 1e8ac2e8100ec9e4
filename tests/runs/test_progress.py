"""Progress lines never stop a training, and whoever follows them reads each once."""

from __future__ import annotations

import os

import pytest

from rnntui.files import FileProblem
from rnntui.runs.progress import Progress, ProgressWriter, read_new
from rnntui.runs.tail import Tail


def line(step: int) -> Progress:
    return Progress(step, step / 100, step / 1000, 1.5, 0.003, 2.0, 1.0, 5000.0, step * 0.1, 60.0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "progress.jsonl"


@pytest.fixture
def writer(path):
    writer = ProgressWriter(path)
    for step in (10, 20, 30):
        writer.write(line(step))
    return writer


def look(tail: Tail) -> tuple[list[int], bool]:
    """The steps that are new, and whether what came before is void."""
    lines, anew = read_new(tail)
    return [each.step for each in lines], anew


def test_a_follower_reads_each_line_once(path, writer):
    tail = Tail(path)
    lines, _ = read_new(tail)
    assert lines == [line(10), line(20), line(30)]
    assert look(tail) == ([], False)
    writer.write(line(40))
    assert look(tail) == ([40], False)


def test_a_half_written_line_is_waited_for(path, writer):
    tail = Tail(path)
    look(tail)
    writer.write(line(40))
    whole = path.read_bytes()
    begin = whole[:-1].rindex(b"\n") + 1
    for length in range(begin, len(whole)):
        path.write_bytes(whole[:length])
        assert look(tail) == ([], False)
    path.write_bytes(whole)
    assert look(tail) == ([40], False)


def test_a_line_after_a_half_written_one_is_a_line_of_its_own(path, writer):
    path.write_bytes(path.read_bytes() + b'{"step":35,"epo')
    ProgressWriter(path).write(line(40))
    assert look(Tail(path)) == ([10, 20, 30, 40], False)


def test_a_resumed_run_drops_what_comes_after_its_step_and_followers_notice(path, writer):
    tail = Tail(path)
    look(tail)
    resumed = ProgressWriter(path)
    resumed.cut(20)
    for step in (25, 35):
        resumed.write(line(step))
    assert look(tail) == ([10, 20, 25, 35], True)


def test_a_cut_of_nothing_makes_nothing(path):
    ProgressWriter(path).cut(5)
    assert not path.exists()


def test_a_file_that_is_gone_or_another_is_told(path, writer):
    tail = Tail(path)
    look(tail)
    path.unlink()
    assert look(tail) == ([], True)
    assert look(tail) == ([], False)
    writer.write(line(50))
    assert look(tail) == ([50], False)


def test_a_file_replaced_by_itself_and_more_is_the_same_file(path, writer):
    tail = Tail(path)
    look(tail)
    beside = path.with_suffix(".new")
    beside.write_bytes(path.read_bytes())
    ProgressWriter(beside).write(line(40))
    beside.replace(path)
    assert look(tail) == ([40], False)


@pytest.mark.parametrize("damage", [b"\xff\xfe\n", b"[]\n", b"{}\n", b"\n", b'{"step":"x"}\n'])
def test_a_damaged_line_is_passed_over(path, writer, damage):
    path.write_bytes(path.read_bytes() + damage)
    writer.write(line(40))
    assert look(Tail(path)) == ([10, 20, 30, 40], False)


def test_keys_of_a_newer_version_are_passed_over(path, writer):
    path.write_bytes(path.read_bytes().replace(b'"step"', b'"rank":0,"step"'))
    assert look(Tail(path)) == ([10, 20, 30], False)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_a_full_disk_ends_the_lines_and_not_the_training(path):
    path.symlink_to("/dev/full")  # whose size is 0, and which reads as endless zeros
    writer = ProgressWriter(path)
    writer.write(line(10))
    path.unlink()
    writer.write(line(20))  # it has given up: no gaps that look like a standstill
    assert not path.exists()


def test_a_folder_that_is_gone_does_not_matter(tmp_path):
    writer = ProgressWriter(tmp_path / "gone" / "progress.jsonl")
    writer.write(line(10))
    writer.cut(5)
    assert not (tmp_path / "gone").exists()


def test_a_file_that_cannot_be_read_is_said_so(tmp_path):
    with pytest.raises(FileProblem, match="cannot read"):
        Tail(tmp_path).read()
