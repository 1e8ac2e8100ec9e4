"""Adding PyTorch on demand, in processes that cannot see torch, with a scripted set-up."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from rnntui.errors import MissingTorch
from rnntui.extras import require_torch

# find_spec answers None for torch until the set-up has left the file `added`.
PROGRAM = """
import importlib.util, sys
from pathlib import Path
find_spec, added = importlib.util.find_spec, Path(sys.argv[1])
importlib.util.find_spec = (
    lambda name, *rest: find_spec("json" if added.exists() else "no_such_module")
    if name == "torch" else find_spec(name, *rest)
)
sys.path.insert(0, str(added.parent / "in_place_of_torch"))
if len(sys.argv) > 2:
    sys.prefix = sys.argv[2]
from rnntui.errors import MissingTorch
from rnntui.extras import require_torch
try:
    require_torch("training")
except MissingTorch as error:
    print(f"{error.what}|{error.fix}")
else:
    print("torch" in sys.modules)
"""


def run(folder: Path, *arguments: Path, setup: Path | None) -> subprocess.CompletedProcess[str]:
    """Calls `require_torch` in a process of its own, where torch is missing."""
    (folder / "in_place_of_torch/torch").mkdir(parents=True)
    (folder / "in_place_of_torch/torch/__init__.py").touch()
    env = {key: value for key, value in os.environ.items() if key != "RNNTUI_SETUP"}
    if setup is not None:
        env["RNNTUI_SETUP"] = str(setup)
    command = [sys.executable, "-c", PROGRAM, str(folder / "added"), *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def scripted_setup(folder: Path, body: str) -> Path:
    """A checkout in `folder` whose set-up does `body`."""
    setup = folder / "scripts/setup"
    setup.parent.mkdir()
    setup.write_text(f"#!/bin/sh\necho set-up $1 >&2\n{textwrap.dedent(body)}")
    setup.chmod(0o755)
    (folder / ".venv").mkdir()
    (folder / "constraints.txt").write_text("tomlkit==1\ntorch==9.8.7\n")
    return setup


def test_where_torch_is_installed_it_is_loaded_and_nothing_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    require_torch("training")
    assert "torch" in sys.modules
    assert gc.isenabled()
    assert capsys.readouterr() == ("", "")


def test_a_torch_that_cannot_be_loaded_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch.py").write_text('raise OSError("libgomp.so.1: cannot open")')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    with pytest.raises(MissingTorch) as error:
        require_torch("training")
    assert "cannot be loaded: libgomp.so.1" in error.value.what
    assert "--force-reinstall" in error.value.fix
    assert gc.isenabled()


def test_outside_a_checkout_the_error_says_what_to_install(tmp_path: Path) -> None:
    done = run(tmp_path, setup=None)
    assert done.stdout == (
        "training needs PyTorch, which is not installed|run: pip install 'rnntui[train]'\n"
    )


def test_an_environment_that_is_not_the_checkouts_own_is_left_alone(tmp_path: Path) -> None:
    setup = scripted_setup(tmp_path, "exit 0")
    done = run(tmp_path, setup=setup)
    assert "pip install 'rnntui[train]'" in done.stdout
    assert "set-up" not in done.stderr


def test_in_a_checkout_torch_is_added_saying_what_and_how_large(tmp_path: Path) -> None:
    setup = scripted_setup(tmp_path, f'touch "{tmp_path / "added"}"')
    done = run(tmp_path, tmp_path / ".venv", setup=setup)
    said, did = done.stderr.splitlines()
    assert said.startswith("training needs PyTorch 9.8.7: adding it to .venv (about ")
    assert "MB to download" in said
    assert did == "set-up train"
    assert done.stdout == "True\n"  # and loaded


def test_a_failed_set_up_ends_in_the_next_step(tmp_path: Path) -> None:
    setup = scripted_setup(tmp_path, "exit 2")
    done = run(tmp_path, tmp_path / ".venv", setup=setup)
    what, fix = done.stdout.strip().split("|")
    assert "training needs PyTorch 9.8.7" in what
    assert "failed" in what
    assert fix.endswith(f"{setup} train")
