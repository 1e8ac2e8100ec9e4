"""What a command does not need it does not load: half a second here is felt at every start."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from rnntui.cli.commands import COMMANDS
from tests.conftest import command

LIST = """
import atexit, json, sys
atexit.register(lambda: sys.stderr.write("\\n" + json.dumps(sorted(sys.modules))))
sys.argv = ["rnntui", *sys.argv[1:]]
from rnntui.cli.main import main
main()
"""
HEAVY = {"torch", "textual", "huggingface_hub", "polars"}


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", LIST, *arguments], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["list"], ["list", "--json"], ["recipes"],
                  ["sessions", "list"], ["recipes", "show", "chapter/hello"],
                  ["generate", "--help"],
                  ["train", "text", "--help"], ["doctor"]],
    ids=" ".join,
)  # fmt: skip
def test_it_loads_nothing_heavy_and_no_numpy(make_model, arguments):
    make_model()
    modules = loaded(*arguments)
    assert "rnntui.cli.main" in modules
    assert not modules & (HEAVY | {"numpy", "safetensors"})


def test_a_command_is_loaded_when_it_is_run():
    every = {f"rnntui.cli.{place.module}" for place in COMMANDS.values()}
    assert not loaded("--help") & every
    assert loaded("doctor") & every == {"rnntui.cli.doctor"}


def test_showing_a_model_loads_nothing_heavy(make_model):
    assert not loaded("show", str(make_model())) & HEAVY


def test_writing_and_scoring_load_no_torch(make_model, tmp_path):
    model = str(make_model())
    text = tmp_path / "text.txt"
    text.write_text("some words to score\n" * 20)
    assert not loaded("generate", model, "--length", "5") & HEAVY
    assert not loaded("generate", model, "--length", "5", "--streams", "2", "--json") & HEAVY
    assert not loaded("eval", model, str(text)) & HEAVY


def test_importing_the_package_costs_nothing():
    code = "import rnntui, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & (HEAVY | {"numpy", "msgspec", "typer"})


def test_the_module_runs_as_the_command_does():
    done = subprocess.run(command("--version"), capture_output=True, text=True, check=True)
    assert done.stdout.startswith("rnntui ")
