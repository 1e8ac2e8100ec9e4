"""The app: modes, themes, keys, and the one engine that all screens share.

It paints before anything heavy is imported; the engine loads its model in a process of its own
meanwhile. Nothing here imports NumPy or torch.
"""

from __future__ import annotations

import asyncio
import gc
import os
import re
import signal
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from textual import events, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.signal import Signal
from textual.worker import Worker, WorkerState

from rnntui import paths, settings
from rnntui.engine.child import Death
from rnntui.engine.client import Client, Engine
from rnntui.errors import RnntuiError
from rnntui.tui.archive import Archive
from rnntui.tui.clipboard import copy_text
from rnntui.tui.colours import Colourless
from rnntui.tui.last_words import keep_text, log_fault, sentence
from rnntui.tui.widgets.mode_bar import MODES
from rnntui.tui.widgets.transcript_spool import own_file, remove_stale

if TYPE_CHECKING:
    from rnntui.store.records import Conversation


@dataclass(frozen=True)
class Launch:
    """How the app was started."""

    model: str = ""
    mode: str = "write"
    engine: str | None = None
    """A shell command that starts the engine elsewhere; None starts one here."""
    knobs: dict[str, Any] = field(default_factory=dict)
    """Knobs given as options."""


DEFAULT_MODEL = "shakespeare-lstm"
_REMEMBERED = 5_000
"""Characters of a text that the next start reads again; a longer one takes too long."""


_SCREENS: Mapping[str, tuple[str, str]] = {
    "write": ("rnntui.tui.screens.write", "WriteScreen"),
    "chat": ("rnntui.tui.chat.screen", "ChatScreen"),
    "sentiment": ("rnntui.tui.sentiment.screen", "SentimentScreen"),
    "forecast": ("rnntui.tui.forecast.screen", "ForecastScreen"),
    "train": ("rnntui.tui.train.screen", "TrainScreen"),
    "models": ("rnntui.tui.models.screen", "ModelsScreen"),
}
"""Where the modes' screens are, imported when first opened."""


def _opens(mode: str) -> Callable[[], Screen[None]]:
    """Return what makes the screen of a mode."""

    def make() -> Screen[None]:
        module, name = _SCREENS[mode]
        screen: Screen[None] = getattr(import_module(module), name)()
        return screen

    return make


