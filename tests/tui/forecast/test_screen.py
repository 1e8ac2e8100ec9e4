"""The Forecast mode by its keys, over a scripted engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from rnntui.engine.child import Death
from rnntui.engine.client import EngineError
from rnntui.engine.parts import Listed
from rnntui.engine.protocol.forecast import Source
from rnntui.tui.forecast.column_picker import ColumnPicker
from rnntui.tui.forecast.fitting import FitForm
from rnntui.tui.forecast.screen import ForecastScreen
from rnntui.tui.forecast.series_picker import SeriesPicker
from tests.scripted.engine import FACTS
from tests.scripted.forecast import ScriptedForecast, month
from tests.tui.conftest import Stage
from tests.tui.test_pictures import lines

Play = Callable[..., None]
Scene = Callable[[Stage, ForecastScreen, ScriptedForecast], Awaitable[None]]

MODELS = tuple(
    Listed(
        name,
        "shipped",
        "forecast",
        2000,
        9000,
        f"/models/{name}",
        {},
        "",
        figure="26.3 % better than naive (test)",
    )
    for name in ("airline-gru", "djia-gru")
)


def forecasting(
    play: Play, scene: Scene, *, size: tuple[int, int] = (120, 34), opened: str = "sales.csv"
) -> None:
    """Open the mode, with a series, and play a scene."""

    async def whole(stage: Stage) -> None:
        await stage.press("f5")
        screen, engine = stage.app.screen, stage.engine.series
        assert isinstance(screen, ForecastScreen) and isinstance(engine, ScriptedForecast)
        if opened:
            screen.open(Source(opened, "passengers"))
            await until(stage, lambda: screen.desk.sheet and screen.desk.sheet.fan)
        await scene(stage, screen, engine)

    facts = msgspec.structs.replace(FACTS, name="djia-gru", task="forecast")
    play(whole, facts=facts, listed=MODELS, size=size)


async def until(stage: Stage, true: Callable[[], object]) -> None:
    """Wait for something."""
    async with asyncio.timeout(60):
        while not true():
            await stage.pilot.pause(0.02)


def told(screen: ForecastScreen) -> str:
    """What the notice says, "" while hidden."""
    return str(screen.notice.render()) if screen.notice.display else ""


def test_nothing_is_open_at_first_and_every_key_says_so(play: Play) -> None:
    async def scene(stage: Stage, screen: ForecastScreen, _: ScriptedForecast) -> None:
        assert "no series is open" in lines(stage)
        for key in ("c", "b", "f", "e"):
            await stage.press(key)
            assert told(screen) == "✗ no series is open; o opens a CSV or a named series"
            await stage.press("escape")
            assert not told(screen)
        await stage.press("v", "s", "left", "right", "home", "[", "}", "-", "y", "ctrl+s", "p")
        assert "there is no forecast to write" in told(screen)

    forecasting(play, scene, opened="")


def test_a_series_is_picked_by_name_or_path_and_its_column_from_a_list(
    play: Play, tmp_path: Path
) -> None:
    (tmp_path / "sales.csv").write_text("a,b\n1,2\n")
    (tmp_path / "notes.md").write_text("")

    async def scene(stage: Stage, screen: ForecastScreen, engine: ScriptedForecast) -> None:
        await stage.press("o")
        await until(stage, lambda: isinstance(stage.app.screen, SeriesPicker))
        await stage.settle()
        shown = lines(stage)
        assert "airline-passengers" in shown and "is downloaded" in shown
        assert "sales.csv" in shown and "notes.md" not in shown
        await stage.press(*"sal", "tab", "enter")
        await until(stage, lambda: isinstance(stage.app.screen, ColumnPicker))
        await stage.settle()
        assert "passengers" in lines(stage) and "▁" in lines(stage)
        await stage.press("down", "enter")
        await until(stage, lambda: engine.asked)
        assert engine.opened == [Source("sales.csv", "freight")]
        assert engine.asked[-1][0] == "djia-gru"
        await stage.press("o")
        await until(stage, lambda: isinstance(stage.app.screen, SeriesPicker))
        await stage.press("down", "home", "enter")
        await until(stage, lambda: len(engine.asked) > 1)
        # The model that learned this very series comes by itself, and so does its column.
        assert engine.asked[-1][:2] == ("airline-gru", Source("airline-passengers", "passengers"))
        await stage.press("c", "escape")
        assert len(engine.opened) == 2

    forecasting(play, scene, opened="")


def test_a_file_dropped_on_the_terminal_is_offered_and_opened_under_its_quotes(
    play: Play, tmp_path: Path
) -> None:
    (tmp_path / "x y").mkdir()
    (tmp_path / "x y" / "sales.csv").write_text("a,b\n1,2\n")

    async def scene(stage: Stage, screen: ForecastScreen, engine: ScriptedForecast) -> None:
        await stage.press("o")
        await until(stage, lambda: isinstance(stage.app.screen, SeriesPicker))
        picker = stage.app.screen
        assert isinstance(picker, SeriesPicker)
        picker.typed.value = "'x y/sales.csv' "
        await stage.settle()
        assert picker._choices == ["x y/sales.csv"]
        await stage.press("enter", "enter")
        await until(stage, lambda: engine.opened)
        assert engine.opened[0].file == "x y/sales.csv"

    forecasting(play, scene, opened="")


def test_knobs_redraw_at_once_and_the_model_has_the_say_until_they_are_turned(play: Play) -> None:
    async def scene(stage: Stage, screen: ForecastScreen, engine: ScriptedForecast) -> None:
        desk = screen.desk
        assert engine.asked[-1][2:] == (0, 0)
        assert desk.knobs.knobs["horizon"] == (12, "model")
        assert desk.knobs.knobs["window"] == (24, "model")
        await stage.press("]")
        assert engine.asked[-1][2:] == (14, 0) and desk.sheet and len(desk.sheet.fan.times) == 14  # type: ignore[union-attr]
        await stage.press("<")
        assert engine.asked[-1][2:] == (14, 18)
        count, past = len(engine.asked), desk.sheet.known
        await stage.press("}")
        assert "░ 90 %" in lines(stage) and len(engine.asked) == count
        await stage.press("=")
        assert desk.sheet.known < past and len(engine.asked) == count
        desk.knobs.set("band", "70")
        await until(stage, lambda: len(engine.asked) == count + 1)
        await stage.settle()
        assert "▒ 70 %" in lines(stage)

    forecasting(play, scene)


def test_a_cursor_reads_values_by_keys_and_mouse_and_esc_puts_it_away(play: Play) -> None:
    async def scene(stage: Stage, screen: ForecastScreen, _: ScriptedForecast) -> None:
        desk = screen.desk
        await stage.press("right")
        assert desk.status.text.startswith(f"{month(120)} · 1 ahead · median 220")
        await stage.press("left")
        assert desk.status.text.startswith(f"{month(119)} · ")
        await stage.press("shift+right", "end")
        assert desk.status.text.startswith(month(131))
        assert "◆" in lines(stage)
        await stage.pilot.click(desk.plot, offset=(8, 4))
        await stage.settle()
        assert desk.cursor is not None and desk.cursor < 5
        await stage.press("escape")
        assert desk.cursor is None and desk.status.text.startswith("next ")

    forecasting(play, scene)


def test_a_backtest_shows_its_verdict_table_and_picture_and_is_dropped_by_a_knob(
    play: Play,
) -> None:
    worse = {"verdict": "no better than repeating the last value", "skill_interval": (-0.1, 0.1)}

    async def scene(stage: Stage, screen: ForecastScreen, engine: ScriptedForecast) -> None:
        engine.holds.clear()
        await stage.press("b")
        await until(stage, lambda: "6 of 12 origins" in screen.desk.status.text)
        await stage.press("b", "escape")  # a second b changes nothing
        await until(stage, lambda: "the test was ended" in told(screen))
        await stage.press("b")
        await until(stage, lambda: screen.desk.tests)
        shown = lines(stage)
        assert "✓ better than repeating the last value: errors 50.0 % smaller" in shown
        assert "naive" in shown and "MASE" in shown and "last known value" in shown
        assert "shown: 12 ahead" in screen.desk.status.text
        await stage.press("s", "right")
        assert "came" in screen.desk.status.text and screen.desk.step == 0
        await stage.press("v")
        assert not screen.desk.tests and "✓ better" in lines(stage)
        await stage.press("]")
        assert "✓ better" not in lines(stage)
        await stage.press("v")
        assert "nothing is tested yet; b tests it" in told(screen)

        report = await engine.backtest("mine", Source("sales.csv", "passengers"))
        assert report
        report = msgspec.structs.replace(report, **worse)
        engine.backtest = lambda *_: asyncio.sleep(0, report)  # type: ignore[method-assign, assignment]
        await stage.press("b")
        await until(stage, lambda: screen.desk.tests)
        assert "✗ no better than repeating the last value" in lines(stage)

    forecasting(play, scene)


def test_a_problem_and_a_dead_engine_are_a_line_and_what_was_shown_stays(play: Play) -> None:
    async def scene(stage: Stage, screen: ForecastScreen, engine: ScriptedForecast) -> None:
        engine.problem = EngineError("line 3: 'x[b]' is no number", "mend it")
        screen.open(Source("other.csv", "passengers"))
        await until(stage, lambda: told(screen))
        assert told(screen) == "✗ line 3: 'x[b]' is no number; mend it"
        assert screen.source and screen.source.file == "sales.csv"
        await stage.press("]")
        assert "is no number" in told(screen)
        engine.problem = None
        await stage.press("[")
        await until(stage, lambda: not told(screen))

        stage.engine._die(Death("exited", -9, ()))
        await stage.settle()
        assert "Ctrl+E" in told(screen) and "▒" in screen.desk.plot.text
        count = len(engine.opened)
        await stage.press("ctrl+e")
        await until(stage, lambda: len(engine.opened) > count)

    forecasting(play, scene)


def test_what_was_wrong_last_is_what_is_told(play: Play) -> None:
    async def scene(stage: Stage, screen: ForecastScreen, engine: ScriptedForecast) -> None:
        engine.problem = EngineError("it has 3 values", "bring more")
        screen.forecast()
        assert screen.desk.sheet
        screen.desk.sheet = replace(screen.desk.sheet, fan=None)  # as where a series is too short
        await until(stage, lambda: "3 values" in told(screen))
        screen.action_open()
        await stage.settle()
        screen.notice.problem("other.csv is empty", "name another")
        await stage.press("escape")
        assert "other.csv is empty" in told(screen)

    forecasting(play, scene)


def test_another_model_is_chosen_and_all_of_it_is_remembered(play: Play) -> None:
    async def scene(stage: Stage, screen: ForecastScreen, engine: ScriptedForecast) -> None:
        await stage.press("m", "up")
        shown = lines(stage)
        assert "airline-gru  shipped" in shown and "26.3 % better than naive (test)" in shown
        await stage.press("enter")
        await until(stage, lambda: engine.asked[-1][0] == "airline-gru")
        await stage.press("]", "e")
        await stage.press(*"--season 6", "enter")
        await until(stage, lambda: engine.opened[-1].season == 6)
        kept = stage.app.forecast
        assert kept.model == "airline-gru" and kept.knobs == {"horizon": 14}
        assert kept.reading["file"] == "sales.csv" and kept.reading["season"] == 6

    forecasting(play, scene)


def test_what_is_remembered_is_opened_again(play: Play) -> None:
    from rnntui import settings

    kept = settings.Forecasting(
        reading={"file": "sales.csv", "column": "freight"}, model="mine", knobs={"horizon": 7}
    )
    settings.remember(settings.State(forecast=kept))

    async def scene(stage: Stage, _: ForecastScreen, engine: ScriptedForecast) -> None:
        await until(stage, lambda: engine.asked)
        assert engine.asked[-1] == ("mine", Source("sales.csv", "freight"), 7, 0)

    forecasting(play, scene, opened="")


@pytest.mark.parametrize(
    "reading",
    [{"column": "freight"}, {"file": "sales.csv", "newer": 1}, {"file": "a", "season": "many"}],
)
def test_a_reading_of_another_version_is_not_opened_and_the_mode_is(
    play: Play, reading: dict[str, str | int]
) -> None:
    from rnntui import settings

    settings.remember(settings.State(forecast=settings.Forecasting(reading=reading)))

    async def scene(_: Stage, screen: ForecastScreen, engine: ScriptedForecast) -> None:
        assert not engine.opened and screen.source is None

    forecasting(play, scene, opened="")


def test_the_forecast_is_exported_where_the_app_was_started(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage, screen: ForecastScreen, _: ScriptedForecast) -> None:
        screen.desk.knobs.set("band", "95")
        await stage.settle()
        await stage.press("ctrl+s")
        assert "wrote " in told(screen)
        assert (tmp_path / "sales-passengers-forecast.csv").read_text().startswith("time,0.025")
        assert "░" in (tmp_path / "sales-passengers-forecast.txt").read_text()

    forecasting(play, scene)


def test_the_form_of_a_fit_tells_what_is_wrong_and_esc_leaves_it(play: Play) -> None:
    async def scene(stage: Stage, screen: ForecastScreen, _: ScriptedForecast) -> None:
        await stage.press("f")
        await until(stage, lambda: isinstance(stage.app.screen, FitForm))
        await stage.press("tab", "x", "enter")
        assert "✗ the cell is x; choose gru, lstm or rnn" in lines(stage)
        await stage.press("escape")
        assert stage.app.screen is screen and screen.fit is None

    forecasting(play, scene)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_what_stands_on_the_screen(
    play: Play, snapshot: SnapshotAssertion, size: tuple[int, int]
) -> None:
    async def scene(stage: Stage, screen: ForecastScreen, _: ScriptedForecast) -> None:
        await stage.press("right", "right")
        assert lines(stage) == snapshot(name="forecast")
        await stage.press("b")
        await until(stage, lambda: screen.desk.tests)
        await stage.settle()
        assert lines(stage) == snapshot(name="test")

    forecasting(play, scene, size=size)
