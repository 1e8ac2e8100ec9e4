"""`rnntui data`: the corpora that have a name, and fetching one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnntui.cli.output import print_json, print_table, print_text, say
from rnntui.cli.progress import bytes_shown

if TYPE_CHECKING:
    from rnntui.data.named import NamedCorpus

app = typer.Typer(help="List the named corpora, or get one.", no_args_is_help=True)


@app.command("list")
def list_corpora(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the named corpora, and where each can be had."""
    from rnntui.data.finding import place
    from rnntui.data.named import corpora
    from rnntui.display import human_bytes

    if json:
        print_json(
            [
                {
                    "name": corpus.name,
                    "aliases": list(corpus.aliases),
                    "task": corpus.task,
                    "about": corpus.about,
                    "licence": corpus.licence,
                    "where": place(corpus),
                    "file": corpus.file,
                    "bytes": corpus.bytes,
                    "sha256": corpus.sha256,
                    "url": corpus.page or None,
                }
                for corpus in corpora().values()
            ]
        )
        return
    rows = [
        (
            corpus.name,
            corpus.task,
            place(corpus),
            human_bytes(corpus.bytes),
            corpus.about,
            corpus.licence,
        )
        for corpus in corpora().values()
    ]
    print_table(("name", "for", "where", "size", "what", "licence"), rows)


@app.command("get")
def get(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A corpus of `rnntui data list`.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Fetch a corpus, unless it is here, and print where its text lies."""
    from rnntui.data.finding import find_named, named_corpus

    corpus = named_corpus(name)
    text = find_named(corpus, fetch=fetch, say=say)
    say(f"{corpus.name}: {corpus.about}; licence: {corpus.licence}")
    if json:
        print_json(
            {
                "name": corpus.name,
                "task": corpus.task,
                "path": str(text),
                "bytes": text.stat().st_size,
                "licence": corpus.licence,
            }
        )
    else:
        print_text(f"{text}\n")


def get_corpora(names: Sequence[str]) -> None:
    """Download what is named and not here, so that whoever reads it can find it.

    Args:
        names: as for `data.finding.find_corpora`.

    Raises:
        CorpusError, DownloadError, FileProblem: one cannot be had.
    """
    from rnntui.data.finding import find_corpora

    find_corpora(names, fetch=fetch)


def get_reviews(labelled: Sequence[str], unlabelled: Sequence[str]) -> None:
    """Download the reviews that are named and not here.

    Args:
        labelled: as for `data.finding_reviews.find_reviews`.
        unlabelled: as for `find_unlabelled` there.

    Raises:
        CorpusError, DownloadError, FileProblem: one cannot be had.
    """
    from rnntui.data.finding_reviews import find_reviews, find_unlabelled

    for name in labelled:
        find_reviews(name, fetch=fetch)
    for name in unlabelled:
        find_unlabelled(name, fetch=fetch)


def fetch(corpus: NamedCorpus, path: Path) -> None:
    """Download a corpus's file to `path`, with its progress on stderr.

    Raises:
        DownloadError, FileProblem: as `data.download.download`.
    """
    from rnntui.data.download import Source, address, download
    from rnntui.data.finding import put_in_place

    source = Source(address(corpus.url), corpus.bytes, corpus.sha256, put_in_place(corpus))
    try:
        with bytes_shown(corpus.file, corpus.bytes) as progress:
            download(source, path, progress=progress, say=say)
    except KeyboardInterrupt:
        say("stopped; what came is kept, and the same command goes on from there")
        raise
