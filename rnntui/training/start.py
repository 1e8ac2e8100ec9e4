"""Beginning and resuming a training: from a recipe and a folder to a `Training` ready to run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import torch

from rnntui.data.corpus import Corpus, read_corpus
from rnntui.data.finding import find_corpora
from rnntui.errors import BadOption, CorpusError, RunError
from rnntui.recipes.schema import TextRecipe, make_recipe
from rnntui.runs import lock
from rnntui.runs.folder import RunFolder
from rnntui.training import resume
from rnntui.training.loop import Training
from rnntui.training.text import TextTask, changed_keys

MAY_CHANGE = frozenset(
    {
        *("about", "corpus", "errors", "epochs", "minutes", "early_stop", "save_minutes"),
        *("threads", "device", "precision", "show_predictions"),
        *("sample_every", "sample_length", "sample_temperatures", "sample_prompt"),
    }
)
"""Keys a resumed run may change without becoming another run."""


def fitted_keys(symbols: int) -> dict[str, int | float]:
    """Return keys that suit a text of some length, where nobody asked for others.

    A short text in wide batches has few steps an epoch (38,000 characters in 32 streams of 128:
    seven, and twenty epochs of them learn nothing), and is soon known by heart (in twelve epochs of
    40 steps). So it gets narrower batches, more dropout, and an end when validation says so.
    """
    short = symbols < 200_000
    epochs = max(4, min(30, 20_000_000 // max(1, symbols)))
    return {
        "batch_size": 8 if short else 16 if symbols < 4_000_000 else 32,
        "dropout": 0.5 if short else 0.25,
        "output_dropout": 0.5 if short else 0.25,
        "epochs": epochs,
        "early_stop": 6,
        "sample_every": max(1, epochs // 10),
    }


def choose_device(name: str) -> torch.device:
    """Return the device a recipe names; "auto" is a GPU where there is one.

    Raises:
        BadOption: there is no such device here.
    """
    here = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        # Not mps: its LSTM is slower than the CPU's at these sizes, as pytorch's issues tell.
        return torch.device("cuda" if here["cuda"] else "cpu")
    if not here[name]:
        raise BadOption(f"--device is {name}, and torch sees none here", "use --device cpu")
    return torch.device(name)


@contextmanager
def text_training(
    recipe: TextRecipe, folder: RunFolder, free: frozenset[str] = frozenset()
) -> Iterator[Training]:
    """Begin a run in a new folder, and hold its lock.

    Args:
        recipe: what to train.
        folder: where.
        free: keys that nobody chose, to be fitted to the length of the text.

    Raises:
        RunError: the folder holds a run already, or is in use.
        CorpusError: the corpus cannot be read, or is too short.
    """
    if folder.is_run():
        raise RunError(
            f"{folder.path} holds a run already",
            f"continue it with --resume {folder.path}, or choose another --out or --name",
        )
    device = choose_device(recipe.device)
    corpus = _corpus(recipe)
    if not recipe.split[1]:
        free -= {"early_stop"}  # nothing would tell when
    fitted = {k: v for k, v in fitted_keys(len(corpus.ids)).items() if k in free}
    recipe = msgspec.structs.replace(recipe, **fitted)
    recipe.check()
    task = TextTask(recipe, corpus, device)
    with lock.held(folder.lock):
        yield Training(task, folder, resumed=False)


@contextmanager
def resumed_text_training(recipe: TextRecipe, folder: RunFolder) -> Iterator[Training]:
    """Continue the run in a folder, and hold its lock.

    Args:
        recipe: the run's own, with changes to keys of `MAY_CHANGE` at most.
        folder: the run's.

    Raises:
        RunError: there is nothing to resume, a key changed that may not, the corpus is another, the
            run is over, or it is in use.
    """
    counters = resume.read_counters(folder.state)
    # recipe.toml may have been edited since; what a run trained with is in its state.
    trained = (
        make_recipe(counters.recipe, str(folder.state)) if counters.recipe else folder.read_recipe()
    )
    changed = [k for k in changed_keys(trained, recipe) if k not in MAY_CHANGE]
    if changed:
        raise RunError(
            f"a resumed run cannot change {', '.join(changed)}",
            "begin a new run with them, or leave them out",
        )
    if counters.finished and not _goes_on(recipe, counters):
        raise RunError(
            f"{folder.path} is finished, after {counters.epoch} epochs",
            f"add epochs, as in --epochs {counters.epoch + 10}, to go on",
        )
    device = choose_device(recipe.device)
    with lock.held(folder.lock):
        corpus = _corpus(recipe)
        if corpus.sha256 != counters.corpus_sha256:
            raise RunError(
                f"the text of {corpus.name} is not the one this run began with",
                "bring that text back, or begin a new run",
            )
        yield Training(TextTask(recipe, corpus, device), folder, resumed=True)


def _goes_on(recipe: TextRecipe, counters: resume.Counters) -> bool:
    if recipe.minutes:
        return counters.seconds < 60 * recipe.minutes
    return counters.epoch < recipe.epochs


def _corpus(recipe: TextRecipe) -> Corpus:
    if recipe.text:
        return _inline_corpus(recipe)
    if not recipe.corpus:
        raise CorpusError("no text to learn from", "name one or more text files")
    return read_corpus(
        find_corpora(recipe.corpus),
        unit=recipe.unit,
        lowercase=recipe.lowercase,
        errors=recipe.errors,
    )


def _inline_corpus(recipe: TextRecipe) -> Corpus:
    """The recipe's own text, for toys, as a corpus."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{recipe.text[:12] or 'text'}.txt"
        file.write_text(recipe.text, "utf-8")
        return read_corpus([file], unit=recipe.unit, lowercase=recipe.lowercase)
