"""A small network fitted to the series that is open: what `rnntui train forecast` is told.

A training of its own process, as those of the Train mode: it goes on when the mode is left, and is
in the library afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from rnntui import paths
from rnntui.display import one_line
from rnntui.engine.protocol.forecast import Source
from rnntui.errors import BadOption
from rnntui.runs.naming import free_name

CELLS = ("gru", "lstm", "rnn")
_MOST = 65_536


@dataclass(frozen=True)
class FitPlan:
    """What the form says; 0 is found from the series."""

    name: str
    cell: str = "gru"
    window: int = 0
    epochs: int = 0

    @property
    def folder(self) -> Path:
        """Where the run goes."""
        return paths.own_runs() / self.name


def planned(name: str, cell: str, window: str, epochs: str) -> FitPlan:
    """Return what was typed.

    Raises:
        BadOption: something that makes no sense, or a name that is taken.
    """
    name, cell = name.strip(), cell.strip().lower() or "gru"
    if not name or Path(name).name != name or name.startswith((".", "-")):
        raise BadOption(f"the name {one_line(name)!r} is none for a folder", "give a plain name")
    if cell not in CELLS:
        raise BadOption(f"the cell is {one_line(cell, 20)}", "choose gru, lstm or rnn")
    plan = FitPlan(name, cell, _count("window", window), _count("epochs", epochs))
    if plan.folder.exists():
        raise BadOption(f"there is {one_line(name)} already", "choose another name")
    return plan


def _count(what: str, text: str) -> int:
    text = text.strip().lower()
    if text in ("", "auto"):
        return 0
    if text.isdecimal() and 1 <= int(text[:9]) <= _MOST:
        return int(text)
    raise BadOption(f"{what} is {one_line(text, 20)}", f"give a number from 1 to {_MOST}, or auto")


def name_for(source: Source) -> str:
    """Return a name for a run that is free."""
    column = "".join(c if c.isalnum() else "-" for c in source.column.lower()).strip("-")
    base = Path(source.file).name.split(".")[0] or "series"
    return free_name(f"{base}-{column}" if column and column not in base else f"{base}-fit", ())


def arguments(source: Source, plan: FitPlan, horizon: int) -> list[str]:
    """Return what comes after `rnntui train`; how the file is read are keys of the recipe, too."""
    plain = msgspec.structs.asdict(Source(""))
    asked = msgspec.structs.asdict(source)
    given = {key: value for key, value in asked.items() if key != "file" and value != plain[key]}
    given |= {"cell": plan.cell, "window": plan.window, "epochs": plan.epochs, "horizon": horizon}
    options = [f"--{key.replace('_', '-')}={value}" for key, value in given.items() if value]
    return ["forecast", f"--name={plan.name}", *options, "--", source.file]


class FitForm(ModalScreen[FitPlan | None]):
    """Returns what is to be fitted, or None.

    Args:
        name: for the run.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="fit.cancel"),
    ]

    DEFAULT_CSS = """
    FitForm {
        align: center middle;
        Horizontal { height: 1; margin-top: 1; }
        Label { width: 10; }
        Input { width: 1fr; border: none; height: 1; padding: 0 1; background: $surface; }
        Input:focus { border: none; background: $block-cursor-blurred-background; }
        .problem { color: $text-error; margin-top: 1; }
    }
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.fields = {
            "name": Input(name),
            "cell": Input("gru", placeholder="gru, lstm or rnn"),
            "window": Input(placeholder="auto: from the series"),
            "epochs": Input(placeholder="auto: from the series"),
        }
        self.problem = Static("", classes="problem", markup=False)

    def compose(self) -> ComposeResult:
        """A line for each field."""
        with Vertical(id="picker"):
            yield Static(
                "Fit a small network to this series  (Tab next, Enter begins, Esc cancels)",
                markup=False,
            )
            for name, line in self.fields.items():
                with Horizontal():
                    yield Label(name)
                    yield line
            yield self.problem

    def on_mount(self) -> None:
        """Keys go to the first line."""
        self.fields["name"].focus()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        try:
            plan = planned(*(line.value for line in self.fields.values()))
        except BadOption as error:
            self.problem.update(f"✗ {error.what}; {error.fix}")
        else:
            self.dismiss(plan)
