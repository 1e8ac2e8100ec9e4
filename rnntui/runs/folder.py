"""The places inside a run folder.

    recipe.toml     every key of the run
    history.jsonl   one line per evaluation
    samples.md      what it wrote, by epoch and temperature
    last/ best/     checkpoints, loadable at any instant
    pretrained/     the run of the language model that it began with, if so
    state/          all that resuming needs; `state.json`, renamed into place last, is the commit
    lock            the process that writes here

A kill -9 between any two writes leaves `state.json` naming a whole state; what was written after it
(a later history line, a newer `best/`) is cut back or made again by the resumed run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rnntui.checkpoints.folder import CONFIG, WEIGHTS
from rnntui.errors import RunError
from rnntui.files import file_problem
from rnntui.recipes.catalog import load_recipe
from rnntui.recipes.schema import Recipe

PRETRAINED = "pretrained"
"""The folder inside a run that holds the run of its language model."""


_LATER = frozenset(
    {
        *("history.jsonl", "samples.md", "progress.jsonl", "predictions.jsonl", "best", PRETRAINED),
        *(CONFIG, WEIGHTS),
    }
)
"""What a run writes only once it has a recipe; and a model, which would be found instead of it."""


@dataclass(frozen=True)
class RunFolder:
    """A run folder's paths."""

    path: Path

    @property
    def name(self) -> str:
        """What people call the run."""
        return self.path.name

    @property
    def recipe(self) -> Path:
        """`recipe.toml`."""
        return self.path / "recipe.toml"

    @property
    def history(self) -> Path:
        """`history.jsonl`."""
        return self.path / "history.jsonl"

    @property
    def samples(self) -> Path:
        """`samples.md`."""
        return self.path / "samples.md"

    @property
    def last(self) -> Path:
        """The newest checkpoint."""
        return self.path / "last"

    @property
    def best(self) -> Path:
        """The checkpoint with the lowest validation loss."""
        return self.path / "best"

    @property
    def state(self) -> Path:
        """What resuming needs."""
        return self.path / "state"

    @property
    def lock(self) -> Path:
        """The file that names the writing process."""
        return self.path / "lock"

    def checkpoint(self) -> Path | None:
        """The folder of the checkpoint to use: the best, else the last, else None."""
        return next((p for p in (self.best, self.last) if (p / CONFIG).exists()), None)

    def is_run(self) -> bool:
        """Whether a training was begun here.

        Raises:
            FileProblem: the system does not even look, as for a name that is too long.
        """
        try:
            return self.recipe.exists()
        except OSError as error:
            raise file_problem(error, self.path, "read") from error

    def in_the_way(self) -> str:
        """Return the name of something here that is none of a run's, and that a run would write.

        It is "" where there is nothing, and where a run was cut off before its recipe was written:
        that one begins anew. Other files may lie here, a log say, which no run touches.

        Raises:
            FileProblem: the folder may not be looked into.
        """
        try:
            here = {path.name for path in self.path.iterdir()}
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise file_problem(error, self.path, "write") from error
        if self.recipe.name in here:
            return ""
        taken = sorted(here & _LATER)
        # A kill leaves the lock, an error none; without, a whole model is not of a run cut off.
        if not here & {self.lock.name, self.state.name} and (self.last / CONFIG).exists():
            taken.append(self.last.name)
        return taken[0] if taken else ""

    def read_recipe(self) -> Recipe:
        """Read `recipe.toml`.

        Raises:
            RunError: there is none, so this is no run folder.
            RecipeError: it is damaged.
        """
        if not self.is_run():
            raise RunError(
                f"{self.path} is not a run folder: it holds no recipe.toml",
                "name the folder that --out or --name made",
            )
        return load_recipe(str(self.recipe))
