"""`rnntui bench`: how fast this machine is, against peers and against the budgets."""

from __future__ import annotations

from typing import Annotated

import typer

from rnntui.cli.output import print_text, say

ONLY = "startup, correctness, generation, streams, sentiment, training or sessions."
"""The families of `rnntui.bench.run`, which is imported too late to be asked."""


def bench(
    quick: Annotated[
        bool, typer.Option("--quick", help="Measure less of everything: under 40 seconds.")
    ] = False,
    only: Annotated[str, typer.Option(help=ONLY)] = "",
    json: Annotated[
        bool, typer.Option("--json", help="Print the JSON document alone, the lines on stderr.")
    ] = False,
) -> None:
    """Measure speed and correctness against the budgets; ends with one line of JSON.

    A budget that is missed is reported, not an error: machines differ.
    """
    from rnntui.bench.plan import QUICK, Plan
    from rnntui.bench.report import as_text
    from rnntui.bench.run import Bench

    measuring = Bench(QUICK if quick else Plan(), only, quick=quick)
    for entry in measuring.run():
        if json:
            say(as_text(entry))
        else:
            print_text(as_text(entry) + "\n")
    print_text(("" if json else "\n") + measuring.document() + "\n")
