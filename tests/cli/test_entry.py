"""The first moments of every command."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import command

# Presses Ctrl-C in the midst of the imports, when a module of that name is first looked for.
PRESSED = """
import os, signal, sys
wanted, way, *sys.argv[1:] = sys.argv[1:]
if way == "ignored":
    signal.signal(signal.SIGINT, signal.SIG_IGN)

class Press:
    def find_spec(self, name, path, target=None):
        if name == wanted:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Press())
from rnntui.cli.entry import main
main()
"""


def press(module: str, way: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command, with Ctrl-C pressed when a module is imported."""
    return subprocess.run(
        [sys.executable, "-c", PRESSED, module, way, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("module", ["typer", "rnntui.cli.output", "rnntui.cli.generate", "msgspec"])
def test_ctrl_c_while_a_command_loads_ends_it_without_a_word(module):
    done = press(module, "pressed", "recipes")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_ctrl_c_that_whoever_started_it_had_ignored_stays_ignored():
    done = press("typer", "ignored", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("rnntui ")


def test_ctrl_c_later_is_the_commands_business():
    code = (
        "import os, signal, sys; from rnntui.cli import entry; sys.argv = ['rnntui', '--version'];"
        "sys.exit = lambda code: None; entry.main();"
        "print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True"


def test_a_refusal_that_nobody_reads_is_one_all_the_same():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command("generate", "--length", "-1"), stderr=writer, check=False)
    os.close(writer)
    assert done.returncode == 2