class RnntuiApp(App[None]):
    """The workbench.

    Args:
        launch: how it was started.
        engine: the engine to use; None starts one as `launch` says.
    """

    CSS_PATH = "app.tcss"
    TITLE = "rnntui"
    BINDING_GROUP_TITLE = "Everywhere"
    MODES: ClassVar[dict[str, Any]] = {mode: _opens(mode) for mode in MODES}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (96, "-normal"), (140, "-wide")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "help", id="app.help"),
        *(
            Binding(
                f"f{number}",
                f"mode({mode!r})",
                mode,
                show=False,
                id=f"app.{mode}",
                tooltip="mode",
            )
            for number, mode in enumerate(MODES, 2)
        ),
        Binding("ctrl+e", "restart_engine", "restart engine", show=False, id="app.engine"),
        Binding("ctrl+c", "interrupt", "stop, copy", show=False, id="app.interrupt", priority=True),
        Binding("ctrl+q", "quit", "quit", id="app.quit", priority=True),
    ]

    def __init__(self, launch: Launch | None = None, engine: Client | None = None) -> None:
        self.launch = launch or Launch()
        self.configured = settings.read()
        self.remembered = settings.recall()
        # Textual would open a mode of its own first and throw it away: 20 ms.
        self.DEFAULT_MODE = self.launch.mode  # type: ignore[misc]
        super().__init__()
        chosen = self.configured.settings
        if chosen.theme in self.available_themes:
            self.theme = chosen.theme
        if not chosen.animations:
            self.animation_level = "none"
        self.engine: Client = engine or Engine(self.launch.engine, on_death=self._tell_of_death)
        self.knobs = self.configured.knobs(
            options=self.launch.knobs, remembered=self.remembered.knobs
        )
        self.chat_knobs = self.configured.knobs(
            options=self.launch.knobs, remembered=self.remembered.chat_knobs
        )
        """Those of the Chat mode: its models want other settings than those that write."""
        asked = self.launch.model
        judging, talking = self.launch.mode == "sentiment", self.launch.mode == "chat"
        elsewhere = judging or talking or self.launch.mode == "forecast"
        own = "" if elsewhere else asked
        self.model = own or chosen.model or self.remembered.model or DEFAULT_MODEL
        self.writes = self.remembered.model
        """The model that wrote last, which is remembered: what was named may be none."""
        self.judge = (asked if judging else "") or self.remembered.judge
        """The model that judges texts, "" for the default one."""
        self.talker = (asked if talking else "") or self.remembered.talker
        """The model that is talked with, "" for the default one."""
        self.archive = Archive(self._tell_of_damage)
        self.resumed: Conversation | None = None
        """A session that was chosen, until the mode it is of takes it."""
        self.forecast = self.remembered.forecast
        """What the Forecast mode is to find again."""
        if asked and self.launch.mode == "forecast":
            self.forecast = msgspec.structs.replace(self.forecast, model=asked)
        self.first_prompt = self.remembered.prompt
        self.review = self.remembered.review
        """The text that the Sentiment mode judges."""
        self.spool = own_file(paths.state() / "write")
        self.prompt_history = paths.state() / "prompts.jsonl"
        self.engine_died: Signal[Death] = Signal(self, "engine_died")
        """Published when the engine ends without having been asked to."""
        self.engine_restarted: Signal[None] = Signal(self, "engine_restarted")
        """Published when it runs again; it knows no place of before."""
        self._starting: asyncio.Future[Any] | None = None
        self._colourless = Colourless()
        self._sizing: asyncio.TimerHandle | None = None
        self.text: Callable[[], str] = str
        """Returns the text to keep when the app ends; the Write mode sets it."""

    @property
    def width_class(self) -> str:
        """The class a screen of this width gets; put on early, it spares a round of styling."""
        return [name for width, name in self.HORIZONTAL_BREAKPOINTS if width <= self.size.width][-1]

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what fits colours to the terminal: none at all where the person wants none."""
        return [self._colourless] if self.no_color else super().get_line_filters()

    def get_driver_class(self) -> type[Driver]:
        """Return what speaks to the terminal: ours where Textual would take its own for Unix."""
        usual = super().get_driver_class()
        if usual.__name__ != "LinuxDriver":  # Windows, or served in a browser
            return usual
        from rnntui.tui.terminal import TerminalDriver

        return TerminalDriver

    def get_key_display(self, binding: Binding) -> str:
        """Return a key as people write it: ^S and F1 rather than ^s and f1."""
        shown = super().get_key_display(binding)
        return shown.upper() if re.fullmatch(r"\^.|f\d+", shown) else shown

    def on_mount(self) -> None:
        """Take the person's keys, and care for signals."""
        if keymap := self.configured.settings.keymap:
            self.set_keymap(keymap)
        self._leave_by_signals()
        self.mode_change_signal.subscribe(self, self._mode_changed)
        self.run_worker(self._sweep, thread=True, exit_on_error=False)
        if not self.is_headless:
            self.call_after_refresh(_set_memory_aside)

    def _sweep(self) -> None:
        remove_stale(self.spool.parent)

    def on_resize(self) -> None:
        """See to it that every screen takes the size.

        Textual hands it on by a timer of 8 ms, which never rings if the process is kept from
        running for that long between two of its lines; and to the screen in front alone.
        """
        if self._sizing:
            self._sizing.cancel()
        self._sizing = asyncio.get_running_loop().call_later(0.05, self._hand_on_size)

    def _hand_on_size(self) -> None:
        behind = [
            screen
            for screen in self.screen_stack
            if screen.size != self.size or not screen.has_class(self.width_class)
        ]
        for screen in behind:
            screen.post_message(events.Resize(self.size, self.size))
        again = asyncio.get_running_loop().call_later
        self._sizing = again(0.5, self._hand_on_size) if behind else None

    def _mode_changed(self, _: str) -> None:
        # A screen that was out of sight takes the size, but not the classes that go with it.
        self.screen.post_message(events.Resize(self.size, self.size))

    def _leave_by_signals(self) -> None:
        """Leave as by the key when told to end; remember, at least, when the terminal is gone."""
        if threading.current_thread() is not threading.main_thread() or self.is_headless:
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.call_later, self.action_quit)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)

    def _hang_up(self) -> None:
        self._remember()
        self._keep()
        self.archive.close_now()
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGHUP)

    def _handle_exception(self, error: Exception) -> None:
        """End after a bug of ours, as Textual does, but without a traceback on the screen."""
        if self.is_headless:  # tests see it raised
            super()._handle_exception(error)
            return
        if self._exit:  # the text is kept already, and a screen half gone fails easily
            log_fault(error)
            return
        log, kept = log_fault(error), keep_text(self.text())
        self._return_code = 1
        self.panic(
            f"error: {sentence(error)}; this is a bug of rnntui, {log} tells more"
            + (f"; the text is in {kept}" if kept else "")
        )

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a bug in the background; what else runs goes on.

        Only the widget that began the work hears of its end: each of those calls this.
        """
        error = event.worker.error
        if event.state is WorkerState.ERROR and error is not None:
            log = log_fault(error)
            self.notify(
                f"{sentence(error)}; {log} tells more", severity="error", markup=False, timeout=20
            )

    async def engine_ready(self) -> None:
        """Wait until the engine has said hello; the first who waits starts it.

        Raises:
            EngineError: it does not start.
        """
        if self._starting is None:
            self._starting = asyncio.ensure_future(self.engine.start())
        await asyncio.shield(self._starting)

    @work(exclusive=True, group="engine", exit_on_error=False)
    async def action_restart_engine(self) -> None:
        """Start the engine again; the text stays."""
        # All who wait from here on wait for this start, not for one that failed.
        self._starting = asyncio.ensure_future(self.engine.restart())
        try:
            await asyncio.shield(self._starting)
        except RnntuiError as error:
            self.notify(str(error), title="The engine", severity="error", markup=False)
        else:
            self.engine_restarted.publish(None)

    def action_interrupt(self) -> None:
        """Copy what is selected, close what is in front, or stop what is being written.

        It never quits: people press it to stop a text, and lose it where that ends the program.
        """
        focused, screen = self.focused, self.screen
        selected = getattr(focused, "selected_text", "") or screen.get_selected_text()
        if selected:
            how = copy_text(self, selected)
            self.notify(f"{len(selected):,} characters copied {how}", markup=False)
        elif screen.is_modal:
            screen.dismiss(None)
        else:
            interrupt = getattr(screen, "interrupt", None)
            stopped = bool(interrupt and interrupt())
            quits = next(b for b in self._bindings.get_bindings_for_key("ctrl+q"))
            key = self.get_key_display(quits)
            self.notify(f"{'stopped; ' if stopped else ''}{key} quits", markup=False, timeout=3)

    def _tell_of_death(self, death: Death) -> None:
        self.engine_died.publish(death)

    def _tell_of_damage(self, notice: str) -> None:
        self.notify(notice, title="Sessions", severity="warning", markup=False, timeout=30)

    def action_mode(self, mode: str) -> None:
        """Switch to a mode."""
        self.switch_mode(mode)

    def action_help(self) -> None:
        """Show what the keys do, and what the screen is for."""
        if not self.screen.is_attached:  # the key came just before the one that quits
            return
        from rnntui.tui.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):  # the palette may lie over it
            self.push_screen(HelpScreen(self.screen))

    def action_show_help_panel(self) -> None:
        """Show the help; by this name Textual's own command asks for it."""
        self.action_help()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers besides Textual's own."""
        yield from super().get_system_commands(screen)
        from rnntui.tui.palette import commands

        suspends = self._driver is not None and self._driver.can_suspend
        yield from commands(self, screen, suspends=suspends)

    def screens_of(self, mode: str) -> list[Screen[Any]]:
        """A mode's own screen, and what lies above it; nothing of a mode that nobody visited."""
        try:
            return self.get_screen_stack(mode)
        except KeyError:
            return []

    async def action_quit(self) -> None:
        """Remember, end the engine, leave."""
        self._remember()
        self._keep()
        await asyncio.gather(self.engine.close(), self.archive.close())
        self.exit()

    def _keep(self) -> None:
        """Have the sessions end as they are."""
        for mode in self.MODES:
            for screen in self.screens_of(mode):
                if keep := getattr(screen, "keep", None):
                    keep()

    def _remember(self) -> None:
        from contextlib import suppress

        state = settings.State(
            model=self.writes,
            judge=self.judge,
            talker=self.talker,
            knobs=dict(self.knobs.you),
            chat_knobs=dict(self.chat_knobs.you),
            prompt=_short(self.first_prompt),
            review=_short(self.review),
            forecast=self.forecast,
            sizes=self.remembered.sizes,
        )
        with suppress(RnntuiError):  # a full disk must not keep anyone from leaving
            settings.remember(state)
        keep_text(self.text())
        with suppress(OSError):
            self.spool.unlink(missing_ok=True)


def _short(text: str) -> str:
    """Return a text if it is short enough to be remembered."""
    return text if len(text) <= _REMEMBERED else ""


def _set_memory_aside() -> None:
    """Keep what starting made out of later collections, each of which would hold a frame up.

    Until here there are none (`cli/open_app.py`). It takes 50 ms, while the screen has been painted
    and the engine is still loading its model.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
