"""`rnntui push`: a model to the Hub, after all that becomes public was shown."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnntui.cli.output import print_json, print_text, say
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.checkpoints.hub.names import HubName
    from rnntui.checkpoints.hub.parcel import Parcel
    from rnntui.checkpoints.hub.push import Target

_LICENCE_BY = "--license mit, say, does"


def push(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A name or a folder.")],
    repository: Annotated[
        str, typer.Argument(metavar="OWNER/NAME[@BRANCH]", help="Where on the Hub.")
    ],
    private: Annotated[bool, typer.Option("--private", help="Only you may see it.")] = False,
    license: Annotated[
        str, typer.Option(help="Of the weights, as the Hub spells it: mit, apache-2.0, ...")
    ] = "",
    dataset: Annotated[
        list[str] | None,
        typer.Option(help="A data set of the Hub that it learned; may be repeated."),
    ] = None,
    replace_card: Annotated[
        bool, typer.Option("--replace-card", help="Replace a card there that differs.")
    ] = False,
    message: Annotated[str, typer.Option(help="Of the commit.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be public, and ask nobody.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Share a model on the Hugging Face Hub: its files and card, in one commit.

    Log in first, by `hf auth login` or HF_TOKEN. A card that is there and differs is kept.
    """
    from rnntui.checkpoints.hub.names import hub_name

    name = hub_name(repository)
    if name is None:
        raise BadOption(f"{repository!r} is no name on the Hub", "write owner/name")
    if not (yes or dry_run or _can_ask()):
        raise BadOption(
            "there is no terminal to ask on whether this may become public",
            "give --yes once --dry-run shows nothing that should stay here",
        )
    parcel = _gathered(model, name.repo, license, dataset or [])
    if dry_run:
        _dry(parcel, name, private, json)
        return
    from rnntui.checkpoints.hub.push import look, send
    from rnntui.runs.sharing import plan

    target = look(name, private)
    parcel = _with_their_card(parcel, target, replace_card)
    for line in plan(parcel, target, _LICENCE_BY):
        say(line)
    if not yes:
        typer.confirm(f"push it to {name.repo}?", err=True, abort=True)
    _quiet_bars()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)  # what the Hub says of the card's header
        commit = send(parcel, target, message or f"A {parcel.config.task} model")
    for warning in told:
        if issubclass(warning.category, UserWarning):
            say(f"warning: {warning.message}")
    _tell(parcel, target, commit, json)


def _can_ask() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _gathered(model: str, repo: str, license: str, datasets: list[str]) -> Parcel:
    """Look a model up and gather its files."""
    from rnntui.checkpoints.library import find_model
    from rnntui.checkpoints.run_card import Told
    from rnntui.runs.sharing import gathered

    return gathered(find_model(model), repo, Told(license, datasets))


def _with_their_card(parcel: Parcel, target: Target, replace_card: bool) -> Parcel:
    """Leave a card that is there and differs as it is, unless told, and show how it differs."""
    from rnntui.checkpoints.folder import CARD
    from rnntui.runs.sharing import card_differs, difference

    if not card_differs(parcel, target):
        return parcel
    for line in difference(parcel, target):
        say(line)
    if replace_card:
        say("the card there is replaced\n")
        return parcel
    say("the card there differs and is kept; --replace-card would replace it\n")
    return parcel.without(CARD)


def _dry(parcel: Parcel, name: HubName, private: bool, json: bool) -> None:
    """Show what would be public; the Hub is not asked."""
    from rnntui.checkpoints.hub.push import Target
    from rnntui.display import visible
    from rnntui.runs.sharing import plan

    target = Target(name, private)
    if json:
        print_json(_document(parcel, target, None))
    else:
        for line in plan(parcel, target, _LICENCE_BY):
            print_text(visible(line) + "\n")
    say("nothing was sent, and the Hub was not asked whether the name is free")


def _quiet_bars() -> None:
    """Let the client draw its bars on a terminal alone."""
    if not (sys.stderr is not None and sys.stderr.isatty()):
        from huggingface_hub.utils.tqdm import disable_progress_bars

        disable_progress_bars()


def _tell(parcel: Parcel, target: Target, commit: str, json: bool) -> None:
    from rnntui.checkpoints.hub.errors import page

    if json:
        print_json(_document(parcel, target, commit))
        return
    say(f"pushed as commit {commit[:12]}; anyone who may see it: rnntui pull {target.name}")
    print_text(page(target.name) + "\n")


def _document(parcel: Parcel, target: Target, commit: str | None) -> dict[str, Any]:
    from rnntui.checkpoints.hub.errors import page

    return {
        "repository": target.name.repo,
        "revision": target.name.revision or None,
        "url": page(target.name),
        "private": target.private,
        "commit": commit,
        "files": [{"name": name, "bytes": size} for name, size in parcel.sizes.items()],
        "cut": dict(parcel.cut),
        "warnings": list(parcel.warnings),
    }
