"""`rnntui pull`: a model of the Hub; and the same for a MODEL that another command names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rnntui.cli.output import print_json, print_text, say
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.checkpoints.hub.index import Pulled
    from rnntui.checkpoints.hub.names import HubName
    from rnntui.checkpoints.hub.pull import Plan


def pull(
    model: Annotated[
        str, typer.Argument(metavar="OWNER/REPO[@REVISION]", help="A model of the Hub.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be fetched, and stop.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Fetch a model from the Hugging Face Hub; it is in `rnntui list` then.

    Only weights and texts of our own format come, never code. HF_TOKEN, HF_HOME, HF_ENDPOINT and
    HF_HUB_OFFLINE work as everywhere.
    """
    from rnntui.checkpoints.hub.names import hub_name

    name = hub_name(model)
    if name is None:
        raise BadOption(f"{model!r} is no name on the Hub", "write owner/repo or owner/repo@v1")
    if dry_run:
        _show_plan(name, json)
        return
    done = _fetch(name)
    if json:
        print_json(_document(done))
    else:
        print_text(f"{_shown_name(done)}\n")


def fetch_missing(name: HubName) -> Pulled:
    """Fetch a model that a command names and that is not here.

    Raises:
        HubError, CheckpointError, FileProblem: as `checkpoints.hub.pull.pull`.
    """
    say(f"{name} is not here yet; fetching it, once")
    return _fetch(name)


def _fetch(name: HubName) -> Pulled:
    """Fetch a model, and show on stderr what comes and how far it is."""
    from rnntui.checkpoints.hub.errors import HubError
    from rnntui.checkpoints.hub.pull import look, pull
    from rnntui.checkpoints.hub.watch import Watch
    from rnntui.cli.progress import bytes_shown

    watch = Watch(say=say)
    plan: Plan | None = None
    try:
        plan = look(name, watch)
        for line in _told(plan):
            say(line)
    except HubError as error:
        if error.reason not in ("offline", "unreachable"):
            raise  # what is in the cache needs no plan
    try:
        with bytes_shown(str(name), plan.bytes if plan else 0) as tell:
            done = pull(name, plan, progress=lambda p: tell(p.done, p.total), watch=watch)
    except KeyboardInterrupt:
        say("stopped; files that were whole are kept")
        raise
    return done


def _told(plan: Plan) -> list[str]:
    """What will come, a line for each file."""
    from rnntui.display import human_bytes, one_line

    licence = one_line(plan.licence) if plan.licence else "none named"
    lines = [
        f"{plan.name} at {plan.commit[:12]}: {human_bytes(plan.bytes)}, licence: {licence}",
    ]
    return lines + [f"  {file.name.ljust(18)} {human_bytes(file.size)}" for file in plan.files]


def _show_plan(name: HubName, json: bool) -> None:
    from rnntui.checkpoints.hub.pull import look
    from rnntui.checkpoints.hub.watch import Watch
    from rnntui.display import visible

    plan = look(name, Watch(say=say))
    if json:
        print_json(
            {
                "repo": plan.name.repo,
                "revision": plan.name.revision or None,
                "commit": plan.commit,
                "licence": plan.licence or None,
                "bytes": plan.bytes,
                "files": {file.name: file.size for file in plan.files},
            }
        )
    else:
        print_text(visible("\n".join(_told(plan)) + "\n"))


def _document(done: Pulled) -> dict[str, object]:
    from pathlib import Path

    return {
        "name": _shown_name(done),
        "repo": done.repo,
        "revision": done.revision or None,
        "commit": done.commit,
        "path": done.folder,
        "bytes": sum(path.stat().st_size for path in Path(done.folder).iterdir() if path.is_file()),
    }


def _shown_name(done: Pulled) -> str:
    """What `rnntui list` calls it."""
    from rnntui.checkpoints.library import entries

    names = (entry.name for entry in entries() if entry.pulled and entry.pulled.name == done.name)
    return next(names, str(done.name))
