"""How much of a text is copied, in words."""

from __future__ import annotations

from collections.abc import Callable

from rnntui.engine.protocol import Copied
from rnntui.tui.copying import sentence

from .conftest import Stage

Play = Callable[..., None]


def test_the_answer_names_the_share_the_usual_share_and_the_longest_piece():
    said = sentence(Copied(1, "anna", 100, 47, "all happy families\nare", 12, 0.51))
    assert "47% of its runs of 8 characters stand in anna (of pages it never read: 51%)" in said
    assert "has 22: “all happy families⏎are”, line 12" in said


def test_nothing_copied_and_nothing_to_tell_are_said_so():
    assert sentence(Copied(1, "anna", 10, 0, "", 0, None)) == (
        "0% of its runs of 8 characters stand in anna"
    )
    assert "too little" in sentence(Copied(1, "anna", 0, 0, "", 0, None))


def test_n_asks_the_engine_about_what_was_written(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.press("n")
        assert "stand in a corpus (of pages it never read: 20%)" in stage.notice
        assert "line 12" in stage.notice

    play(scene, ["The cat sat on the mat."])
