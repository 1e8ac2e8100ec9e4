"""The corpora that have a name: what each is, where it comes from, and under which licence.

The table is `corpora.toml` beside this module. Nothing here looks at the disk or the network: where
a corpus's file lies is `data.finding`'s business, bringing it `data.download`'s.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rnntui.typed import prepared

Task = Literal["text", "sentiment", "series", "dialogue"]

_TABLE = Path(__file__).with_name("corpora.toml")
_TAKEN_OVER = ("file", "bytes", "sha256", "url", "by_hand", "licence", "column", "season")
"""What a derived corpus has from the one it is made of."""

_Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class HubFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parquet file of a data set on the Hub."""

    file: str
    """The name it has here: the Hub's own are alike for all data sets."""
    url: str
    bytes: Annotated[int, Meta(gt=0)]
    sha256: _Sha256
    part: str
    """The part of the data set that it holds: train, test, unsupervised."""


@prepared
class NamedCorpus(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the table."""

    name: str
    """What the user types, and what a model trained on it says it learned."""
    task: Task
    """What it is for. A dialogue is text too: one conversation a line."""
    about: str
    """What it is, in a line."""
    licence: str
    """As far as the source says."""
    file: str
    """The name of the file as published, and as it is looked for in `RNNTUI_DATA`."""
    bytes: Annotated[int, Meta(gt=0)]
    """The size of that file."""
    sha256: _Sha256
    """Of that file."""
    url: str = ""
    """Where exactly those bytes are published; "" where they are not."""
    by_hand: str = ""
    """What the file holds, for those who have to make it: only where there is no address."""
    hub: tuple[HubFile, ...] = ()
    """The same content as the Hub has it, from which `data.parquet` makes another file: of other
    bytes, so that only those are known by their hash."""
    computed: Literal["", "cosine"] = ""
    """The formula, as `data.computed` names it, that makes the file; "" where it is published."""
    aliases: tuple[str, ...] = ()
    """Other names that people type."""
    of: str = ""
    """The corpus whose file this one is made from; "" where it has its own."""
    cleaning: str = ""
    """How the text is made from the file, as `data.cleaning` names it; "" for as it is."""
    text_bytes: int = 0
    """The size of the text; 0 where the file is the text."""
    text_sha256: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    """Of the text; "" where the file is the text."""
    column: str = ""
    """Of a series with several columns: the one that is meant unless another is named."""
    season: int = 0
    """Of a series: after how many steps it repeats, where its calendar does not say; 0 else."""

    @property
    def page(self) -> str:
        """Where it is published, for people; "" where it is not."""
        return self.hub[0].url.partition("/resolve/")[0] if self.hub else self.url


@cache
def corpora() -> Mapping[str, NamedCorpus]:
    """Return every named corpus by its name, in the order of the table."""
    table = tomllib.loads(_TABLE.read_text("utf-8"))
    made = {}
    for name, row in table.items():
        parent = table[row["of"]] if "of" in row else {}
        taken_over = {key: parent[key] for key in _TAKEN_OVER if key in parent}
        made[name] = msgspec.convert({"name": name, **taken_over, **row}, NamedCorpus)
    return made


@cache
def _spellings() -> Mapping[str, str]:
    """Every name and alias, each with the name it stands for."""
    return {
        spelling: corpus.name
        for corpus in corpora().values()
        for spelling in (*corpus.aliases, corpus.name)
    }


def lookup(name: str) -> NamedCorpus | None:
    """Return the corpus of a name or alias, in any case, `_` for `-`; None where there is none."""
    known = _spellings().get(name.lower().replace("_", "-"))
    return corpora()[known] if known else None


def nearest(name: str) -> list[str]:
    """Return the names that look most like one that there is not, the nearest first."""
    spelled = name.lower().replace("_", "-")
    near = difflib.get_close_matches(spelled, _spellings(), 5, 0.6)
    return list(dict.fromkeys(_spellings()[spelling] for spelling in near))


def named_table() -> str:
    """Return the table for `docs/data.md`, as Markdown."""
    lines = [
        "| name | for | what | file | bytes | licence |",
        "| --- | --- | --- | --- | ---: | --- |",
    ]
    for corpus in corpora().values():
        other = "computed" if corpus.computed else "by hand"
        where = f"made from [the Hub's copy]({corpus.page})" if corpus.hub else other
        file = f"[{corpus.file}]({corpus.url})" if corpus.url else f"{corpus.file}, {where}"
        lines.append(
            f"| `{corpus.name}` | {corpus.task} | {corpus.about} | {file} | {corpus.bytes:,} "
            f"| {corpus.licence} |"
        )
    return "\n".join(lines) + "\n"
