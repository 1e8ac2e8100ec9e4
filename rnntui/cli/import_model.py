"""`rnntui import`: a recurrent network of another program, as a model of ours."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rnntui import paths
from rnntui.cli.given import not_empty
from rnntui.cli.output import print_json, print_table, print_text, say
from rnntui.errors import BadOption

if TYPE_CHECKING:
    from rnntui.checkpoints.foreign import Recognised, Tensors
    from rnntui.data.vocabulary import Vocabulary

_SNIPPETS = {"char-rnn.pytorch": "char_rnn_pytorch.py"}
_TRIED = 20_000
"""Characters of --corpus that the imported network reads, to see that it knows them."""


def import_model(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A .pt or .safetensors file.", callback=not_empty)
    ] = "",
    vocabulary: Annotated[
        str,
        typer.Option(
            metavar="F", help="Its symbols: JSON, or text, in index order.", callback=not_empty
        ),
    ] = "",
    corpus: Annotated[
        str,
        typer.Option(
            metavar="F", help="Its text; the sorted characters are its symbols.", callback=not_empty
        ),
    ] = "",
    lowercase: Annotated[bool, typer.Option(help="It was trained on lower-cased text.")] = False,
    nonlinearity: Annotated[
        Literal["tanh", "relu"], typer.Option(help="Of a plain RNN; no shape tells.")
    ] = "tanh",
    window: Annotated[
        int, typer.Option(min=0, help="Characters it was given at once; 0: state carried.")
    ] = 0,
    name: Annotated[
        str, typer.Option(metavar="N", help="Its name in the library.", callback=not_empty)
    ] = "",
    out: Annotated[
        str, typer.Option(metavar="DIR", help="Write the model here.", callback=not_empty)
    ] = "",
    snippet: Annotated[
        str,
        typer.Option(
            metavar="PROGRAM", help="Print how to export from char-rnn.pytorch.", callback=not_empty
        ),
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Bring in a torch state_dict: nn.RNN, nn.LSTM or nn.GRU, with nn.Embedding and nn.Linear.

    Tensors are found by their shapes, whatever they are called. Symbols come from --vocabulary,
    from --corpus, or from a list that was saved beside the weights.
    """
    if snippet:
        _print_snippet(snippet)
        return
    if vocabulary and corpus:
        raise BadOption("--vocabulary and --corpus both say what the symbols are", "give one")
    if not file:
        raise BadOption("no FILE to import", "name a .pt or .safetensors file")
    path = paths.expanded(file)
    folder = _target(path, name, out)
    from rnntui.checkpoints.foreign import recognise
    from rnntui.files import check_plain
    from rnntui.inference.blas import hold_to_one_thread

    hold_to_one_thread()  # before NumPy is imported, which reads it once
    for read in filter(None, (file, vocabulary, corpus)):
        check_plain(paths.expanded(read))
    tensors, beside = _read(path)
    found = recognise(tensors, nonlinearity, window or None)
    source, symbols = _symbols(found.symbols, vocabulary, corpus, lowercase, beside)
    _write(folder, found, symbols, Path(corpus).stem if corpus else "")
    loss = _try(folder, corpus) if corpus else None
    if json:
        print_json(_document(folder, found, source, loss))
        return
    _print(found, source)
    if found.network.cell == "rnn":
        say(f"note: taken for {nonlinearity}, which no shape tells; else give --nonlinearity")
    _tell_loss(loss, found.symbols)
    own = folder.parent == paths.own_runs()
    say(f"try it: rnntui generate {shlex.quote(folder.name if own else str(folder))}")


def _print_snippet(name: str) -> None:
    if name not in _SNIPPETS:
        raise BadOption(f"--snippet is {name!r}", f"choose {', '.join(_SNIPPETS)}")
    # Read, not imported: it runs where the model was trained.
    here = Path(__file__).parent.parent / "networks" / "snippets" / _SNIPPETS[name]
    print_text(here.read_text("utf-8"))


