"""The quick way into the app takes exactly what opens it; all else goes to the parser."""

from __future__ import annotations

import pytest

from rnntui.cli.entry import app_options


@pytest.mark.parametrize(
    ("line", "options"),
    [("", {}),
     ("--model tiny", {"model": "tiny"}),
     ("--model=tiny --mode write", {"model": "tiny", "mode": "write"}),
     ("--engine=ssh=box", {"engine": "ssh=box"}),
     ("--model --mode", {"model": "--mode"}),
     ("--model", None), ("--mode= --help", None), ("--model=", None),
     ("--help", None), ("--version", None),
     ("list", None), ("--modle tiny", None), ("--model tiny list", None), ("--", None)],
)  # fmt: skip
def test_only_its_own_options_open_the_app(line: str, options: dict[str, str] | None) -> None:
    assert app_options(line.split()) == options
