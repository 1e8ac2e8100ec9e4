"""The set-up scripts, in a small checkout of their own with a scripted Python and pip.

Nothing is downloaded and the repository's own .venv is never touched: PATH holds only the handful
of tools the scripts use and the fakes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
TOOLS = "bash cat chmod cksum cp dirname env find grep ls mkdir mv readlink rm sleep tail touch"

# Plays both the system's Python and the one in .venv. What it answers lies in files of FAKE, so
# that a test can change its mind between two runs. The lock is taken by a real Python.
FAKE_PYTHON = """#!/usr/bin/env bash
case "$1 $2 ${3:-}" in
"-c import fcntl"*) exec "$REAL_PYTHON" -I -S "$@" ;;
"-I -c import os, sys"*) cat "$FAKE/answers/${0##*/}" ;;
"-I -c import sys, pip"*) exit 0 ;;
"-I -m venv")
    echo "venv" >>"$FAKE/calls"
    mkdir -p "$4/bin" "$4/lib/python3.12/site-packages"
    echo "version = 3.12.1" >"$4/pyvenv.cfg"
    cp "$0" "$4/bin/python" ;;
"-I -m pip")
    echo "pip $* index=${PIP_INDEX_URL:-}" >>"$FAKE/calls"
    case "$*" in *" -e "*) . "$FAKE/pip" ;; esac ;;
*) echo "unexpected: $*" >&2; exit 99 ;;
esac
"""

INSTALL = """
touch .venv/lib/python3.12/site-packages/rnntui.pth
for tool in rnntui ruff mypy lint-imports pytest; do
    cp "$FAKE/tool" ".venv/bin/$tool"
