"""What every command prints with."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from rnntui.cli.output import print_json, print_json_line


@pytest.mark.parametrize("print_it", [print_json, print_json_line])
def test_what_is_no_number_is_null_in_json(capfdbinary: Any, print_it: Any) -> None:
    print_it({"state": [1.5, math.inf, (-math.inf, math.nan)], "text": "Infinity"})
    printed = capfdbinary.readouterr().out

    def refused(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    assert json.loads(printed, parse_constant=refused) == {
        "state": [1.5, None, [None, None]],
        "text": "Infinity",
    }
