"""A run in two parts: first a language model of words, then the classifier that starts from it.

The first part is a run of its own inside the run's folder, with its own history, checkpoints and
state, so that it resumes like any other, and other classifiers can start from it (`--start-from`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rnntui.files import write_atomically
from rnntui.recipes.catalog import to_toml
from rnntui.recipes.sentiment import SentimentRecipe
from rnntui.runs.folder import PRETRAINED, RunFolder
from rnntui.training import resume
from rnntui.training.events import Event, Finished
from rnntui.training.loop import Training
from rnntui.training.sentiment import SentimentTask
from rnntui.training.words import WordsTask


class PretrainedTraining(Training):
    """A classifier's run that begins, or goes on, with that of its language model.

    Args:
        task: the classifier's; its recipe says that it pretrains.
        folder: where the run writes; its lock is the caller's to hold.
        notes: what else to tell at the start.
    """

    def __init__(self, task: SentimentTask, folder: RunFolder, notes: tuple[str, ...] = ()) -> None:
        super().__init__(task, folder, resumed=False)
        self._classifier = task
        inner = folder_of(folder)
        recipe = task.recipe.language_model()
        self._words = Training(
            WordsTask(recipe, task.reviews, task.device),
            inner,
            resumed=has_state(inner),
            notes=notes,
        )
        self._reading = False

    def stop(self) -> None:
        """Ask the part that is running to save and end."""
        super().stop()
        if self._reading:
            self._words.stop()

    def run(self) -> Iterator[Event]:
        """Train both parts, yielding the events of each; only the last part tells the end."""
        # The folder is a run from here on: what is stopped now is resumed by its name.
        write_atomically(self.folder.recipe, to_toml(self.task.recipe))
        if not finished(self._words.folder):
            self._reading = True
            for event in self._words.run():
                if isinstance(event, Finished):
                    if event.why == "stopped":
                        yield replace(event, folder=self.folder.path)
                        return
                    break
                yield event
            self._reading = False
        self._classifier.begin_with(str(self._words.folder.path))
        if self.average:
            for name, parameter in self.network.named_parameters():
                self.average.values[name].copy_(parameter.detach())
        yield from super().run()


def folder_of(folder: RunFolder) -> RunFolder:
    """The folder of a run's language model."""
    return RunFolder(folder.path / PRETRAINED)


def has_state(folder: RunFolder) -> bool:
    """Whether a run can be resumed."""
    return (folder.state / "state.json").exists()


def finished(folder: RunFolder) -> bool:
    """Whether a run has come to its end."""
    return has_state(folder) and resume.read_counters(folder.state).finished


def is_pretraining(recipe: object, folder: RunFolder) -> bool:
    """Whether a run was left before its classifier began."""
    pretrains = isinstance(recipe, SentimentRecipe) and recipe.pretrains
    return pretrains and folder.is_run() and not has_state(folder)
