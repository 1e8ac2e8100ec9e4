"""What the Write mode does: one text, one engine, one stream of events for every way to go on.

Send, continue, regenerate, undo, rewind and switching models differ in where a run begins and with
which seed; from there they are the same run. This class decides that and keeps the manuscript; what
happens is drawn by a `View`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from rnntui.engine.client import CONTEXT, Client, Run, draw_seed
from rnntui.engine.parts import Facts, Place, Settings
from rnntui.engine.protocol import Error, Finished, Frame, Reading, RunEvents, Started
from rnntui.errors import RnntuiError
from rnntui.tui.manuscript import Manuscript, Passage

if TYPE_CHECKING:
    from rnntui.tui.text_keeping import TextKeeping


class Origin(NamedTuple):
    """Where a run begins."""

    prompt: str
    """The text before it, or the end of that."""
    after: Place | None = None
    """The same place as the engine knows it."""


class View(Protocol):
    """What a writer needs of a screen."""

    def show_prompt(self, text: str) -> None:
        """A prompt was added to the text."""

    def show_frame(self, frame: Frame) -> None:
        """The network wrote something."""

    def show_adopted(self, text: str) -> None:
        """Something that was written elsewhere became the end of the text."""

    def take_back(self, characters: int) -> None:
        """The last characters are gone from the text."""

    def show_clear(self) -> None:
        """The page is empty."""

    def show_begin(self, model: str, seed: int, notes: tuple[str, ...]) -> None:
        """A run begins to write; the notes say what it could not read of the prompt."""

    def show_reading(self, done: int, total: int) -> None:
        """A run reads its prompt."""

    def show_end(self, why: str) -> None:
        """A run ended."""

    def show_problem(self, what: str, fix: str) -> None:
        """Something failed; the text stays."""


class Writer:
    """A text being written.

    Args:
        engine: where the models are.
        view: what shows the text.
    """

    def __init__(self, engine: Client, view: View) -> None:
        self.engine = engine
        self.view = view
        self.kept: TextKeeping | None = None
        """Keeps the text as a session; None for one that is only tried."""
        self.manuscript = Manuscript()
        self.facts: Facts | None = None
        """The model that writes next."""
        self.run: Run | None = None
        self.settings = Settings()
        self._taken: list[list[Passage]] = []  # back, the last ones last
        self.seed: int | None = None
        """The seed the person asked for; None draws one for each run."""

    @property
    def model(self) -> str:
        """The name to ask the engine for."""
        return self.facts.folder if self.facts else ""

    @property
    def writing(self) -> bool:
        """Whether a run goes on, paused or not."""
        return self.run is not None and self.run.finished is None

    async def load(self, model: str) -> Facts:
        """Change to a model; the text stays, and the model goes on with it.

        Raises:
            EngineError: there is no such model, or it is damaged; the old one stays.
        """
        self.facts = await self.engine.load(model)
        return self.facts

    def send(self, prompt: str) -> Run:
        """Begin a new text with a prompt, "" for none."""
        self._halt()
        self._taken.clear()
        first = not self.manuscript.passages
        self.manuscript.add(Passage("prompt", prompt, fresh=True))
        self._changed(touched=not first)
        self.view.show_prompt(prompt)
        return self.begin(Origin(prompt), self.seed)

    def go_on(self, seed: int | None = None) -> Run:
        """Continue where the text ends: with the same random numbers, or with another seed."""
        self._halt()
        return self.begin(self.end, seed)

    def adopt(self, passage: Passage) -> None:
        """Make a passage that another writer wrote from this text's end the end of this text."""
        self._halt()
        self._taken.clear()
        self.manuscript.add(passage)
        self.view.show_adopted(passage.text)
        self._changed()

    def again(self) -> Run | None:
        """Write the last passage anew, with another seed; None when there is none.

        Raises:
            RnntuiError: no model is loaded, or the engine is gone; the passage stays.
        """
        self._halt()
        last = self.manuscript.written
        if last is None:
            return None
        self._check_model()
        if death := self.engine.death:
            raise RnntuiError(death.what, death.fix)
        self._changed()
        self.manuscript.take_back()
        self._taken.append([last])
        self.view.take_back(len(last.text))
        after = last.begin if self._knows(last) else None
        seed = draw_seed() if self.seed is None else self.seed
        return self.begin(Origin(self.manuscript.tail(CONTEXT), after), seed)

    def undo(self) -> None:
        """Take the last passage back, and stop."""
        self._halt()
        self._changed()
        last = self.manuscript.take_back()
        if last:
            self._taken.append([last])
            self.view.take_back(len(last.text))
            self._changed()

    def redo(self) -> bool:
        """Bring back what was taken back or cleared last; return whether there was anything.

        Only as long as nothing was written since: it belongs at the end of the text as it is.
        """
        self._halt()
        passages = self._taken.pop() if self._taken else []
        for passage in passages:
            self.manuscript.add(passage)
            if passage.kind == "prompt":
                self.view.show_prompt(passage.text)
            else:
                self.view.show_adopted(passage.text)
        self._changed()
        return bool(passages)

    def rewind(self, characters: int) -> None:
        """Take back the last characters that were written, and stop."""
        self._halt()
        last = self.manuscript.written
        if last and (removed := self.manuscript.rewind(characters)):
            self._taken.clear()  # it belonged at an end that is no more
            self.view.take_back(removed)
            self._changed()

    def clear(self) -> None:
        """Begin with an empty page."""
        self._halt()
        if self.manuscript.passages:
            self._changed()
            self._taken.append(self.manuscript.passages)
        self.manuscript = Manuscript()
        self.view.show_clear()
        self._changed()

    def take(self, manuscript: Manuscript) -> None:
        """Take a text that was kept in the place of this one; nothing is written yet."""
        self._halt()
        self._taken.clear()
        self.manuscript = manuscript
        self.view.show_clear()
        for passage in manuscript.passages:
            if passage.kind == "prompt":
                self.view.show_prompt(passage.text)
            else:
                self.view.show_adopted(passage.text)

    def stop(self) -> None:
        """End the run; what it wrote stays."""
        if self.writing:
            self._changed()
        self._halt()

    def leave(self) -> None:
        """End the run where nobody may be left to take its end: the text is kept as finished."""
        self._halt()
        if self.kept:
            self.kept.sync(self.manuscript, writing=False)

    def pause(self) -> None:
        """Let the run rest."""
        if self.run and self.writing:
            self.run.pause()

    def resume(self) -> None:
        """Let the run go on."""
        if self.run and self.writing:
            self.run.resume()

    def steer(self, settings: Settings) -> None:
        """Change the settings from the next character on."""
        self.settings = settings
        if self.run and self.writing:
            self.run.steer(settings)
            if self.manuscript.run == self.run.id:
                self.manuscript.steer(settings)

    async def follow(self, run: Run) -> None:
        """Take a run's events until it ends. One loop serves every way to go on."""
        try:
            async for event in run:
                self._show(run, event)
        finally:
            run.stop()  # nothing if it has ended; a cancelled worker leaves no run behind

    def _show(self, run: Run, event: RunEvents) -> None:
        match event:
            case Started():
                self.view.show_begin(event.model, event.seed, event.notes)
            case Reading():
                self.view.show_reading(event.done, event.total)
            case Frame():
                self._write(run, event)
            case Error():
                self.view.show_problem(event.what, event.fix)
            case Finished():
                self.view.show_end(event.why)
                self._changed(touched=event.why != "stopped")  # else by `stop`, or the app ends

    def _write(self, run: Run, frame: Frame) -> None:
        begins = frame.characters - len(frame.text)
        fresh = self.manuscript.run != run.id
        if fresh:
            self._taken.clear()
            facts = self.facts
            self.manuscript.add(
                Passage(
                    "written",
                    "",
                    model=facts.name if facts else "",
                    run=run.id,
                    begins=begins,
                    seed=run.seed,
                    settings=((0, run.settings),),
                )
            )
        self.manuscript.write(frame.text)
        if fresh:
            self._changed(touched=False)
        elif self.kept:
            self.kept.grew(self.manuscript, frame.text)
        self.view.show_frame(frame)

    def _changed(self, *, touched: bool = True) -> None:
        """Have the text kept, as it is now."""
        if self.kept and touched:
            self.kept.touch(self.manuscript, writing=self.writing)
        elif self.kept:
            self.kept.sync(self.manuscript, writing=self.writing)

    @property
    def place(self) -> Place | None:
        """Where the text ends as the engine knows it; None where it does not."""
        return self.run.place if self.run and self.writing else self.end.after

    @property
    def end(self) -> Origin:
        """Where the text ends, for a run that is to go on from there."""
        last = self.manuscript.written
        after = last.end if last and self._knows(last) else None
        return Origin(self.manuscript.tail(CONTEXT), after)

    def begin(self, origin: Origin, seed: int | None) -> Run:
        """Begin a run.

        Raises:
            RnntuiError: no model is loaded.
        """
        self._check_model()
        self.run = self.engine.generate(
            self.model, origin.prompt, self.settings, after=origin.after, seed=seed
        )
        return self.run

    def _check_model(self) -> None:
        if self.facts is None:
            raise RnntuiError("no model is loaded", "choose one with Ctrl+O")

    def _halt(self) -> None:
        if self.run and self.writing:
            self.run.stop()

    def _knows(self, passage: Passage) -> bool:
        """Whether the engine can go back into a passage: its own model wrote it."""
        return self.facts is not None and passage.model == self.facts.name
