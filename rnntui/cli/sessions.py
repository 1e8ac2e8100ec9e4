"""`rnntui sessions`: the chats and texts that are kept, without the app."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnntui.cli.given import not_empty
from rnntui.cli.output import print_json, print_table, print_text, say

if TYPE_CHECKING:
    from datetime import datetime

    from rnntui.store.records import Hit, Kind, Session
    from rnntui.store.store import Store

app = typer.Typer(
    help="The chats and texts that are kept: list, search, export, delete.", no_args_is_help=True
)

Id = Annotated[int, typer.Argument(metavar="ID", help="As `rnntui sessions list` shows.")]
Ids = Annotated[list[int], typer.Argument(metavar="ID...", help="As the list shows.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
OfKind = Annotated[str, typer.Option(help="Only these: chat or write.")]
Limit = Annotated[int, typer.Option(min=1, help="How many at most.")]


@app.command("list")
def list_sessions(
    kind: OfKind = "",
    titled: Annotated[str, typer.Option(help="Only those with this in their title.")] = "",
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that were deleted.")] = False,
    limit: Limit = 50,
    offset: Annotated[int, typer.Option(min=0, help="How many to pass over.")] = 0,
    json: Json = False,
) -> None:
    """List sessions, the one last written into first."""
    with _opened() as store:
        listed = store.sessions(
            kind=_kind(kind), titled=titled, deleted=deleted, limit=limit, offset=offset
        )
    if json:
        print_json([_as_json(session) for session in listed])
    elif not listed:
        say("no sessions" if not offset else "no more sessions")
    else:
        rows = [
            (str(s.id), s.kind, _local(s.updated), str(s.turns), s.author.model, s.title)
            for s in listed
        ]
        print_table(("id", "kind", "last written", "turns", "model", "title"), rows)


@app.command("show")
def show(session: Id, json: Json = False) -> None:
    """Show the branch of a session that was followed last. With --json, all of it."""
    _print_exported([session], "json" if json else "markdown")


@app.command("search")
def search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS...",
            help="All must be there; the last may be a beginning. Quote a phrase: '\"to be\"'.",
        ),
    ],
    kind: OfKind = "",
    limit: Limit = 20,
    before: Annotated[int, typer.Option(help="Only places older than this hit.")] = 0,
    json: Json = False,
) -> None:
    """Find words in all sessions, the newest place first."""
    with _opened() as store:
        hits = store.search(" ".join(words), kind=_kind(kind), before=before or None, limit=limit)
    if json:
        print_json([_hit_as_json(hit) for hit in hits])
    elif not hits:
        say("nothing found")
    else:
        rows = [
            (str(hit.session), _local(hit.created), hit.role, hit.snippet.strip(), hit.title)
            for hit in hits
        ]
        print_table(("id", "written", "who", "text", "title"), rows)


@app.command("export")
def export(
    sessions: Annotated[
        list[int] | None, typer.Argument(metavar="[ID...]", help="Without any: all of them.")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="json, with every branch, or markdown, to be read.")
    ] = "json",
    out: Annotated[
        str, typer.Option(help="A file; without, or for -, standard output.", callback=not_empty)
    ] = "",
) -> None:
    """Write sessions out, for reading or for `rnntui sessions import`."""
    if form not in ("json", "markdown"):
        from rnntui.errors import BadOption

        raise BadOption(f"--format is {form!r}", "choose json or markdown")
    if out in ("", "-"):
        _print_exported(sessions, form)
        return
    from rnntui.cli.targets import check_target
    from rnntui.files import write_atomically
    from rnntui.paths import expanded

    path = expanded(out)
    check_target(path, "--out", _is_exported)
    write_atomically(path, _exported(sessions, form))
    say(f"wrote {path}")


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="JSON of `export`.")],
    json: Json = False,
) -> None:
    """Bring exported sessions back, as new ones. All their branches come with them."""
    from rnntui.files import check_plain, file_problem
    from rnntui.store.exchange import MOST_BYTES, from_document

    conversations = []
    for file in files:
        check_plain(file)
        try:
            with file.open("rb") as opened:
                raw = opened.read(MOST_BYTES + 1)
        except OSError as error:
            raise file_problem(error, file, "read") from error
        conversations += from_document(raw, str(file))
    with _opened() as store:
        kept = [store.copy_in(conversation) for conversation in conversations]
    if json:
        print_json([_as_json(session) for session in kept])
    else:
        for session in kept:
            print_text(f"{session.id}\n")
    say(f"{len(kept)} imported")


@app.command("rename")
def rename(
    session: Id,
    name: Annotated[str, typer.Argument(metavar="NAME", help='"": how its text begins.')],
) -> None:
    """Name a session."""
    with _opened() as store:
        store.rename(session, name)


@app.command("delete")
def delete(sessions: Ids) -> None:
    """Delete sessions; `restore` brings them back for a month."""
    from rnntui.store.store import KEPT_DAYS

    with _opened() as store:
        for session in sessions:
            store.session(session)  # all of them are there, or none goes
        for session in sessions:
            store.delete(session)
    ids = " ".join(map(str, sessions))
    say(f"deleted; for {KEPT_DAYS} days `rnntui sessions restore {ids}` undoes it")


@app.command("restore")
def restore(sessions: Ids) -> None:
    """Bring deleted sessions back."""
    with _opened() as store:
        for session in sessions:
            store.restore(session)


@contextmanager
def _opened() -> Iterator[Store]:
    from rnntui.store import open_store

    with open_store() as store:
        if store.notice:
            say(store.notice)
        yield store


def _kind(kind: str) -> Kind | None:
    if kind in ("chat", "write"):
        return kind  # type: ignore[return-value]
    if kind:
        from rnntui.errors import BadOption

        raise BadOption(f"--kind is {kind!r}", "choose chat or write")
    return None


def _print_exported(sessions: list[int] | None, form: str) -> None:
    exported = _exported(sessions, form)
    if form == "json":
        from json import loads

        print_json(loads(exported))
        return
    from rnntui.display import visible

    # Exact into a pipe, harmless on a screen.
    page = exported.decode()
    print_text(visible(page) if sys.stdout.isatty() else page)


def _exported(sessions: list[int] | None, form: str) -> bytes:
    """Return sessions in a form, all of them for None."""
    with _opened() as store:
        ids = sessions or [session.id for session in store.sessions(limit=-1)]
        loaded = [store.load(session) for session in ids]
    if form == "json":
        from rnntui.store.exchange import as_document

        return as_document(loaded)
    from rnntui.store.markdown import as_markdown

    return "\n".join(map(as_markdown, loaded)).encode()


def _is_exported(head: bytes, _: bytes) -> bool:
    """Whether a file that begins so is an earlier export, in either form."""
    from rnntui.store import exchange, markdown

    return exchange.is_document(head) or markdown.is_page(head)


def _local(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}"


def _as_json(session: Session) -> dict[str, Any]:
    from dataclasses import asdict

    fields = asdict(session)
    author = fields.pop("author")
    times = {
        key: time and time.isoformat()
        for key, time in fields.items()
        if key in ("created", "updated", "deleted")
    }
    return {**fields, **author, **times}


def _hit_as_json(hit: Hit) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(hit), "created": hit.created.isoformat()}