done
"""
FAKE_TOOL = """#!/usr/bin/env bash
echo "ran ${0##*/} in $PWD with $* setup=${RNNTUI_SETUP:-} threads=${OMP_NUM_THREADS:-}"
[ ! -e "$FAKE/fail-${0##*/}" ] || exit 3
"""


class Checkout:
    """A checkout with the real scripts, and the fakes that they find."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a check out"
        self.fake = folder / "fake"
        self.tools = folder / "tools"
        self.venv = self.root / ".venv"
        shutil.copytree(SCRIPTS, self.root / "scripts")
        (self.root / "pyproject.toml").write_text("[project]\n")
        (self.root / "constraints.txt").write_text("numpy==2\n")
        (self.fake / "answers").mkdir(parents=True)
        self.tools.mkdir()
        for tool in TOOLS.split():
            (self.tools / tool).symlink_to(shutil.which(tool) or "/nowhere")
        self._executable(self.tools / "sync", "#!/usr/bin/env bash\n")
        self._executable(self.fake / "tool", FAKE_TOOL)
        self.pip_does(INSTALL)

    @staticmethod
    def _executable(path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)

    def python(self, name: str, version: str, state: str = "whole") -> None:
        """Puts a Python on PATH that gives itself out as `version`."""
        self._executable(self.tools / name, FAKE_PYTHON)
        answer = f"{version} {state} {self.tools / name}\n"
        (self.fake / "answers" / name).write_text(answer)

    def pip_does(self, script: str) -> None:
        """Scripts what `pip install -e` does."""
        (self.fake / "pip").write_text(script)

    def calls(self) -> list[str]:
        """What was asked of Python's venv and pip so far, oldest first."""
        path = self.fake / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def start(
        self, *command: str | Path, cwd: Path | None = None, **env: str
    ) -> subprocess.Popen[str]:
        """Starts a command in a process group of its own, with nothing but the fakes on PATH."""
        return subprocess.Popen(
            command,
            cwd=cwd or self.root.parent,
            env={
                "PATH": str(self.tools),
                "FAKE": str(self.fake),
                "REAL_PYTHON": sys.executable,
                **env,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(
        self, *command: str | Path, cwd: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        with self.start(*command, cwd=cwd, **env) as process:
            out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def setup(self, level: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Runs scripts/setup."""
        return self.run(self.root / "scripts/setup", level, cwd=None, **env)

    def set_up(self, level: str = "core") -> None:
        """Runs scripts/setup, which must succeed."""
        done = self.setup(level)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout without a .venv, and a Python 3.12 to make it with."""
    made = Checkout(tmp_path)
    made.python("python3", "3.12")
    return made


def wait_for(path: Path) -> None:
    """Waits until a fake has left its sign."""
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.005)


# --- which Python


@pytest.mark.parametrize(
    ("version", "state", "says"),
    [
        ("3.10", "whole", ["found only Python 3.10", "apt install", "dnf install", "brew install"]),
        ("3.15", "whole", ["3.15 is newer", "3.14, 3.13, 3.12 or 3.11", "RNNTUI_PYTHON"]),
        ("3.11", "bare", ["Python 3.11", "lacks venv", "apt install python3.11-venv"]),
    ],
)
def test_an_unfit_python_is_named_with_what_to_install(
    checkout: Checkout, version: str, state: str, says: list[str]
) -> None:
    checkout.python("python3", version, state)
    done = checkout.setup("core")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert not [part for part in says if part not in done.stderr]
    assert checkout.calls() == []


def test_no_python_at_all_is_an_error_too(checkout: Checkout) -> None:
    (checkout.tools / "python3").unlink()
    done = checkout.setup("core")
    assert done.returncode == 2
    assert "needs Python 3.11 to 3.14 and found none" in done.stderr


def test_a_fit_python_beside_unfit_ones_is_found(checkout: Checkout) -> None:
    checkout.python("python3", "3.15")
    checkout.python("python3.13", "3.13", "bare")
    checkout.python("python3.11", "3.11")
    checkout.set_up()
    assert checkout.calls()[0] == "venv"


def test_the_python_named_by_the_user_comes_first(checkout: Checkout) -> None:
    checkout.python("mine", "3.13")
    checkout.python("python3", "3.15")
    assert checkout.setup("core", RNNTUI_PYTHON=str(checkout.tools / "mine")).returncode == 0


# --- what is installed, and when


def test_the_first_set_up_says_so_in_one_line_and_the_next_does_nothing(
    checkout: Checkout,
) -> None:
    first = checkout.setup("core")
    assert first.returncode == 0
    assert first.stderr.startswith("setting up .venv (about ")
    assert first.stderr.count("\n") == 1
    assert len(checkout.calls()) == 3  # venv, the build backend, the project
    second = checkout.setup("core")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert len(checkout.calls()) == 3


def test_pip_is_held_to_the_pins_and_keeps_its_own_index_settings(checkout: Checkout) -> None:
    checkout.setup("train", PIP_INDEX_URL="file:///mirror")
    calls = [call for call in checkout.calls() if call.startswith("pip")]
    assert len(calls) == 2
    for call in calls:
        assert "--constraint constraints.txt" in call
        assert call.endswith("index=file:///mirror")
        assert "index-url" not in call
    assert "-e .[train]" in calls[-1]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_are_installed_into_the_same_venv(
    checkout: Checkout, name: str
) -> None:
    checkout.set_up()
    (checkout.root / name).write_text("[changed]\n")
    checkout.set_up()
    assert checkout.calls().count("venv") == 1
    assert len(checkout.calls()) == 5
    checkout.set_up()
    assert len(checkout.calls()) == 5


def test_a_higher_level_holds_the_lower_ones(checkout: Checkout) -> None:
    checkout.set_up("dev")
    before = checkout.calls()
    checkout.set_up("core")
    checkout.set_up("train")
    assert checkout.calls() == before


def test_a_lower_level_does_not_hold_a_higher_one(checkout: Checkout) -> None:
    checkout.set_up("core")
    checkout.set_up("train")
    assert "-e .[train]" in checkout.calls()[-1]


def test_changed_requirements_renew_pytorch_too_where_it_was(checkout: Checkout) -> None:
    checkout.set_up("train")
    (checkout.root / "constraints.txt").write_text("torch==3\n")
    checkout.set_up("core")
    assert "-e .[train]" in checkout.calls()[-1]


# --- broken off, broken, moved


def test_a_venv_broken_off_at_an_unknown_point_is_made_anew(checkout: Checkout) -> None:
    checkout.set_up()
    (checkout.venv / ".rnntui-busy").touch()
    half_unpacked = checkout.venv / "lib/python3.12/site-packages/torch"
    half_unpacked.mkdir()
    checkout.set_up()
    assert not half_unpacked.exists()
    assert not (checkout.venv / ".rnntui-busy").exists()
    assert checkout.calls().count("venv") == 2


def test_a_venv_without_its_stamp_is_completed(checkout: Checkout) -> None:
    checkout.set_up()
    (checkout.venv / ".rnntui-core").unlink()
    checkout.set_up()
    assert checkout.calls().count("venv") == 1
    assert len(checkout.calls()) == 5


def test_after_a_kill_the_next_set_up_waits_for_the_orphaned_pip_and_mends(
    checkout: Checkout,
) -> None:
    started = checkout.fake / "started"
    orphan = checkout.fake / "orphan"
    checkout.pip_does(
        f'touch .venv/lib/python3.12/site-packages/torn "{started}"; sleep 0.6; touch "{orphan}"'
    )
    with checkout.start(checkout.root / "scripts/setup", "core") as broken:
        wait_for(started)
        broken.kill()
    checkout.pip_does(INSTALL)
    done = checkout.setup("core")
    assert done.returncode == 0
    assert "waiting for it" in done.stderr
    assert orphan.exists()
    assert not (checkout.venv / "lib/python3.12/site-packages/torn").exists()


def test_ctrl_c_during_the_download_leaves_what_was_there(checkout: Checkout) -> None:
    checkout.set_up("core")
    started = checkout.fake / "started"
    checkout.pip_does(f'touch "{started}"; trap "exit 1" INT; sleep 20 & wait')
    with checkout.start(checkout.root / "scripts/setup", "train") as process:
        wait_for(started)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=120) == 130
    before = checkout.calls()
    checkout.set_up("core")
    assert checkout.calls() == before


def test_a_failed_download_is_told_and_leaves_what_was_there(checkout: Checkout) -> None:
    checkout.set_up("core")
    checkout.pip_does("echo 'ERROR: no route to host' >&2; exit 1")
    done = checkout.setup("train")
    assert done.returncode == 2
    assert "ERROR: no route to host\nerror: pip could not install" in done.stderr
    assert "run this again" in done.stderr
    before = checkout.calls()
    checkout.set_up("core")
    assert checkout.calls() == before


def test_an_installation_that_failed_half_way_is_made_anew(checkout: Checkout) -> None:
    checkout.set_up("core")
    checkout.pip_does("touch .venv/lib/python3.12/site-packages/torn; exit 1")
    assert checkout.setup("train").returncode == 2
    checkout.pip_does(INSTALL)
    checkout.set_up("core")
    assert checkout.calls().count("venv") == 2
    assert not (checkout.venv / "lib/python3.12/site-packages/torn").exists()


def test_a_venv_whose_python_was_upgraded_away_is_made_anew(checkout: Checkout) -> None:
    checkout.set_up()
    (checkout.venv / "bin/python").unlink()
    (checkout.venv / "bin/python").symlink_to("/nowhere/python3.12")
    checkout.set_up()
    assert checkout.calls().count("venv") == 2


def test_a_moved_checkout_gets_a_new_venv(checkout: Checkout) -> None:
    checkout.set_up()
    moved = checkout.root.rename(checkout.root.parent / "moved")
    assert checkout.run(moved / "scripts/setup", "core").returncode == 0
    assert checkout.calls().count("venv") == 2


def test_two_set_ups_at_once_install_once(checkout: Checkout) -> None:
    started = checkout.fake / "started"
    checkout.pip_does(f'touch "{started}"; sleep 0.3' + INSTALL)
    command = (checkout.root / "scripts/setup", "core")
    with checkout.start(*command) as first:
        wait_for(started)
        second = checkout.run(*command)
        assert first.wait(timeout=120) == 0
    assert second.returncode == 0
    assert second.stderr == "another set-up is at work in .venv; waiting for it ...\n"
    assert len(checkout.calls()) == 3


def test_a_checkout_that_cannot_be_written_is_an_error(checkout: Checkout) -> None:
    checkout.venv.write_text("in the way")
    done = checkout.setup("core")
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write ")


@pytest.mark.parametrize("arguments", [[], ["all"], ["core", "dev"]])
def test_an_unknown_level_is_an_error(checkout: Checkout, arguments: list[str]) -> None:
    done = checkout.run(checkout.root / "scripts/setup", *arguments)
    assert done.returncode == 2
    assert "core, train, dev" in done.stderr


# --- the other scripts


@pytest.mark.parametrize("target", ["absolute", "relative"])
def test_rnntui_runs_through_a_link_in_the_users_directory(
    checkout: Checkout, tmp_path: Path, target: str
) -> None:
    here = tmp_path / "else where"
    here.mkdir()
    script = checkout.root / "scripts/rnntui"
    (here / "link").symlink_to(script if target == "absolute" else os.path.relpath(script, here))
    done = checkout.run("./link", "generate", "two words", cwd=here)
    assert done.returncode == 0, done.stderr
    setup = checkout.root / "scripts/setup"
    assert done.stdout.startswith(f"ran rnntui in {here} with generate two words setup={setup} ")


def test_rnntui_does_not_start_on_a_failed_set_up(checkout: Checkout) -> None:
    checkout.pip_does("exit 1")
    done = checkout.run(checkout.root / "scripts/rnntui", "list")
    assert (done.returncode, done.stdout) == (2, "")


def test_the_test_script_stops_at_the_first_failure_with_its_exit_code(
    checkout: Checkout,
) -> None:
    (checkout.fake / "fail-lint-imports").touch()
    done = checkout.run(checkout.root / "scripts/test")
    assert done.returncode == 3
    assert "ran ruff" in done.stdout
    assert "== layers: FAILED after" in done.stdout
    assert "ran pytest" not in done.stdout


@pytest.mark.parametrize(("tool", "step"), [("mypy", "types"), ("pytest", "tests")])
def test_types_and_tests_run_beside_each_other_and_either_fails_the_whole(
    checkout: Checkout, tool: str, step: str
) -> None:
    (checkout.fake / f"fail-{tool}").touch()
    done = checkout.run(checkout.root / "scripts/test")
    assert done.returncode == 3
    assert f"== {step}: FAILED after" in done.stdout
    assert "ran pytest" in done.stdout


def test_the_test_script_hands_its_arguments_to_pytest_alone(checkout: Checkout) -> None:
    done = checkout.run(checkout.root / "scripts/test", "-k", "two words")
    assert done.returncode == 0
    assert done.stdout == f"ran pytest in {checkout.root} with -k two words setup= threads=1\n"
