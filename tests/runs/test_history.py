"""The history survives kills: whole lines stay readable, and no two are ever glued together."""

from __future__ import annotations

import msgspec
import pytest

from rnntui.errors import RnntuiError
from rnntui.runs.history import Evaluation, append, cut, read


def line(step: int) -> Evaluation:
    return Evaluation(step, step / 10, step * 0.5, 1.5, 0.003, 2.0, 1.0, val_loss=1.25)


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "run" / "history.jsonl"
    for step in (10, 20, 30):
        append(file, line(step))
    return file


def steps(path) -> list[int]:
    return [each.step for each in read(path)]


def test_lines_come_back_in_order(path):
    assert list(read(path)) == [line(10), line(20), line(30)]
    assert path.read_bytes().count(b"\n") == 3


def test_a_run_without_history_has_none(tmp_path):
    assert list(read(tmp_path / "none")) == []
    cut(tmp_path / "none", 5)
    assert not (tmp_path / "none").exists()


def test_every_kill_while_writing_leaves_the_whole_lines_readable(path):
    whole = path.read_bytes()
    begin = whole[:-1].rindex(b"\n") + 1
    for length in range(begin, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert steps(path) == [10, 20]


def test_a_line_after_a_half_written_one_is_a_line_of_its_own(path):
    whole = path.read_bytes()
    begin = whole[:-1].rindex(b"\n") + 1
    for length in range(begin, len(whole)):
        path.write_bytes(whole[:length])
        append(path, line(40))
        assert steps(path) == [10, 20, 40]
        assert all(msgspec.json.decode(each) for each in path.read_bytes().splitlines())


def test_a_history_that_is_one_half_line_begins_anew(path):
    path.write_bytes(b'{"step": 1')
    append(path, line(40))
    assert steps(path) == [40]


def test_a_cut_drops_what_comes_after_a_step(path):
    cut(path, 20)
    assert steps(path) == [10, 20]
    cut(path, 5)
    assert path.read_bytes() == b""
    append(path, line(10))
    assert steps(path) == [10]


def test_a_cut_drops_a_half_written_line_too(path):
    path.write_bytes(path.read_bytes() + b'{"step": 25, "epo')
    cut(path, 30)
    append(path, line(40))
    assert steps(path) == [10, 20, 30, 40]


@pytest.mark.parametrize("damage", [b"\xff\xfe\n", b"[]\n", b"null\n", b"{}\n", b"\n", b"\0\0\0"])
def test_a_damaged_line_ends_the_history(path, damage):
    path.write_bytes(path.read_bytes() + damage)
    assert steps(path) == [10, 20, 30]


def test_keys_of_a_newer_version_are_passed_over(path):
    path.write_bytes(path.read_bytes().replace(b'"step"', b'"accuracy":0.5,"step"'))
    assert steps(path) == [10, 20, 30]


def test_a_history_that_cannot_be_written_is_said_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RnntuiError, match="cannot write"):
        append(tmp_path / "file" / "history.jsonl", line(1))
    with pytest.raises(RnntuiError, match="cannot read"):
        list(read(tmp_path))
