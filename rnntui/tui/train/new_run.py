"""The form of a new run: recipe, corpus, name, and every key with its documentation beside it.

It tells what is wrong before anything is started, waits until the training has begun, and keeps all
that was typed when it does not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Select, Static

from rnntui.display import one_line
from rnntui.errors import RnntuiError
from rnntui.recipes.catalog import load_recipe, tasks
from rnntui.recipes.schema import KINDS
from rnntui.runs.folder import RunFolder
from rnntui.tui.train import keys
from rnntui.tui.train.corpus_input import CorpusInput
from rnntui.tui.train.key_list import KeyList
from rnntui.tui.train.keys import FITTED, Key
from rnntui.tui.train.plan import Plan, corpus_facts
from rnntui.tui.train.processes import Launch, begin
from rnntui.tui.widgets.key_line import KeyLine
from rnntui.tui.widgets.mode_bar import ModeBar
from rnntui.tui.widgets.notice import Notice

TASKS = list(KINDS)
POLL = 0.25
"""Seconds between two looks at a training that is being begun."""


class NewRun(Screen[Launch | None]):
    """Returns the training that was begun, or None where the form was left."""

    HELP = """
# New run

Choose a recipe: it says whether a network learns to write, to judge or to forecast. Without one it
learns to write, and what suits the length of the text is found out. Name a corpus: `↑` and `↓` walk
through those with a name, `Tab` completes names and paths; several have blanks between. Change
keys: only what differs from the recipe is passed on. `Ctrl+J` starts. The training is a process of
its own, and goes on when you leave.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j", "start", "start", id="new.start", priority=True),
        Binding("escape", "back", "back", id="new.back"),
    ]

    DEFAULT_CSS = """
    NewRun {
        .field { height: 1; padding: 0 1; }
        .field .label { width: 8; color: $text-muted; }
        .field Input, .field Select { width: 1fr; }
        #facts { height: 1; padding: 0 1 0 9; color: $text-muted; text-wrap: nowrap;
                 text-overflow: ellipsis; }
        #table { height: 1fr; margin-top: 1; }
        #keys { width: 46; height: 1fr; }
        #beside { width: 1fr; padding: 0 1; border-left: vkey $panel; }
        #about { height: auto; }
        #value { margin-top: 1; width: 1fr; }
    }
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.base = plan.base
        self.launch: Launch | None = None
        self.begun = False
        """The training began while another mode was in sight: the form goes when it is seen."""
        self.rows, self.notice = KeyList(type(plan.base)), Notice()
        self.corpus = CorpusInput(plan.corpus, plan.task)
        self.facts = Static("", id="facts", markup=False)
        self.called = Input(plan.name, id="name", compact=True)
        self.about = Static("", id="about", markup=False)
        self.value = Input("", id="value", compact=True, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """The fields, the keys, and what the key with the highlight is for."""
        yield ModeBar("train")
        recipes = [("none: fitted to the text", "")]
        # Those that write first, as the mode without a recipe does; the chapters' own come last.
        ordered = sorted(tasks(), key=lambda each: ("/" in each[0], TASKS.index(each[1])))
        recipes += [(f"{name}  {load_recipe(name).about}", name) for name, _ in ordered]
        with Horizontal(classes="field"):
            yield Static("Recipe", classes="label")
            yield Select(
                recipes, value=self.plan.recipe, allow_blank=False, id="recipe", compact=True
            )
        with Horizontal(classes="field"):
            yield Static("Corpus", classes="label")
            yield self.corpus
        yield self.facts
        with Horizontal(classes="field"):
            yield Static("Name", classes="label")
            yield self.called
        with Horizontal(id="table"):
            yield self.rows
            with Vertical(id="beside"):
                yield self.about
                yield self.value
        yield self.notice
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the plan."""
        self._show_keys()
        self._show_corpus()
        self.corpus.focus()

    # ---- the plan ----

    def _become(self, plan: Plan) -> None:
        before, self.plan = self.plan, plan
        if (before.recipe, before.changes) != (plan.recipe, plan.changes):
            self._show_keys()
        self._show_corpus()

    def _show_corpus(self) -> None:
        """Draw what is known of the corpus, and what stands in where nothing is typed."""
        self.facts.update(corpus_facts(self.plan), layout=False)
        corpora = self.base.corpus
        self.corpus.placeholder = (
            f"{' '.join(corpora)}, as the recipe says" if corpora else "a name, or a file"
        )
        self.called.placeholder = self.plan.free_name()

    def _show_keys(self) -> None:
        """Draw the keys, and tell what is wrong with them."""
        values, sources = self._values()
        self.rows.show(values, sources)
        self._show_key()
        try:
            keys.checked(self.base, dict(self.plan.changes))
        except RnntuiError as error:
            self._problem(error)
        else:
            self.notice.hide()

    def _values(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Return each key's value, None where it is fitted, and who says so."""
        values, sources = {}, {}
        for key in self.rows.keys:
            value, source = getattr(self.base, key.name), "recipe"
            if key.name in self.plan.changes:
                value, source = self.plan.changes[key.name], "you"
            elif not self.plan.recipe and key.name in FITTED:
                value, source = None, "fitted"
            elif keys.same(value, key.default):
                source = "default"
            values[key.name], sources[key.name] = value, source
        return values, sources

    def _set(self, key: Key, value: Any) -> None:
        """Change a key; the recipe's own value is no change."""
        changes = {name: each for name, each in self.plan.changes.items() if name != key.name}
        fitted = not self.plan.recipe and key.name in FITTED
        own = getattr(self.base, key.name)
        if value is not None and (fitted or not keys.same(value, own)):
            changes[key.name] = value
        self._become(replace(self.plan, changes=changes))

    @on(Select.Changed, "#recipe")
    def _recipe_chosen(self, event: Select.Changed) -> None:
        recipe = str(event.value)
        if recipe == self.plan.recipe:
            return
        plan = replace(self.plan, recipe=recipe)
        self.base = plan.base
        if plan.task != self.plan.task:  # another's corpus is none here
            plan = replace(plan, corpus="")
            with self.prevent(Input.Changed):
                self.corpus.value = ""
        self.corpus.offer(plan.task)
        self.rows.of(type(self.base))
        kept = {
            name: value
            for name, value in self.plan.changes.items()
            if hasattr(self.base, name) and not keys.same(value, getattr(self.base, name))
        }
        self._become(replace(plan, changes=kept))

    @on(Input.Changed, "#corpus")
    def _corpus_typed(self, event: Input.Changed) -> None:
        self._become(replace(self.plan, corpus=event.value))

    @on(Input.Changed, "#name")
    def _name_typed(self, event: Input.Changed) -> None:
        self._become(replace(self.plan, name=event.value))

    @on(Input.Submitted, "#corpus,#name")
    def _entered(self) -> None:
        self.focus_next()

    # ---- one key ----

    @on(KeyList.OptionHighlighted)
    def _show_key(self) -> None:
        key = self.rows.current
        says = f"default {keys.write(key.default) or 'none'}"
        own = getattr(self.base, key.name)
        if not keys.same(own, key.default):
            says += f"; the recipe says {keys.write(own)}"
        if not self.plan.recipe and key.name in FITTED:
            says = "fitted to the length of the text"
        text = Content.assemble(
            (key.name, "bold"), f"\n{key.about}\n\n{key.takes}\n", (says, "$foreground 60%")
        )
        self.about.update(text)
        self.value.restrict = key.restrict
        if not self.value.has_focus:
            value = self.rows.values.get(key.name)
            with self.prevent(Input.Changed):
                self.value.value = "" if value is None else keys.write(value)

    @on(KeyList.Turned)
    def _turned(self, event: KeyList.Turned) -> None:
        self._set(event.key, event.value)

    @on(KeyList.AllReset)
    def _all_reset(self) -> None:
        self._become(replace(self.plan, changes={}))

    @on(KeyList.OptionSelected)
    def _type_value(self) -> None:
        self.value.focus()
        self.value.select_all()

    @on(KeyList.Typing)
    def _typing(self, event: KeyList.Typing) -> None:
        self.value.value = event.text
        self.value.focus()
        self.value.cursor_position = len(event.text)

    @on(Input.Submitted, "#value")
    def _typed(self, event: Input.Submitted) -> None:
        self._take(event.value)
        self.rows.focus()

    @on(Input.Blurred, "#value")
    def _left(self, event: Input.Blurred) -> None:
        self._take(event.value)

    def _take(self, text: str) -> None:
        key = self.rows.current
        fitted = not self.plan.recipe and key.name in FITTED
        if fitted and not text.strip():
            self._set(key, None)
        else:
            self._set(key, keys.read(key, text))

    # ---- starting ----

    def action_back(self) -> None:
        """Leave a value for the list, or the form; a training that is being begun goes on."""
        if self.value.has_focus:
            with self.prevent(Input.Blurred):
                self.rows.focus()
            self._show_key()
        else:
            self.dismiss(self.launch)

    def action_start(self) -> None:
        """Begin the training, if nothing is wrong."""
        if self.launch and self.launch.alive:
            return
        if self.value.has_focus:
            self._take(self.value.value)
        try:
            self.plan.check()
            folder = RunFolder(self.plan.folder)
            self.launch = begin(self.plan.arguments(), folder)
        except RnntuiError as error:
            self._problem(error)
            return
        self._wait(self.launch)

    @work(exclusive=True, group="start")
    async def _wait(self, launch: Launch) -> None:
        """Stay until the training is one, and say what it says meanwhile."""
        import asyncio

        while launch.alive and not launch.trains:
            said = launch.said
            self.notice.note(f"starting {launch.folder.name}; {said or 'PyTorch is being loaded'}")
            await asyncio.sleep(POLL)
        if not launch.trains and not launch.folder.is_run():
            self.launch = None
            self.notice.problem(launch.said or f"it ended without a word; its log is {launch.log}")
            return
        # Whoever leaves the mode meanwhile has another screen in front, which is not to go.
        if self.is_current:
            self.dismiss(launch)
        else:
            self.begun = True

    def on_screen_resume(self) -> None:
        """In sight again."""
        if self.begun:
            self.dismiss(self.launch)

    def _problem(self, error: RnntuiError) -> None:
        self.notice.problem(one_line(error.what, 300), one_line(error.fix, 300))
