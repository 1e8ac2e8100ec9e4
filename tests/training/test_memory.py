"""A training that does not fit is refused before it is begun, and one that runs out says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from rnntui.errors import RecipeError
from rnntui.recipes.schema import TextRecipe
from rnntui.training import memory
from rnntui.training.memory import Need, available, check_memory, needed, shortage_told
from tests.conftest import command, small_config

CPU = torch.device("cpu")
MB = 1 << 20


def need(steps: int = 10, columns: int = 10, **keys: Any) -> Need:
    recipe = TextRecipe(**{"hidden": 1000, "layers": 1, **keys})
    shape = {"hidden": recipe.hidden, "layers": recipe.layers, "embedding": recipe.embedding}
    return needed(small_config(**shape), recipe, steps=steps, columns=columns)


def test_the_need_is_near_what_was_measured() -> None:
    # Peaks of resident memory beyond that of imported torch, in MB: LSTMs over 65 symbols.
    assert need(32, 8, hidden=2000).total / MB == pytest.approx(632, rel=0.2)
    assert need(32, 8, hidden=2000, optimizer="sgd", ema=0.0).total / MB == pytest.approx(
        494, rel=0.2
    )
    assert need(256, 64, hidden=512, layers=2).total / MB == pytest.approx(936, rel=0.2)


def test_each_copy_of_the_weights_and_each_symbol_of_a_batch_is_counted() -> None:
    assert need(ema=0.0).weights < need().weights
    assert need(optimizer="sgd").weights < need(optimizer="rmsprop", layers=2).weights
    assert need(20, 10).batch == need(10, 20).batch == 2 * need(10, 10).batch


@pytest.mark.parametrize(
    ("asked", "lower"),
    [(Need(1 << 50, 0), "--hidden or --layers"), (Need(0, 1 << 50), "--batch-size or --seq-len")],
)
def test_a_training_that_does_not_fit_is_refused_with_what_to_lower(
    asked: Need, lower: str
) -> None:
    with pytest.raises(RecipeError, match=rf"needs about .* GB of memory, and .* lower {lower}"):
        check_memory(asked, CPU, "--batch-size or --seq-len")
    check_memory(Need(1, 1), CPU, "")


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 8 GB free, in a control group without a limit."""
    monkeypatch.setattr(memory, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(memory, "_CGROUPS", tmp_path / "cgroup")
    write(tmp_path / "proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n")
    write(tmp_path / "proc/self/cgroup", "0::/box/job\n")
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def limit(group: Path, most: str, used: int, *, old: bool = False) -> None:
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes") if old else (
        "memory.max", "memory.current"
    )  # fmt: skip
    write(group / names[0], f"{most}\n")
    write(group / names[1], f"{used}\n")
    write(group / "memory.stat", f"anon {used}\ninactive_file {100 * MB}\n")


def test_the_tightest_of_machine_and_control_groups_counts(system: Path) -> None:
    assert available(CPU) == 8 << 30
    limit(system / "cgroup/box/job", "max", 0)
    assert available(CPU) == 8 << 30
    limit(system / "cgroup/box", str(1000 * MB), 500 * MB)
    assert available(CPU) == 600 * MB  # the parent's limit; cached files would make room
    limit(system / "cgroup/box/job", str(300 * MB), 250 * MB)
    assert available(CPU) == 150 * MB


def test_the_older_control_groups_count_too(system: Path) -> None:
    write(system / "proc/self/cgroup", "9:cpu:/x\n7:memory:/box\n")
    limit(system / "cgroup/memory/box", str(1000 * MB), 500 * MB, old=True)
    assert available(CPU) == 600 * MB


def test_what_the_system_does_not_tell_is_no_limit(system: Path) -> None:
    (system / "proc/self/cgroup").unlink()
    (system / "proc/meminfo").write_text("nonsense", "utf-8")
    everything = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert available(CPU) == everything


SHORTAGES = [
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    OSError(12, "Cannot allocate memory"),
]


@pytest.mark.parametrize("error", SHORTAGES, ids=repr)
def test_a_failed_allocation_is_a_sentence(error: Exception) -> None:
    with pytest.raises(RecipeError, match="memory ran out; what was saved stays"), shortage_told():
        raise error


@pytest.mark.parametrize("error", [RuntimeError("shapes differ"), OSError(2, "none"), ValueError()])
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, shortage_told():
        raise error
    assert caught.value is error


BLIND = """
from rnntui.training import memory
memory.available = lambda device: None
from rnntui.cli.main import main
main()
"""


@pytest.mark.parametrize("sees", [True, False], ids=["estimated", "met"])
def test_ulimit_ends_in_one_line(tmp_path: Path, sees: bool) -> None:
    text = tmp_path / "text.txt"
    text.write_text("to be or not to be\n" * 3000, "utf-8")
    options = ["train", "text", str(text), "--hidden", "30000", "--layers", "1"]
    program = command(*options) if sees else [sys.executable, "-c", BLIND, *options]
    limited = ["bash", "-c", 'ulimit -v 3000000; exec "$@"', "-", *program]
    done = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    said = done.stderr.splitlines()[-1]
    assert said.startswith("error: this training needs about" if sees else "error: memory ran out")
    assert "Traceback" not in done.stderr
