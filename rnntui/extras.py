"""PyTorch on demand: the core does without it, and the first command that needs it adds it.

Run from a checkout by `scripts/rnntui`, which names its set-up script in `RNNTUI_SETUP`, a missing
PyTorch is installed into the checkout's own `.venv`. Everywhere else nothing is installed: an
environment that somebody else keeps is theirs to change. This module must not import torch at its
top.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import platform
import shlex
import subprocess
import sys
from pathlib import Path

from rnntui.errors import MissingTorch


def require_torch(why: str) -> None:
    """Returns once torch is imported, installing it first where that is ours to do.

    Call it before anything else imports torch: it also sets what torch's threads read then.

    It talks on stderr and may take minutes, so call it before a terminal app takes the screen.

    Args:
        why: what needs PyTorch, as the subject of the sentence "`why` needs PyTorch".

    Raises:
        MissingTorch: if torch is not installed and was not, or could not be, added; or if what is
            installed cannot be loaded.
    """
    # OpenMP threads that wait spin, by default for milliseconds, on a core that another program
    # needs: beside two busy processes a 2x512 LSTM trained at 190 characters a second, with short
    # spins at 4,000; on a free machine both reach 10,500. Read once, when torch is imported.
    os.environ.setdefault("GOMP_SPINCOUNT", "3000")
    if importlib.util.find_spec("torch") is not None:
        _load(why)
        return
    setup = _own_setup()
    if setup is None:
        raise MissingTorch(
            f"{why} needs PyTorch, which is not installed", "run: pip install 'rnntui[train]'"
        )
    torch = _pinned_torch(setup.parent.parent)
    sys.stderr.write(f"{why} needs {torch}: adding it to .venv ({_download_size()})\n")
    sys.stderr.flush()
    if _run(setup) != 0:
        raise MissingTorch(
            f"{why} needs {torch}, and adding it to .venv failed (the reason is above)",
            f"mend that, then run this command again, or: {shlex.quote(str(setup))} train",
        )
    importlib.invalidate_caches()
    if importlib.util.find_spec("torch") is None:
        raise MissingTorch(f"{why} needs {torch}, which was only now added", "run it again")
    _load(why)


def _load(why: str) -> None:
    """Import torch without the garbage collector.

    It would walk the same objects again and again to find that all of them stay: a sixth of the
    time (1.25 s against 1.55 s, medians of 9).
    """
    if "torch" in sys.modules:
        return
    gc.disable()
    try:
        importlib.import_module("torch")
    except (ImportError, OSError) as error:  # a library of the system's that is missing, say
        raise MissingTorch(
            f"{why} needs PyTorch, and what is installed cannot be loaded: {error}",
            "install it anew: pip install --force-reinstall 'rnntui[train]'",
        ) from None
    finally:
        gc.enable()
    gc.freeze()


def _own_setup() -> Path | None:
    """The set-up script of the checkout whose `.venv` runs this process, if it is that."""
    named = os.environ.get("RNNTUI_SETUP")
    if not named or not Path(named).is_file():
        return None
    setup = Path(named).resolve()
    venv = setup.parent.parent / ".venv"
    return setup if Path(sys.prefix).resolve() == venv.resolve() else None


def _pinned_torch(root: Path) -> str:
    """Names PyTorch, with the version that `constraints.txt` pins where it can be read."""
    try:
        lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "PyTorch"
    versions = [line.removeprefix("torch==") for line in lines if line.startswith("torch==")]
    return f"PyTorch {versions[0]}" if versions else "PyTorch"


def _download_size() -> str:
    """How much pip will fetch, by platform; torch 2.13's wheels and what they depend on."""
    if platform.system() == "Linux":
        # 192 MB; 527 MB (x86-64) with 2.2 GB of CUDA libraries and Triton beside it.
        return (
            "about 200 MB to download for a CPU build; "
            "the default build for Linux brings CUDA libraries, about 3 GB"
        )
    return "about 120 MB to download"


def _run(setup: Path) -> int:
    """Runs the set-up and waits for it, through Ctrl-C too.

    The terminal hands Ctrl-C to the set-up as well, which then needs a moment to leave `.venv`
    clean; `subprocess.run` would kill it after a quarter of a second.

    Raises:
        KeyboardInterrupt: after the set-up has ended, if Ctrl-C was pressed.
    """
    interrupted = False
    # All that the set-up says goes to stderr: stdout is data, and may be piped.
    with subprocess.Popen([setup, "train"], stdin=subprocess.DEVNULL) as child:
        while True:
            try:
                status = child.wait()
                break
            except KeyboardInterrupt:
                interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    return status
