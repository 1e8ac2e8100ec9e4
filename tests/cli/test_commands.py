"""The commands by name: one page lists them, and each is imported when it is run."""

from __future__ import annotations

import pytest

from rnntui.cli.commands import COMMANDS
from tests.conftest import Rnntui


def test_the_help_lists_each_on_one_whole_line(in_process: Rnntui) -> None:
    page = in_process("--help").stdout.decode()
    listed = page.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split(maxsplit=1) for line in listed] == [
        [name, place.help] for name, place in COMMANDS.items()
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_is_there_and_tells_what_it_takes(in_process: Rnntui, name: str) -> None:
    page = in_process(name, "--help").stdout.decode()
    assert page.startswith(f"Usage: rnntui {name} ")


@pytest.mark.parametrize("name", ["config", "data", "recipes", "sessions", "train"])
def test_no_line_of_a_group_s_help_is_cut(
    in_process: Rnntui, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    commands = in_process(name, "--help").text.partition("Commands:\n")[2]
    assert commands and "..." not in commands


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["generat"], "no such command 'generat'; did you mean 'generate'?"),
        (["train", "txt"], "no such command 'txt'; did you mean 'text'?"),
        (["--modle", "x"], "no such option: --modle; did you mean --mode or --model?"),
        (["generate", "--length", "x"], "--length is 'x'; give a whole number"),
        (["generate", "--length", "1e3"], "--length is '1e3'; give a whole number"),
        (["generate", "--temperature", "hot"], "--temperature is 'hot'; give a number"),
        (["generate", "--prompt"], "--prompt has no value; give it one"),
        (["generate", "--json=yes"], "--json takes no value; write it alone"),
        (["sessions", "show", "x"], "ID is 'x'; give a whole number"),
        (["sessions", "list", "--limit", "0"], "--limit is 0; choose 1 or more"),
        (["config", "set", "nope", "1"], "'nope' is no setting; did you mean pace?"),
        (
            ["config", "set", "temperature", "--", "-1"],
            "temperature is -1; choose 0 (greedy) to 1000",
        ),
        (
            ["config", "set", "temperature", "-1"],
            "-1 is read as an option; put -- before a negative number",
        ),
        (["xyzzy"], "no such command 'xyzzy'; `rnntui --help` shows what it takes"),
    ],
)
def test_a_slip_is_answered_with_what_is_near(refusal: Rnntui, typed: list[str], said: str) -> None:
    assert refusal(*typed).complaint == f"error: {said}"


@pytest.mark.parametrize(
    "arguments",
    [("generate", ""), ("chat", ""), ("sentiment", "hi", "--model", ""), ("--model=",),
     ("forecast", "", "x.csv"), ("forecast", "x.csv", "--csv="), ("compare", "x", "--html", ""),
     ("train", "text", "x.txt", "--name", ""), ("train", "forecast", "x.csv", "--out="),
     ("train", "sentiment", ""), ("train", "text", "--resume", ""),
     ("import", "x.pt", "--name", ""), ("import", "x.pt", "--vocabulary="),
     ("sessions", "export", "--out", "")],
    ids=" ".join,
)  # fmt: skip
def test_what_is_given_as_nothing_is_not_taken_for_left_out(
    refusal: Rnntui, arguments: tuple[str, ...]
) -> None:
    assert " is empty; give it a value or leave it out" in refusal(*arguments).complaint
