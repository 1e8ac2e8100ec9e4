"""What a step frees is kept for the next, in a process of its own: it cannot be undone."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import json, resource, sys
from rnntui.training.allocator import keep_freed_memory

kept = keep_freed_memory() if sys.argv[1] == "keep" else None

def step():
    bytearray(b"x") * (40 << 20)

for _ in range(20):  # until the holes that small objects leave are all found
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    step()
print(json.dumps([kept, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before]))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc alone can be asked")
def test_what_was_freed_is_used_again_without_a_fault():
    def faults(*arguments: str) -> tuple[bool | None, int]:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, check=True
        )
        kept, count = json.loads(done.stdout)
        return kept, count

    kept, few = faults("keep")
    assert kept
    _, many = faults("as it is")
    assert few < 100 < 1000 < many


def test_elsewhere_it_says_so(monkeypatch: pytest.MonkeyPatch):
    from rnntui.training import allocator

    monkeypatch.setattr(allocator.sys, "platform", "darwin")
    assert allocator.keep_freed_memory() is False
