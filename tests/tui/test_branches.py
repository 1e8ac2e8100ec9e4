"""Four ways to go on: begun from one place, picked from, and the text goes on from the pick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rnntui.engine.child import Death
from rnntui.engine.protocol import Finished, Pause, Resume, Steer, Stop
from rnntui.tui.screens.branches import WAYS, BranchScreen

from .conftest import Stage

Play = Callable[..., None]
END = Finished(0, "length", 6, 7)
WRITTEN = (["Once"], [" more"], [" again"], [" upon"], [" only"])
"""The text, then its four ways to go on."""


def branches(stage: Stage) -> BranchScreen:
    """The screen of the four."""
    assert isinstance(stage.app.screen, BranchScreen)
    return stage.app.screen


def texts(stage: Stage) -> list[str]:
    """What each of the four shows."""
    return [branch.transcript.text for branch in branches(stage).branches]


def test_four_runs_begin_where_the_text_ends_each_with_a_seed_of_its_own(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b")
        first, *four = stage.engine.runs
        assert len(four) == WAYS
        for run in four:
            after = run.request.after
            assert after is not None
            assert (after.run, after.position) == (first.id, 4)
            assert run.request.prompt == "Once"
            assert run.request.settings.figures
        assert len({run.request.seed for run in four}) == WAYS
        assert texts(stage) == ["Once more", "Once again", "Once upon", "Once only"]

    play(scene, *WRITTEN)


def test_a_seed_that_was_asked_for_counts_up(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.screen.writer.seed = 41
        await stage.press("b")
        assert [run.request.seed for run in stage.engine.runs[1:]] == [41, 42, 43, 44]

    play(scene, *WRITTEN)


def test_the_text_goes_on_from_the_one_that_is_picked(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b")
        picked = stage.engine.runs[3]
        await stage.press("3")
        assert stage.text == stage.manuscript == "Once upon a time"
        after = stage.engine.runs[-1].request.after
        assert after is not None
        assert (after.run, after.position) == (picked.id, 5)
        assert stage.engine.runs[-1].request.seed is None
        stopped = {r.run for r in stage.engine.requests if isinstance(r, Stop)}
        assert stopped >= {run.id for run in stage.engine.runs[1:5]}

    play(scene, *WRITTEN, [" a time"])


def test_what_was_picked_can_be_undone_and_saved_like_any_passage(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b", "1")
        passage = stage.screen.writer.manuscript.passages[-2]
        assert (passage.text, passage.seed) == (" more", stage.engine.runs[1].seed)
        await stage.press("u", "u")
        assert stage.text == stage.manuscript == "Once"

    play(scene, *WRITTEN, ["!"])


def test_escape_stops_all_and_what_they_wrote_can_still_be_picked(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b", "escape", "escape")
        assert not branches(stage).writing
        assert texts(stage)[1] == "Once again"
        await stage.press("2")
        assert stage.text == "Once again!"

    play(scene, *WRITTEN, ["!"])


def test_x_leaves_and_the_text_is_as_it_was(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b", "x")
        assert stage.text == stage.manuscript == "Once"
        await stage.press("c")
        assert stage.text == "Once!"

    play(scene, *WRITTEN, ["!"])


def test_one_that_has_written_nothing_cannot_be_picked(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b", "1")
        assert "not written anything yet" in str(branches(stage).notice.render())

    play(scene, ["Once"], [])


def test_knobs_turn_for_all_four_and_stay_turned(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b", "right_square_bracket")
        steered = [r for r in stage.engine.requests if isinstance(r, Steer)][-WAYS:]
        assert {r.run for r in steered} == {run.id for run in stage.engine.runs[1:]}
        assert {r.settings.sampling.temperature for r in steered} == {1.05}
        await stage.press("x")
        assert stage.screen.knobs.knobs.value("temperature") == 1.05

    play(scene, *WRITTEN)


def test_space_rests_all_and_r_writes_them_anew(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b", "space")
        assert all(isinstance(r, Pause) for r in stage.engine.requests[-WAYS:])
        await stage.press("space")
        assert all(isinstance(r, Resume) for r in stage.engine.requests[-WAYS:])
        await stage.press("r")
        assert len(stage.engine.runs) == 1 + 2 * WAYS
        assert texts(stage) == ["Once only"] * WAYS

    play(scene, *WRITTEN)


def test_they_rest_while_another_mode_is_in_sight(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b", "f3")
        assert all(isinstance(r, Pause) for r in stage.engine.requests[-WAYS:])
        await stage.press("f2")
        assert all(isinstance(r, Resume) for r in stage.engine.requests[-WAYS:])

    play(scene, *WRITTEN)


def test_a_dead_engine_leaves_what_they_wrote_to_be_picked(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b")
        await stage.feed(Death("exited", -9, ()))
        assert "Ctrl+E" in str(branches(stage).notice.render())
        await stage.press("r")
        assert texts(stage)[0] == "Once more"
        await stage.press("ctrl+e", "1")
        assert stage.text == "Once more!"

    play(scene, *WRITTEN, ["!"])


def test_they_fit_any_terminal(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("b")
        for size in ((80, 24), (20, 5), (160, 45)):
            await stage.pilot.resize_terminal(*size)
            await stage.settle()
        assert texts(stage)[0] == "Once more"

    sizes: Any = (40, 10)
    play(scene, *WRITTEN, size=sizes)
