"""A run that is being planned: recipe, corpus, name and the keys that differ. Frozen.

It knows what `rnntui train` will be told, and refuses beforehand what that would refuse. The recipe
says which task it is; without one a text is learned.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rnntui import paths
from rnntui.data.finding import place
from rnntui.data.named import corpora, lookup, nearest
from rnntui.display import human_bytes, one_line
from rnntui.errors import BadOption, CorpusError
from rnntui.paths import expanded
from rnntui.recipes.catalog import load_recipe
from rnntui.recipes.schema import Recipe, TextRecipe, as_dict
from rnntui.runs.naming import free_name
from rnntui.tui.train import keys

_ENDINGS = {
    "text": (".txt", ".txt.gz", ".md"),
    "sentiment": (".csv", ".csv.gz", ".tsv"),
    "forecast": (".csv", ".csv.gz"),
}
"""Of the files that a task learns from."""
_NAMED = {"text": ("text", "dialogue"), "sentiment": ("sentiment",), "forecast": ("series",)}
"""What the named corpora are for that a task learns from."""
_DATA = {"text": "corpus", "sentiment": "set of reviews", "forecast": "series"}
_PLACES = {"here": "here", "download": "will be downloaded", "by hand": "not here"}


@dataclass(frozen=True)
class Plan:
    """What the form says."""

    recipe: str = ""
    """The name of a recipe, "" for what is fitted to the text."""
    corpus: str = ""
    """As typed: one or more names or files, like words of a shell. "" takes the recipe's own."""
    name: str = ""
    """The run's name; "" takes one that is free."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Keys that differ from the recipe."""

    @property
    def base(self) -> Recipe:
        """The recipe before the changes."""
        return load_recipe(self.recipe) if self.recipe else TextRecipe()

    @property
    def task(self) -> str:
        """What is learned: text, sentiment, forecast."""
        return str(as_dict(self.base)["task"])

    @property
    def files(self) -> list[str]:
        """The corpora that are named.

        Raises:
            BadOption: a quotation mark has no end.
        """
        try:
            return [str(expanded(word)) for word in shlex.split(self.corpus)]
        except ValueError:
            raise BadOption(
                "a quotation mark in the corpus has no end", "close it, or leave it out"
            ) from None

    @property
    def folder(self) -> Path:
        """Where the run goes."""
        return paths.own_runs() / (self.name.strip() or self.free_name())

    def free_name(self) -> str:
        """Return a name after the recipe or the corpus that no run and no shipped model has."""
        try:
            return free_name(self.recipe, self.files)
        except BadOption:
            return free_name(self.recipe, ())

    def check(self) -> None:
        """Raise an RnntuiError for the first thing that keeps the run from beginning."""
        keys.checked(self.base, dict(self.changes))
        base, task = self.base, self.task
        if not self.files and not base.corpus and not getattr(base, "text", ""):
            raise CorpusError(f"no {_DATA[task]} is named", "type a name or a file")
        if len(self.files) > 1 and task != "text":
            raise CorpusError(f"{len(self.files)} sets of data", f"name one {_DATA[task]}")
        for word in self.files:
            corpus_problem(word, task)
        self._check_name()

    def _check_name(self) -> None:
        name = self.name.strip()
        if name and (Path(name).name != name or name in (".", "..")):
            raise BadOption(f"the name {one_line(name)!r} is a path", "give a plain name")
        if name and self.folder.exists():
            raise BadOption(f"there is {one_line(name)} already", "choose another name")

    def arguments(self) -> list[str]:
        """Return what comes after `rnntui train`."""
        recipe = [f"--recipe={self.recipe}"] if self.recipe else []
        name = [f"--name={self.folder.name}"]
        return [self.task, *recipe, *name, *keys.options(dict(self.changes)), "--", *self.files]


def corpus_problem(word: str, task: str) -> None:
    """Raise CorpusError where a word names nothing that a task can learn from."""
    if _is_file(Path(word)) or _is_reviews(word, task):
        return
    corpus = lookup(word)
    if corpus and corpus.task in _NAMED[task]:
        return
    if corpus:
        raise CorpusError(f"{corpus.name} is no {_DATA[task]}: {corpus.about}", "type another")
    if not _provided(word, task):
        near = [name for name in nearest(word) if name in corpus_names(task)]
        raise CorpusError(
            f"there is no {_DATA[task]} or file {one_line(word, 40)}",
            f"did you mean {' or '.join(near)}?" if near else "type another",
        )


def corpus_facts(plan: Plan) -> str:
    """Return what is known of the corpora in a line: what they are, how large, and where."""
    try:
        words = plan.files or list(plan.base.corpus)
    except BadOption as error:
        return str(error)
    if not words:
        own = getattr(plan.base, "text", "")
        return "a text of its own" if own else "names of corpora, or files"
    return "; ".join(_facts(word, plan.task) for word in words)


def _facts(word: str, task: str) -> str:
    path = Path(word)
    if _is_file(path):
        return f"{one_line(word, 40)}: a file of {human_bytes(path.stat().st_size)}"
    corpus = lookup(word)
    if corpus and corpus.task not in _NAMED[task]:
        return f"✗ {corpus.name} is no {_DATA[task]}: {corpus.about}"
    if corpus:
        where = _PLACES[place(corpus)]
        return f"{corpus.name}: {human_bytes(corpus.bytes)}, {where}; {corpus.about}"
    if _is_reviews(word, task):
        return f"{one_line(word, 40)}: a folder of reviews"
    found = _provided(word, task)
    if found:
        return f"{one_line(word, 40)}: {human_bytes(found.stat().st_size)}, of RNNTUI_DATA"
    return f"✗ there is no {_DATA[task]} or file {one_line(word, 40)}"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _is_reviews(word: str, task: str) -> bool:
    """Whether a word names a folder laid out as aclImdb."""
    try:
        folder = Path(word)
        inside = ("pos", "neg", "train/pos", "train/neg")
        return task == "sentiment" and any((folder / each).is_dir() for each in inside)
    except OSError:
        return False


def _provided(word: str, task: str) -> Path | None:
    folder = os.environ.get("RNNTUI_DATA")
    files = (
        (expanded(folder) / f"{word}{ending}" for ending in ("", *_ENDINGS[task]))
        if folder and task == "text"  # a set of reviews or a series is named by its path
        else ()
    )
    return next((file for file in files if _is_file(file)), None)


def corpus_names(task: str) -> list[str]:
    """Return the names of the corpora that a task learns from, those first that are here."""
    named = [corpus for corpus in corpora().values() if corpus.task in _NAMED[task]]
    return [c.name for c in sorted(named, key=lambda c: place(c) != "here")]


def complete(typed: str, task: str) -> str | None:
    """Return what is typed with its last word completed: a corpus's name, or a path."""
    before, blank, word = typed.rpartition(" ")
    if not word:
        return None
    for name in corpus_names(task):
        if name.startswith(word) and name != word:
            return f"{before}{blank}{name}"
    path = expanded(word)
    folder, start = (path, "") if word.endswith("/") else (path.parent, path.name)
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return None
    for each in inside:
        hidden = each.name.startswith(".") and not start.startswith(".")
        fits = each.name.isprintable() and (each.is_dir() or each.name.endswith(_ENDINGS[task]))
        if each.name.startswith(start) and each.name != start and fits and not hidden:
            rest = each.name[len(start) :] + ("/" if each.is_dir() else "")
            return typed + rest
    return None
