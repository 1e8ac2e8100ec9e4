"""One writer per run folder, and a dead one's lock stands in nobody's way."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from rnntui.errors import RunError
from rnntui.runs import lock
from rnntui.runs.lock import Owner, held, owner

HOLD = """
import sys, time
from pathlib import Path
from rnntui.runs.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "lock"


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE) as child:
        assert child.stdout and child.stdout.readline() == b"held\n"
        yield child
        child.kill()


def leave(path: Path, **changes: object) -> None:
    """Leave a lock of this process, with changes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with held(path):
        mine = owner(path)
    assert mine
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(mine, **changes)))


def test_a_lock_names_its_process_and_is_gone_after(path):
    with held(path):
        mine = owner(path)
        assert mine and mine.pid == os.getpid() and mine.host == socket.gethostname()
    assert list(path.parent.iterdir()) == []


@pytest.fixture(params=[True, False], ids=["links", "no links"], autouse=True)
def links(request, monkeypatch):
    """Whether the disk knows hard links; exFAT does not."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    if not request.param:
        monkeypatch.setattr(os, "link", refuse)
        monkeypatch.setattr(lock, "_WRITTEN_WITHIN", 0.01)


def test_an_owner_that_is_slow_to_write_its_name_keeps_its_lock(path, monkeypatch):
    path.parent.mkdir(parents=True)
    path.touch()
    rival = msgspec.json.encode(Owner(1, "elsewhere"))
    monkeypatch.setattr(lock.time, "sleep", lambda _: path.write_bytes(rival))
    with pytest.raises(RunError, match="on elsewhere"), held(path):
        pass
    assert path.read_bytes() == rival


def test_a_lock_is_released_when_the_run_fails(path):
    with pytest.raises(ZeroDivisionError), held(path):
        raise ZeroDivisionError
    assert not path.exists()


def test_a_second_process_is_refused_and_changes_nothing(path, holder):
    before = path.read_bytes()
    said = f"in use by a training that goes on .process {holder.pid}"
    with pytest.raises(RunError, match=said), held(path):
        pass
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["lock"]


def test_one_process_cannot_hold_it_twice(path):
    with held(path):
        with pytest.raises(RunError, match="in use"), held(path):
            pass
        assert owner(path)


def test_the_lock_of_a_killed_process_is_taken_over(path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert owner(path) is None
    with held(path) as dead:
        assert dead and dead.pid == holder.pid
        mine = owner(path)
        assert mine and mine.pid == os.getpid()


def test_a_killed_process_that_nobody_waited_for_is_dead(path, holder):
    holder.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)  # it stays a zombie
    assert owner(path) is None
    with held(path):
        pass


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_recycled_process_id_is_told_apart(path):
    leave(path, began="1")
    assert owner(path) is None
    with held(path):
        pass


def test_another_machines_lock_is_respected_and_the_machine_named(path):
    leave(path, host="elsewhere", pid=1)
    with pytest.raises(RunError, match="on elsewhere"), held(path):
        pass


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"{}", b"[]", b'{"pid": -1, "host": "HOST"}',
                b'{"pid": 0, "host": "HOST"}', b'{"pid": 1e30, "host": "HOST"}',
                b'{"pid": 4611686018427387904, "host": "HOST"}']
)  # fmt: skip
def test_a_damaged_lock_stands_in_nobodys_way(path, content):
    path.parent.mkdir(parents=True)
    path.write_bytes(content.replace(b"HOST", socket.gethostname().encode()))
    assert owner(path) is None
    with held(path):
        assert owner(path)


def test_a_lock_that_was_taken_from_us_is_left_to_its_owner(path):
    with held(path):
        path.write_bytes(msgspec.json.encode(Owner(1, "elsewhere")))
    assert path.exists()


def test_a_stale_lock_that_another_process_just_took_is_left_to_it(path, monkeypatch):
    leave(path, began="1")
    rival = msgspec.json.encode(Owner(1, "elsewhere"))
    real, looks = lock.owner, 0

    def look_and_be_late(place):
        nonlocal looks
        found, looks = real(place), looks + 1
        if looks == 1:
            path.write_bytes(rival)
        return found

    monkeypatch.setattr(lock, "owner", look_and_be_late)
    with pytest.raises(RunError, match="on elsewhere"), held(path):
        pass
    assert path.read_bytes() == rival
    assert [file.name for file in path.parent.iterdir()] == ["lock"]
