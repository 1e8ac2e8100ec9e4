"""`rnntui push`: a model to the Hub, after all that becomes public was shown."""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnntui.cli.output import print_json, print_text, say
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.checkpoints.hub.names import HubName
    from rnntui.checkpoints.hub.parcel import Parcel
    from rnntui.checkpoints.hub.push import Target

_DIFFERENCE = 60
"""Lines at most of how the card there differs."""


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

    target = look(name, private)
    parcel = _with_their_card(parcel, target, replace_card)
    for line in _plan(parcel, target):
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
    from rnntui.checkpoints.folder import SAMPLES
    from rnntui.checkpoints.hub.parcel import make_parcel
    from rnntui.checkpoints.library import find_model
    from rnntui.checkpoints.run_card import Told
    from rnntui.runs import samples

    folder = find_model(model)
    places = (folder / SAMPLES, folder.parent / SAMPLES)
    written = next((samples.newest(samples.read(place)) for place in places if place.exists()), "")
    return make_parcel(folder, repo, Told(license, datasets), written)


def _with_their_card(parcel: Parcel, target: Target, replace_card: bool) -> Parcel:
    """Leave a card that is there and differs as it is, unless told, and show how it differs."""
    from rnntui.checkpoints.folder import CARD

    if target.card is None or target.card == parcel.card:
        return parcel
    theirs, ours = target.card.splitlines(), parcel.card.splitlines()
    names = ("the card there", "this one")
    difference = list(difflib.unified_diff(theirs, ours, *names, n=2, lineterm=""))
    for line in difference[:_DIFFERENCE]:
        say(line)
    if len(difference) > _DIFFERENCE:
        say(f"... and {len(difference) - _DIFFERENCE} lines more")
    if replace_card:
        say("the card there is replaced\n")
        return parcel
    say("the card there differs and is kept; --replace-card would replace it\n")
    return parcel.without(CARD)


def _plan(parcel: Parcel, target: Target) -> Iterator[str]:
    """Yield, line by line, what becomes public and where."""
    from rnntui.checkpoints.folder import CARD
    from rnntui.checkpoints.hub.errors import page
    from rnntui.checkpoints.hub.parcel import header_of, summary
    from rnntui.display import human_bytes, one_line

    branch = f", branch {target.name.revision}" if target.name.revision else ""
    whose = "private" if target.private else "public"
    there = "there already" if target.exists else "new"
    yield f"{page(target.name)}{branch}: {whose}, {there}"
    for file, size in parcel.sizes.items():
        again = "  replaces the one there" if file in target.files else ""
        yield f"  {file.ljust(18)} {human_bytes(size).rjust(8)}{again}"
    for told in summary(parcel.config):
        yield f"tells {told}"
    for path, last in parcel.cut.items():
        yield f"not told: {one_line(path, 200)} becomes {one_line(last, 200)}"
    for warning in parcel.warnings:
        yield f"warning: {warning}"
    if CARD in parcel.files:
        yield "the card begins:"
        yield from (f"  {line}" for line in header_of(parcel.card).splitlines())
        if "\nlicense:" not in parcel.card.partition("\n---\n")[0]:
            yield "note: the card names no licence; --license mit, say, does"


def _dry(parcel: Parcel, name: HubName, private: bool, json: bool) -> None:
    """Show what would be public; the Hub is not asked."""
    from rnntui.checkpoints.hub.push import Target
    from rnntui.display import visible

    target = Target(name, private)
    if json:
        print_json(_document(parcel, target, None))
    else:
        for line in _plan(parcel, target):
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
