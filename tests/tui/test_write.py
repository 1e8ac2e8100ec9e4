"""The Write mode, key by key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets._toast import Toast

from rnntui.engine.child import Death
from rnntui.engine.client import EngineError
from rnntui.engine.parts import Alternative, Figures, Listed
from rnntui.engine.protocol import Error, Finished, Frame, Pause, Resume, Steer, Stop
from rnntui.tui.app import DEFAULT_MODEL
from rnntui.tui.manuscript import Passage
from rnntui.tui.screens.write import WriteScreen
from tests.scripted.engine import FACTS

from .conftest import Stage

Play = Callable[..., None]
END = Finished(0, "length", 6, 7)


class TestOpening:
    def test_text_is_being_written_before_a_key_was_touched(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            assert stage.text == "Once upon"
            assert stage.screen.transcript.writing

        play(scene, ["Once ", "upon"])

    def test_a_model_that_does_not_load_is_told_with_the_next_step(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            assert "there is no model 'x'; rnntui list shows them" in stage.notice

        play(scene, [], facts=EngineError("there is no model 'x'", "rnntui list shows them"))

    @pytest.mark.parametrize("size", [(20, 5), (80, 24), (160, 45), (300, 90)])
    def test_it_opens_at_any_size_and_keeps_writing_when_resized(
        self, play: Play, size: tuple[int, int]
    ) -> None:
        async def scene(stage: Stage) -> None:
            await stage.pilot.resize_terminal(100, 30)
            await stage.feed(" and on")
            await stage.pilot.resize_terminal(*size)
            await stage.feed("!")
            assert stage.text == "going and on!"

        play(scene, ["going"], size=size)

    @pytest.mark.parametrize("away", ["f3", "b"])
    def test_resized_while_something_else_is_in_sight_it_fits_when_it_is_back(
        self, play: Play, away: str
    ) -> None:
        async def scene(stage: Stage) -> None:
            write = stage.screen
            assert write.side.display
            await stage.press(away)
            await stage.pilot.resize_terminal(80, 24)
            await stage.pilot.pause(0.1)
            await stage.press("f2" if away == "f3" else "x")
            assert stage.screen is write
            assert write.size == (80, 24)
            assert not write.side.display

        play(scene, ["text"])

    def test_the_panel_that_comes_into_sight_with_the_width_is_told_the_figures(
        self, play: Play
    ) -> None:
        async def scene(stage: Stage) -> None:
            assert not stage.screen.side.display
            assert not stage.screen.writer.settings.figures
            await stage.pilot.resize_terminal(160, 45)
            await stage.pilot.pause(0.1)
            await stage.pilot.pause()
            assert stage.screen.side.display
            told = stage.engine.requests[-1]
            assert isinstance(told, Steer)
            assert told.settings.figures
            assert told.settings.alternatives

        play(scene, ["text"], size=(80, 24))


class TestStopping:
    def test_escape_keeps_the_partial_text_and_late_frames_are_dropped(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("escape")
            run = stage.engine.runs[-1]
            assert stage.engine.requests[-1] == Stop(run.id)
            await stage.feed(" late")
            assert stage.text == stage.manuscript == "partial"
            assert not stage.screen.transcript.writing
            assert "stopped" in stage.status

        play(scene, ["partial"])

    def test_escape_when_nothing_runs_destroys_nothing(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("escape", "escape")
            assert stage.text == "done"

        play(scene, ["done", END])

    def test_space_pauses_and_goes_on(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            run = stage.engine.runs[-1]
            await stage.press("space")
            assert stage.engine.requests[-1] == Pause(run.id)
            await stage.press("space")
            assert stage.engine.requests[-1] == Resume(run.id)

        play(scene, ["text"])

    def test_it_rests_while_another_mode_is_in_sight(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            run = stage.engine.runs[-1]
            await stage.press("f3")
            assert not isinstance(stage.app.screen, WriteScreen)
            assert stage.engine.requests[-1] == Pause(run.id)
            await stage.press("f2")
            assert stage.engine.requests[-1] == Resume(run.id)

        play(scene, ["text"])


class TestGoingOn:
    def test_c_continues_exactly_where_the_text_ended(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            first = stage.engine.runs[-1]
            await stage.press("c")
            request = stage.engine.runs[-1].request
            assert request.after is not None
            assert (request.after.run, request.after.position) == (first.id, 6)
            assert request.seed is None
            assert stage.text == stage.manuscript == "onetwo more"
            assert stage.status.startswith("11 chars · ")  # of the text, not of the run

        play(scene, ["onetwo", END], [" more"])

    def test_r_writes_the_last_passage_anew_with_another_seed(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            first = stage.engine.runs[-1]
            await stage.press("r")
            request = stage.engine.runs[-1].request
            assert request.after is not None
            assert (request.after.run, request.after.position) == (first.id, 0)
            assert request.seed is not None
            assert stage.text == stage.manuscript == "second"
            assert stage.status.startswith("6 chars · ")

        play(scene, ["first"], ["second"])

    def test_u_takes_passages_back_one_by_one(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("c", "u")
            assert stage.text == stage.manuscript == "onetwo"
            await stage.press("u", "u", "u")
            assert stage.text == stage.manuscript == ""

        play(scene, ["onetwo", END], [" more", END])

    def test_backspace_takes_words_back_and_c_goes_on_from_there(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("backspace")
            assert stage.text == stage.manuscript == "x" * 10
            await stage.press("c")
            after = stage.engine.runs[-1].request.after
            assert after is not None
            assert after.position == 10

        play(scene, ["x" * 30, Finished(0, "length", 30, 7)], ["y"])

    def test_a_prompt_begins_a_text_of_its_own_and_keeps_the_old_one_in_sight(
        self, play: Play
    ) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("i", *"JULIET", "ctrl+j")
            request = stage.engine.runs[-1].request
            assert (request.prompt, request.after) == ("JULIET", None)
            assert stage.text == "old\nJULIET new"
            assert stage.status.startswith("4 chars · ")

        play(scene, ["old"], [" new"])

    def test_another_model_reads_the_text_and_goes_on_with_it(self, play: Play) -> None:
        listed = Listed("other", "own", "text", 5, 6, "/models/other", {}, "")

        async def scene(stage: Stage) -> None:
            await stage.press("ctrl+o")
            await stage.press("enter")
            request = stage.engine.runs[-1].request
            assert request.after is None
            assert request.prompt == "kept"
            assert stage.text == "kept on"

        play(scene, ["kept"], [" on"], listed=(listed,))


class TestTakingBack:
    def test_what_was_taken_back_comes_back_and_is_gone_on_from_exactly(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("u", "U")
            assert stage.text == stage.manuscript == "onetwo"
            await stage.press("c")
            after = stage.engine.runs[-1].request.after
            assert after is not None
            assert (after.run, after.position) == (stage.engine.runs[0].id, 6)

        play(scene, ["onetwo", END], ["!"])

    def test_a_cleared_page_comes_back_whole(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("i", *"Hi", "ctrl+j")
            before = stage.text
            await stage.press("x")
            assert stage.text == stage.manuscript == ""
            assert "U brings the text back" in stage.notice
            await stage.press("U")
            assert stage.text == before == "old\nHi there"

        play(scene, ["old"], [" there"])

    def test_what_was_written_since_makes_it_too_late(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("u", "c", "U")
            assert stage.text == stage.manuscript == "!"
            assert "nothing was taken back" in stage.notice

        play(scene, ["onetwo", END], ["!"])


class TestKnobs:
    def test_a_knob_turned_out_of_sight_is_told_in_the_status_line(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("right_square_bracket")
            assert stage.status.endswith("Temperature 1.05")
            await stage.press("p")
            assert "Temperature" not in stage.status

        play(scene, ["text"], size=(80, 24))

    def test_a_knob_turned_before_a_runs_first_character_is_not_of_the_passage_before(
        self, play: Play
    ) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("c", "]")
            await stage.feed("two")
            one, two = stage.screen.writer.manuscript.passages[-2:]
            assert (one.text, two.text) == ("one", "two")
            assert len(one.settings) == 1
            assert two.settings == ((0, stage.screen.writer.settings),)

        play(scene, ["one", END], [])

    def test_keys_turn_knobs_for_the_next_character_of_the_running_text(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("right_square_bracket")
            steer = stage.engine.requests[-1]
            assert isinstance(steer, Steer)
            assert steer.settings.sampling.temperature == 1.05
            await stage.press("left_curly_bracket", "minus")
            steer = stage.engine.requests[-1]
            assert isinstance(steer, Steer)
            assert steer.settings.sampling.top_n == 100
            assert steer.settings.pace == 50
            assert len(stage.engine.runs) == 1

        play(scene, ["text"])

    def test_what_may_come_next_is_shown_under_the_knobs_where_nothing_is_written(
        self, play: Play
    ) -> None:
        async def scene(stage: Stage) -> None:
            assert stage.screen.desk.distribution.alternatives == ()
            await stage.press("escape")
            shown = stage.screen.desk.distribution.alternatives
            assert [(a.text, a.raw, a.kept) for a in shown] == [("e", 0.5, 0.6)]
            stage.engine.alternatives = (Alternative(10, 0.5, 1.0),)
            await stage.press("right_square_bracket")
            assert stage.screen.desk.distribution.alternatives[0].text == "\n"

        play(scene, ["text"])

    def test_f_is_full_speed_and_back(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("f")
            assert stage.app.knobs.value("pace") == 0
            await stage.press("f")
            assert stage.app.knobs.value("pace") == 100

        play(scene, ["text"])

    def test_a_model_s_suggestion_is_shown_as_such_and_yields_to_the_person(
        self, play: Play
    ) -> None:
        import msgspec

        from tests.scripted.engine import FACTS

        async def scene(stage: Stage) -> None:
            assert stage.app.knobs["temperature"] == (0.7, "model")
            await stage.press("right_square_bracket")
            assert stage.app.knobs["temperature"] == (0.75, "you")

        facts = msgspec.structs.replace(FACTS, suggested={"temperature": 0.7})
        play(scene, ["text"], facts=facts)


class TestWhatIsShown:
    def test_markup_escapes_and_wide_characters_are_text(self, play: Play) -> None:
        strange = "[red]no[/] \x1b[31m 漢字 e\u0301 \u202e end"

        async def scene(stage: Stage) -> None:
            assert stage.text == strange

        play(scene, [strange])

    def test_figures_reach_the_meters_and_the_status_line(self, play: Play) -> None:
        figures = Figures((1.0, 3.0), (1, 4), (2.0, 2.0))
        frame = Frame(0, 0, "ab", 2, 5000.0, 2.0, figures)

        async def scene(stage: Stage) -> None:
            assert stage.screen.desk.surprise.value == pytest.approx(2.0)
            assert "5,000/s" in stage.status
            assert "2.00 nats/char" in stage.status
            assert "seed 7" in stage.status

        play(scene, [frame])


class TestSaving:
    def test_a_saved_text_names_the_command_that_writes_it_again(
        self, play: Play, tmp_path: Path
    ) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("i", *"Hi", "ctrl+j")
            await stage.press("ctrl+s")
            (text,) = tmp_path.glob("rnntui-*.txt")
            document = json.loads(text.with_suffix(".json").read_text("utf-8"))
            assert text.read_text("utf-8") == "Hi there"
            assert "--prompt Hi --length 6 --seed 7" in document["command"]

        play(scene, ["old"], [" there", Finished(0, "length", 6, 7)])

    def test_a_text_whose_knobs_were_turned_names_no_single_command(
        self, play: Play, tmp_path: Path
    ) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("right_square_bracket")
            await stage.feed("b")
            await stage.press("ctrl+s")
            (beside,) = tmp_path.glob("rnntui-*.json")
            document: dict[str, Any] = json.loads(beside.read_text("utf-8"))
            assert document["command"] is None
            written = document["passages"][-1]
            assert [s["from"] for s in written["settings"]] == [0, 1]

        play(scene, ["a"])


class TestFaults:
    def test_a_dead_engine_costs_no_text_and_can_be_started_again(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.feed(Death("killed", -9, ()))
            assert stage.text == "kept"
            assert "Ctrl+E" in stage.notice
            await stage.press("ctrl+e")
            await stage.press("c")
            request = stage.engine.runs[-1].request
            assert (request.prompt, request.after) == ("kept", None)
            assert stage.text == "kept again"

        play(scene, ["kept"], [" again"])

    def test_again_takes_nothing_back_while_the_engine_is_dead(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.feed(Death("killed", -9, ()))
            stage.screen.desk.notice.hide()
            await stage.press("r")
            assert stage.text == stage.manuscript == "kept"
            assert "killed by SIGKILL; press Ctrl+E" in stage.notice

        play(scene, ["kept"])

    def test_again_takes_nothing_back_while_no_model_is_loaded(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            stage.screen.writer.adopt(Passage("written", "kept", model="gone"))
            await stage.press("r")
            assert stage.text == stage.manuscript == "kept"
            assert "no model is loaded; choose one" in stage.notice

        play(scene, [], facts=EngineError("there is no model 'x'", "rnntui list shows them"))

    def test_what_again_took_back_is_brought_back_where_nothing_was_written_since(
        self, play: Play
    ) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("r")
            assert stage.text == ""
            await stage.press("U")
            assert stage.text == stage.manuscript == "kept"
            await stage.press("r")
            await stage.feed("anew")
            await stage.press("U")
            assert stage.text == stage.manuscript == "anew"

        play(scene, ["kept", END], [Error("the folder is gone", "fetch it again"), END], [])

    def test_a_dead_engine_is_started_again_from_the_prompt_too(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            await stage.press("i", *"Hi", "home", "ctrl+e")
            assert stage.screen.prompt.cursor_location == (0, 2)  # it lives: a key of the text
            await stage.press("home")
            await stage.feed(Death("killed", -9, ()))
            assert "Ctrl+E" in stage.notice
            await stage.press("ctrl+e")
            assert stage.engine.death is None
            assert "Ctrl+E" not in stage.notice
            assert (stage.screen.prompt.value, stage.text) == ("Hi", "kept")

        play(scene, ["kept"])

    def test_keys_are_answered_while_an_engine_takes_its_time_to_start(
        self, play: Play, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers = asyncio.Event()

        async def restart() -> None:
            await answers.wait()
            raise EngineError("the engine has not said hello in 30 s", "check --engine")

        async def scene(stage: Stage) -> None:
            monkeypatch.setattr(stage.engine, "restart", restart)
            app = stage.app
            app.call_later(app.run_action, "restart_engine")
            app.call_later(app.run_action, "mode('train')")
            for _ in range(100):
                if answered := app.current_mode == "train":
                    break
                await asyncio.sleep(0.02)
            answers.set()
            await stage.settle()
            assert answered
            (toast,) = app.screen.query(Toast)
            assert "has not said hello" in str(toast.render())

        play(scene, ["kept"])

    def test_an_error_in_mid_run_is_shown_and_the_text_stays(self, play: Play) -> None:
        async def scene(stage: Stage) -> None:
            assert stage.text == "kept"
            assert "the folder is gone; fetch it again" in stage.notice

        play(scene, ["kept", Error("the folder is gone", "fetch it again"),
                     Finished(0, "error", 4, 7)])  # fmt: skip

    def test_keys_pressed_in_any_order_lose_nothing(self, play: Play) -> None:
        keys = ["space", "escape", "c", "c", "r", "u", "space", "escape", "x", "c", "r"]
        keys += ["backspace", "t", "p", "t", "p", "f", "f", "y"]

        async def scene(stage: Stage) -> None:
            for key in keys:
                await stage.press(key)
                assert stage.text == stage.manuscript
            assert stage.app.is_running

        play(scene, ["one"], ["two"], ["three", END], ["four"])

    def test_a_bug_in_the_background_is_told_and_logged_and_the_rest_goes_on(
        self, play: Play, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(self: object) -> None:
            raise KeyError("a bug")

        async def scene(stage: Stage) -> None:
            monkeypatch.setattr(stage.engine, "models", lambda: broken(stage))
            await stage.press("ctrl+o")
            toast = " ".join(str(t.render()) for t in stage.app.screen.query(Toast))
            assert "internal error: KeyError: 'a bug'" in toast
            await stage.feed(" and on")
            assert stage.text == "text and on"

        play(scene, ["text"])
        assert "Traceback" in (home / "state" / "logs" / "app.log").read_text("utf-8")


class TestSettings:
    def test_keys_of_the_settings_file_replace_ours(self, play: Play, home: Path) -> None:
        file = home / "config" / "settings.toml"
        file.parent.mkdir(parents=True)
        file.write_text('[keymap]\n"write.stop" = "s,ctrl+g"\n', "utf-8")

        async def scene(stage: Stage) -> None:
            await stage.press("escape")
            assert stage.screen.writer.writing
            await stage.press("s")
            assert not stage.screen.writer.writing

        play(scene, ["text"])

    @pytest.mark.parametrize("theme", ["textual-light", "no-such-theme"])
    def test_a_theme_that_is_there_is_worn(self, play: Play, home: Path, theme: str) -> None:
        file = home / "config" / "settings.toml"
        file.parent.mkdir(parents=True)
        file.write_text(f'theme = "{theme}"\n', "utf-8")

        async def scene(stage: Stage) -> None:
            assert stage.app.theme == ("textual-light" if "light" in theme else "textual-dark")

        play(scene, ["text"])


class TestRemembering:
    def test_the_next_start_has_the_last_model_knobs_and_prompt(self, play: Play) -> None:
        async def first(stage: Stage) -> None:
            await stage.press("right_square_bracket")
            await stage.press("i", *"Hi", "ctrl+j")
            await stage.press("ctrl+q")

        async def second(stage: Stage) -> None:
            assert stage.app.knobs["temperature"] == (1.05, "you")
            assert stage.engine.runs[0].request.prompt == "Hi"

        play(first, ["text"])
        play(second, ["text"])

    def test_a_model_that_is_gone_gives_way_to_the_one_that_ships(self, play: Play) -> None:
        async def first(stage: Stage) -> None:
            stage.screen.change_model("mine")
            await stage.settle()
            await stage.press("ctrl+q")

        async def second(stage: Stage) -> None:
            assert stage.text == "text" and stage.app.model == DEFAULT_MODEL
            told = [each.message for each in stage.app._notifications]
            assert told == [f"there is no model 'mine' here; {DEFAULT_MODEL} writes in its place"]
            await stage.press("ctrl+q")

        async def third(stage: Stage) -> None:
            assert not stage.app._notifications

        play(first, ["text"])
        play(second, ["text"], missing=("mine",))
        play(third, ["text"], missing=("mine",))

    def test_a_model_that_cannot_be_loaded_is_not_remembered(self, play: Play) -> None:
        async def typed(stage: Stage) -> None:
            stage.app.model = "nosuch"
            await stage.press("ctrl+q")

        async def next_time(stage: Stage) -> None:
            assert stage.app.model == DEFAULT_MODEL

        play(typed, ["text"])
        play(next_time, ["text"])

    def test_a_prompt_that_was_cleared_or_takes_long_to_read_is_not_sent_again(
        self, play: Play
    ) -> None:
        async def cleared(stage: Stage) -> None:
            await stage.press("i", *"Hi", "ctrl+j", "x", "ctrl+q")

        async def long(stage: Stage) -> None:
            assert stage.engine.runs[0].request.prompt == FACTS.prompt
            stage.app.first_prompt = "word " * 2000
            await stage.press("ctrl+q")

        async def last(stage: Stage) -> None:
            assert stage.engine.runs[0].request.prompt == FACTS.prompt

        for scene in (cleared, long, last):
            play(scene, ["text"])


def test_the_line_about_the_text_tells_what_was_taken_back(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("u")
        assert "4 chars taken back" in stage.status
        await stage.press("x")
        assert "an empty page" in stage.status
        await stage.press("U")
        assert not stage.notice

    play(scene, ["text", Finished(0, "length", 4, 7)])


def test_what_was_taken_back_does_not_come_back_to_a_text_that_was_shortened(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("c")
        await stage.press("u", "backspace", "U")
        assert "nothing was taken back" in stage.notice and "more" not in stage.text

    first, second = (Finished(0, "length", n, 7) for n in (30, 4))
    play(scene, ["x" * 30, first], ["more", second])


def test_what_is_pasted_while_the_text_has_the_focus_goes_into_the_prompt(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        assert stage.app.focused is stage.screen.transcript
        stage.app.post_message(events.Paste("two\nlines"))
        await stage.settle()
        assert stage.screen.prompt.value == "two\nlines"
        assert stage.app.focused is stage.screen.prompt
        stage.app.post_message(events.Paste(" more"))
        await stage.settle()
        assert stage.screen.prompt.value == "two\nlines more"

    play(scene, ["text"])


def test_a_model_chosen_to_write_with_begins_a_text_of_its_own(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("escape")
        stage.screen.change_model("other", anew=True)
        await stage.settle()
        assert len(stage.engine.runs) == 2 and stage.engine.runs[1].request.prompt == FACTS.prompt
        assert stage.screen.transcript.writing

    play(scene, ["text"])


def test_an_engine_that_did_not_start_is_started_for_all_modes_by_its_key(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.settle()
        failed = asyncio.get_running_loop().create_future()
        failed.set_exception(EngineError("the engine does not start"))
        stage.app._starting = failed
        with pytest.raises(EngineError):
            await stage.app.engine_ready()
        await stage.press("ctrl+e")
        await stage.app.engine_ready()

    play(scene)
