"""`rnntui doctor`: what is installed, where things lie, and what is wrong with them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import sys
from pathlib import Path
from typing import Annotated

import typer

from rnntui import __version__, paths
from rnntui.cli.output import print_json, print_table
from rnntui.errors import RnntuiError

PACKAGES = ("numpy", "safetensors", "msgspec", "rich", "typer", "torch")


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check the installation; exit 2 when something would not work."""
    facts = [*_software(), *_machine(), *_folders(), *_models()]
    wrong = [fact for fact in facts if fact[2]]
    if json:
        print_json(
            {
                "ok": not wrong,
                "facts": {name: value for name, value, _ in facts},
                "problems": {name: problem for name, _, problem in wrong},
            }
        )
    else:
        print_table(
            ("what", "found", "problem"), [(name, value, problem) for name, value, problem in facts]
        )
    if wrong:
        names = ", ".join(name for name, _, _ in wrong)
        raise RnntuiError(f"something would not work: {names}", "see the problem beside each")


Fact = tuple[str, str, str]
"""What, what was found, and what is wrong with it ("" for nothing)."""


def _software() -> list[Fact]:
    facts = [("rnntui", __version__, ""), ("python", platform.python_version(), "")]
    for package in PACKAGES:
        if importlib.util.find_spec(package) is None:
            optional = package == "torch"
            missing = "not installed; only training needs it" if optional else "missing"
            facts.append((package, missing, "" if optional else "install rnntui again"))
        else:
            facts.append((package, importlib.metadata.version(package), ""))
    return facts


def _machine() -> list[Fact]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    terminal = os.environ.get("TERM", "none") if sys.stdout.isatty() else "none (a pipe)"
    encoding = sys.stdout.encoding or "?"
    return [
        ("system", f"{platform.system()} {platform.machine()}", ""),
        ("cores", str(cores), ""),
        ("terminal", f"{terminal}, {encoding}", ""),
    ]


def _folders() -> list[Fact]:
    places = {
        "models and runs": paths.data(),
        "cache": paths.cache(),
        "state": paths.state(),
        "settings": paths.config(),
    }
    facts = [(name, str(folder), _unwritable(folder)) for name, folder in places.items()]
    corpora = os.environ.get("RNNTUI_DATA")
    if corpora:
        problem = "" if paths.expanded(corpora).is_dir() else "no such folder"
        facts.append(("RNNTUI_DATA", corpora, problem))
    return facts


def _unwritable(folder: Path) -> str:
    """Why a folder could not be written, looking at its nearest parent that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        return f"{folder} is a file"
    return "" if os.access(folder, os.W_OK) else f"no right to write into {folder}"


def _models() -> list[Fact]:
    from rnntui.checkpoints.library import entries

    found = list(entries())
    facts: list[Fact] = [("models", str(len(found)), "" if found else "none: install rnntui again")]
    facts += [(f"model {e.name}", "damaged", e.problem) for e in found if e.problem]
    return facts