def _target(path: Path, name: str, out: str) -> Path:
    """Where the model goes: --out, --name in the library, or the file's name there."""
    from rnntui.files import file_problem
    from rnntui.runs.naming import named_folder

    if name and out:
        raise BadOption("--out and --name both say where the model goes", "give one of them")
    if out:
        folder = paths.expanded(out)
    else:
        folder = named_folder(name) if name else named_folder(path.stem, "the file's name")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BadOption(f"{folder} is there already", "choose another by --name or --out")
    except OSError as error:
        raise file_problem(error, folder, "write") from error
    return folder


def _read(path: Path) -> tuple[Tensors, Mapping[str, Any]]:
    """Return tensors by name, and what was saved beside them."""
    from rnntui.files import file_problem

    try:
        with path.open("rb") as file:
            first = file.read(9)
    except OSError as error:
        raise file_problem(error, path, "read") from error
    if first[8:] == b"{":  # a safetensors header; a zip or a pickle has its own marks
        from rnntui.checkpoints.foreign_file import read_foreign_safetensors

        return read_foreign_safetensors(path), {}
    from rnntui.extras import require_torch

    require_torch("importing a .pt file")
    from rnntui.networks.state_dict import read_state_dict

    state = read_state_dict(path)
    return state.tensors, state.beside


def _symbols(
    width: int, file: str, corpus: str, lowercase: bool, beside: Mapping[str, Any]
) -> tuple[str, Vocabulary]:
    """Return where the symbols come from, and the symbols."""
    from dataclasses import replace

    from rnntui.data import foreign_vocabulary as reading

    if file:
        found = reading.vocabulary_of_file(paths.expanded(file), width)
        return file, replace(found, lowercase=lowercase)
    if corpus:
        return corpus, reading.vocabulary_of_corpus(paths.expanded(corpus), width, lowercase)
    saved = reading.vocabulary_beside(beside, width)
    if saved is None:
        raise BadOption(
            f"nothing says which {width} symbols the network has",
            "give --vocabulary FILE (a JSON list, or the characters in order) or --corpus FILE",
        )
    return saved[0], replace(saved[1], lowercase=lowercase)


def _write(folder: Path, found: Recognised, vocabulary: Vocabulary, data: str) -> None:
    """Write the checkpoint, once its configuration reads back."""
    from rnntui.checkpoints.config import Config, DataConfig, parse_config
    from rnntui.checkpoints.folder import config_json, write_checkpoint

    config = Config(
        "text",
        found.network,
        vocabulary=vocabulary.to_config(),
        # All of the text may have been trained on: no part of it counts as held out.
        data=DataConfig(data, split=(1.0, 0.0, 0.0)),
    )
    parse_config(config_json(config), str(folder))
    write_checkpoint(folder, config, found.weights)


def _try(folder: Path, corpus: str) -> float:
    """Return nats per character on the beginning of the corpus."""
    from rnntui.data.reading import read_text
    from rnntui.inference.models import load

    text = next(read_text([paths.expanded(corpus)]), "")
    return load(folder).score(text[:_TRIED]).nats_per_char


def _tell_loss(loss: float | None, symbols: int) -> None:
    """Say how well the network knows its text: a wrong order of symbols shows here."""
    import math

    if loss is None:
        return
    say(f"reads the beginning of its text at {loss:.3f} nats a character")
    if loss > math.log(symbols):
        say(
            f"warning: by chance it would be {math.log(symbols):.3f}: its symbols are others, or "
            "in another order, or the nonlinearity is another"
        )


def _print(found: Recognised, source: str) -> None:
    from rnntui.checkpoints.facts import describe

    rows = [(theirs or "(none: zeros)", ours) for ours, theirs in found.taken.items()]
    print_table(("tensor", "taken for"), rows)
    print_text(f"\nnetwork  {describe(found.network)}\n")
    say(f"{found.symbols} symbols, from {source}")


def _document(folder: Path, found: Recognised, source: str, loss: float | None) -> dict[str, Any]:
    import msgspec

    return {
        "name": folder.name,
        "folder": str(folder),
        "network": msgspec.to_builtins(found.network),
        "symbols": found.symbols,
        "vocabulary": source,
        "tensors": found.taken,
        "nats_per_char": loss,
    }
