"""`rnntui list`: the models that are here."""

from __future__ import annotations

from typing import Annotated

import typer

from rnntui.cli.output import print_json, print_table, print_text


def list_models(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show the models that ship, your own, and those pulled from the Hub."""
    from rnntui.checkpoints.facts import figure
    from rnntui.checkpoints.library import entries
    from rnntui.display import human_bytes, human_count

    models = list(entries())
    if json:
        print_json(
            [
                {
                    "name": entry.name,
                    "task": entry.task,
                    "source": entry.source,
                    "parameters": entry.parameters,
                    "bytes": entry.size,
                    **({"repo": str(entry.pulled.name)} if entry.pulled else {}),
                    **({"problem": entry.problem} if entry.problem else {}),
                }
                for entry in models
            ]
        )
        return
    if not models:
        print_text("no models here; train one: rnntui train text FILE\n")
        return
    rows = [
        (
            entry.name,
            entry.task,
            entry.source,
            human_count(entry.parameters),
            human_bytes(entry.size),
            entry.problem or (figure(entry.config) if entry.config else ""),
        )
        for entry in models
    ]
    print_table(("name", "task", "source", "parameters", "size", "figure"), rows)
