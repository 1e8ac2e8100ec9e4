"""The sampling knobs as options, the same of every command that draws characters."""

from __future__ import annotations

from typing import Annotated

import typer

from rnntui.cli.given import not_empty

ModelName = Annotated[
    str,
    typer.Argument(
        metavar="[MODEL]", help="A name or a folder.", show_default=False, callback=not_empty
    ),
]
Temperature = Annotated[
    float | None, typer.Option(help="0 is greedy, 1 as learned, more is wilder.")
]
TopN = Annotated[
    int | None, typer.Option(help="Choose among the N likeliest characters; 0 for all.")
]
TopP = Annotated[
    float | None, typer.Option(help="Choose among the likeliest that make up this share.")
]
MinP = Annotated[
    float | None, typer.Option(help="Leave out what is below this share of the likeliest.")
]
RepetitionPenalty = Annotated[float | None, typer.Option(help="Above 1 avoids recent characters.")]
