"""The Sentiment mode by its keys, over a scripted engine."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from textual.events import Paste

from rnntui.engine.child import Death
from rnntui.engine.client import EngineError
from rnntui.engine.parts import Facts, Listed
from rnntui.engine.protocol import Frame
from rnntui.tui.sentiment.batch_screen import BatchScreen
from rnntui.tui.sentiment.screen import EMPTY, SentimentScreen
from tests.scripted.engine import FACTS
from tests.scripted.sentiment import ScriptedSentiment
from tests.tui.conftest import Stage

Play = Callable[..., None]
Scene = Callable[[Stage, SentimentScreen], Awaitable[None]]

JUDGE = Listed("mine", "own", "sentiment", 400, 800, "/models/mine", {"accuracy": 0.9}, "")
DEFAULT = msgspec.structs.replace(JUDGE, name="imdb-lstm", source="shipped", folder="/models/imdb")


def judging(
    play: Play, scene: Scene, *, listed: tuple[Listed, ...] = (JUDGE,), both: bool = False,
    size: tuple[int, int] = (120, 34),
) -> None:  # fmt: skip
    """Open the mode and play a scene."""

    async def whole(stage: Stage) -> None:
        await stage.press("f4")
        assert isinstance(stage.app.screen, SentimentScreen)
        await scene(stage, stage.app.screen)

    facts = msgspec.structs.replace(FACTS, task="sentiment", bidirectional=both)
    play(whole, facts=facts, listed=listed, size=size)


async def typed(stage: Stage, text: str) -> None:
    """Type a text and let its verdict come."""
    for character in text:
        stage.app.screen.focused.insert(character)  # type: ignore[union-attr]
    await asyncio.sleep(0.15)
    await stage.settle()


async def until(stage: Stage, true: Callable[[], object]) -> None:
    """Wait for something."""
    async with asyncio.timeout(60):
        while not true():
            await stage.pilot.pause(0.02)


def shown(screen: SentimentScreen | BatchScreen) -> str:
    """What the notice says, "" while hidden."""
    return str(screen.notice.render()) if screen.notice.display else ""


def test_the_verdict_follows_what_is_typed(play: Play) -> None:
    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        assert screen.verdict.text == EMPTY
        await stage.press(*"great", "space", *"film")
        await until(stage, lambda: screen.verdict.text != EMPTY)
        await until(stage, lambda: len(screen.editor.words) == 2)
        assert screen.verdict.text == "positive, 88 % sure · 2 words"
        await stage.settle()
        assert screen.status.text == "“film” +0.00 · positive up to here: 0.88"
        assert list(screen.scores.scores) == [w.score for w in screen.editor.words]
        assert [word.text for _, word in screen.words.listed] == ["great"]
        await stage.press("ctrl+n")
        await until(stage, lambda: screen.verdict.text == EMPTY)
        assert not screen.editor.words and not screen.words.listed

    judging(play, scene)


def test_the_text_is_there_and_judged_at_the_next_start(play: Play) -> None:
    async def first(stage: Stage, screen: SentimentScreen) -> None:
        await stage.press(*"good")
        await until(stage, lambda: "sure" in screen.verdict.text)
        await stage.press("ctrl+q")

    async def second(stage: Stage, screen: SentimentScreen) -> None:
        assert screen.editor.value == "good"
        await until(stage, lambda: "sure" in screen.verdict.text)

    judging(play, first)
    judging(play, second)


def test_words_are_told_apart_without_colours_and_the_cursor_tells_the_number(play: Play) -> None:
    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await typed(stage, "awful film\nbut great")
        await until(stage, lambda: len(screen.editor.words) == 4)
        styles = {
            line.plain[span.start : span.end]: span.style
            for line in map(screen.editor.get_line, (0, 1))
            for span in line.spans
        }
        assert set(styles) == {"awful", "great"}
        assert styles["awful"].underline and not styles["awful"].bold  # type: ignore[union-attr]
        assert styles["great"].bold and not styles["great"].underline  # type: ignore[union-attr]
        screen.editor.move_cursor((0, 2))
        await stage.settle()
        assert screen.status.text == "“awful” −2.00 · positive up to here: 0.12"
        screen.editor.move_cursor((1, 5))
        await stage.settle()
        assert screen.status.text == "“great” +2.00 · positive up to here: 0.50"

    judging(play, scene)


def test_an_edit_moves_the_tints_at_once(play: Play) -> None:
    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await typed(stage, "the great film")
        await until(stage, lambda: len(screen.editor.words) == 3)
        screen.editor.insert("not \n", (0, 0))
        great = next(word for word in screen.editor.words if word.text == "great")
        assert screen.editor.text[great.begin : great.end] == "great"
        assert screen.editor.get_line(1).spans[0].start == 4

    judging(play, scene)


def test_the_list_finds_a_word_in_the_text_and_a_click_on_the_line_too(play: Play) -> None:
    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await typed(stage, "bad but great, great")
        await until(stage, lambda: len(screen.editor.words) == 4)
        await stage.press("escape")
        assert stage.app.focused is screen.words
        await stage.press("down", "enter")
        assert stage.app.focused is screen.editor
        assert screen.editor.selected_text == "great"
        assert screen.editor.selection.end == (0, 20)
        await stage.pilot.click(screen.scores, offset=(8, 1))
        await stage.settle()
        assert screen.editor.selected_text == "bad"

    judging(play, scene)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_at_every_size_the_words_open_by_a_key(play: Play, size: tuple[int, int]) -> None:
    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await typed(stage, "great")
        side = screen.query_one("#side")
        assert side.display == (size[0] > 80)
        await stage.press("escape")
        assert side.display and screen.words.has_focus
        await stage.press("p")
        assert not side.display and screen.editor.has_focus

    judging(play, scene, size=size)


def test_without_a_model_it_says_in_a_line_how_to_get_one_and_text_stays(play: Play) -> None:
    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        told = "no model that judges is here; train one: rnntui train sentiment --recipe imdb-lstm"
        assert told in shown(screen)
        await typed(stage, "great")
        assert screen.editor.text == "great"
        stage.engine._listed = (JUDGE,)  # trained meanwhile, and the mode opened again
        await stage.press("f2")
        await stage.press("f4")
        await until(stage, lambda: screen.editor.words)
        assert not shown(screen)

    broken = msgspec.structs.replace(JUDGE, problem="no weights")
    writer = msgspec.structs.replace(JUDGE, task="text")
    judging(play, scene, listed=(broken, writer))


def test_the_default_comes_before_others_and_another_can_be_chosen(play: Play) -> None:
    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        assert stage.app.judge == "/models/imdb"
        await typed(stage, "great")
        await stage.press("ctrl+o", "down", "enter")
        await until(stage, lambda: stage.app.judge == "/models/mine")
        await until(stage, lambda: screen.editor.words)

    judging(play, scene, listed=(JUDGE, DEFAULT))


def test_a_model_that_does_not_judge_gives_way_and_that_is_told(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.app.judge = "gone"

        async def load(model: str) -> Facts:
            if model == "gone":
                raise EngineError("there is no model 'gone' here")
            return msgspec.structs.replace(FACTS, name="mine", task="sentiment")

        stage.engine.load = load  # type: ignore[method-assign]
        await stage.press("f4")
        screen = stage.app.screen
        assert isinstance(screen, SentimentScreen)
        await until(stage, lambda: screen.facts)
        assert shown(screen) == "· gone is no model that judges here; mine does"
        assert stage.app.judge == "mine"

    play(scene, listed=(JUDGE,))


def test_a_long_paste_is_folded_and_judged_whole(play: Play) -> None:
    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        screen.editor.post_message(Paste("great film \x1b[31m" * 2500))
        sentiment = stage.engine.sentiment
        assert isinstance(sentiment, ScriptedSentiment)
        await until(stage, lambda: screen.words.listed)
        assert len(sentiment.asked[-1]) == 16 * 2500
        assert "⟦1: 40,000 characters" in screen.editor.text and not screen.editor.words
        screen.editor.move_cursor((0, 3))
        await stage.press("escape", "enter")  # nothing to find in what is folded, and no crash

    judging(play, scene)


def test_a_model_of_both_directions_says_its_verdict_before_its_words(play: Play) -> None:
    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await typed(stage, "great film")
        await until(stage, lambda: screen.verdict.text != EMPTY)
        assert not screen.editor.words
        await until(stage, lambda: screen.editor.words)

    judging(play, scene, both=True)


@pytest.mark.parametrize("before", ["escape", "home"])  # at the list of words, at the text
def test_a_dead_engine_takes_no_text_along(play: Play, before: str) -> None:
    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await typed(stage, "great")
        stage.engine._die(Death("exited", 1, ()))
        await stage.settle()
        assert "Ctrl+E" in shown(screen)
        await stage.press(before, "ctrl+e")
        await until(stage, lambda: not shown(screen))
        assert screen.editor.text == "great"

    judging(play, scene)


def test_a_file_becomes_the_text(play: Play, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("awful\nfilm\n", "utf-8")
    (tmp_path / "binary").write_bytes(b"\0\1" * 99)
    (tmp_path / "empty").write_bytes(b" \n\n")

    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await stage.press("ctrl+l", *"a", "full_stop", *"txt", "enter")
        await until(stage, lambda: screen.editor.words)
        assert screen.editor.text == "awful\nfilm"
        await stage.press("ctrl+l", *"binary", "enter")
        await until(stage, lambda: shown(screen))
        assert "binary" in shown(screen) and screen.editor.text == "awful\nfilm"
        await stage.press("ctrl+l", *"empty", "enter")
        await until(stage, lambda: "empty has no text" in shown(screen))
        assert screen.editor.text == "awful\nfilm"

    judging(play, scene)


def reviews(folder: Path, count: int = 40) -> None:
    """A file of reviews, some of whose labels are wrong."""
    with (folder / "many.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("review", "sentiment"))
        for i in range(count):
            word = ("great", "awful", "film", "bad")[i % 4]
            table.writerow((f"{word}<br />no {i}", "positive"))


def test_many_reviews_are_judged_sifted_sorted_opened_and_exported(
    play: Play, tmp_path: Path
) -> None:
    reviews(tmp_path)

    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await stage.press("ctrl+t", *"many", "full_stop", *"csv", "enter")
        await until(stage, lambda: isinstance(stage.app.screen, BatchScreen))
        many = stage.app.screen
        assert isinstance(many, BatchScreen)
        await until(stage, lambda: many.many.done)
        await stage.settle()
        assert many.heading.text == "many.csv · 40 texts · 50% positive · 50.0% as labelled"
        await stage.press("d")
        assert "20 between 0.30 and 0.70" not in many.status.text
        assert "10 between 0.30 and 0.70" in many.status.text  # "film": undecided
        await stage.press("left_square_bracket", "left_square_bracket")
        assert "20 between 0.20 and 0.70" in many.status.text
        await stage.press("s", "s", "end")
        assert many.status.text.startswith("negative first")
        await stage.press("ctrl+s")
        await until(stage, lambda: "20 reviews written" in shown(many))
        (file,) = tmp_path.glob("rnntui-sentiment-*.csv")
        with file.open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        assert [row["verdict"] for row in rows] == ["negative"] * 10 + ["positive"] * 10
        await stage.press("home", "enter")
        assert stage.app.screen is screen
        assert screen.editor.text == "bad\nno 3"
        await stage.press("escape", "b")
        again = stage.app.screen
        assert isinstance(again, BatchScreen) and again.many is many.many  # nothing is lost
        await stage.press("escape")
        assert stage.app.screen is screen

    judging(play, scene)


def test_a_wrong_file_is_told_in_the_list_and_the_list_stays(play: Play, tmp_path: Path) -> None:
    wrong = {
        b"": "has no text", b"\0\1" * 9: "is not text", b"x,y\n1,2\n": "no column review",
    }  # fmt: skip
    reviews(tmp_path)
    (tmp_path / "next.txt").write_text("great\nawful\nbad\n", "utf-8")

    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await stage.press("ctrl+t", *"many.csv", "enter")
        await until(stage, lambda: isinstance(stage.app.screen, BatchScreen))
        many = stage.app.screen
        assert isinstance(many, BatchScreen)
        await until(stage, lambda: many.many.done)
        await stage.press("d")
        for content, said in wrong.items():
            (tmp_path / "no.csv").write_bytes(content)
            await stage.press("o", *"no.csv", "enter")
            await until(stage, lambda said=said: said in shown(many))
            assert stage.app.screen is many
        await stage.press("s")
        assert many.heading.text.startswith("many.csv · 40 texts") and screen.editor.text == ""
        await stage.press("o", *"next.txt", "enter")
        await until(stage, lambda: many.heading.text.startswith("next.txt · 3 texts"))
        assert not shown(many) and many.listed.shown == [0, 1, 2]
        await stage.press("escape", "escape", "b")
        again = stage.app.screen
        assert isinstance(again, BatchScreen) and again.many.name == "next.txt"

    judging(play, scene)


def test_a_mistake_is_told_until_the_next_verdict(play: Play, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\0\1" * 99)

    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await stage.press("ctrl+l", *"binary", "enter")
        await until(stage, lambda: "is not text" in shown(screen))
        await typed(stage, "great")
        await until(stage, lambda: screen.verdict.text != EMPTY)
        assert not shown(screen)
        screen.action_copy()
        await typed(stage, " film")
        await until(stage, lambda: "2 words" in screen.verdict.text)
        assert "copied" in shown(screen)  # what is no problem stays for its while

    judging(play, scene)


def test_a_file_that_is_not_all_utf_8_is_read_as_the_command_line_does_and_that_is_told(
    play: Play, tmp_path: Path
) -> None:
    (tmp_path / "cafe.txt").write_bytes(
        "a great café\na bad café, très bad\ngood\n".encode("latin-1")
    )
    (tmp_path / "cafe.csv").write_bytes("review\na great café\n".encode("latin-1"))
    told = "· cafe.txt is not all UTF-8: what is not is shown as �; iconv converts it"

    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        await stage.press("ctrl+l", *"cafe.txt", "enter")
        await until(stage, lambda: screen.editor.words)
        assert screen.editor.text.startswith("a great caf�\n")
        assert shown(screen) == told
        await stage.press("ctrl+t", *"cafe.txt", "enter")
        await until(stage, lambda: isinstance(stage.app.screen, BatchScreen))
        many = stage.app.screen
        assert isinstance(many, BatchScreen)
        await stage.settle()
        assert shown(many) == told
        await stage.press("o", *"cafe.csv", "enter")
        await until(stage, lambda: many.heading.text.startswith("cafe.csv · 1 text"))
        assert "cafe.csv is not all UTF-8" in shown(many)

    judging(play, scene)


class Slow(ScriptedSentiment):
    """Judges a piece of a batch when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Semaphore(1)
        self.failing = False

    async def judge_many(self, model, texts):  # type: ignore[no-untyped-def,override]
        """As the other one, but waits."""
        async for piece in super().judge_many(model, texts):
            await self.gate.acquire()
            if self.failing:
                raise EngineError("the engine was closed", "restart it")
            yield piece


def test_a_batch_can_rest_be_left_and_be_gone_on_with(play: Play, tmp_path: Path) -> None:
    reviews(tmp_path, 100)

    async def scene(stage: Stage, screen: SentimentScreen) -> None:
        slow = stage.engine.sentiment = Slow()
        await stage.press("escape", "b", *"many", "full_stop", *"csv", "enter")
        await until(stage, lambda: isinstance(stage.app.screen, BatchScreen))
        many = stage.app.screen
        assert isinstance(many, BatchScreen)
        await until(stage, lambda: len(many.many.verdicts) == 16)
        await stage.press("space")
        assert "paused" in many.status.text
        await stage.press("escape", "escape", "b")
        back = stage.app.screen
        assert isinstance(back, BatchScreen) and len(back.many.verdicts) == 16
        slow.failing = True
        slow.gate.release()
        await until(stage, lambda: "the engine was closed" in shown(back))
        slow.failing = False
        for _ in range(9):
            slow.gate.release()
        await stage.press("space")
        await until(stage, lambda: back.many.done)
        assert [v.score > 0.5 for v in back.many.verdicts[:4]] == [True, False, False, False]

    judging(play, scene)


def test_write_follows_the_sentiment_where_a_model_is_here(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        meter = stage.screen.desk.sentiment
        await until(stage, lambda: meter.display)
        assert stage.engine.runs[-1].settings.sentiment == FACTS.folder
        frame = Frame(0, 0, "great ", 6, 10.0, sentiment=(0.5, 0.9))
        await stage.feed(frame)
        assert list(meter.columns) == [0.5, 0.9]
        await stage.press("m")
        assert not meter.display and stage.engine.runs[-1].settings.sentiment == ""
        await stage.press("m")
        assert meter.display and stage.engine.runs[-1].settings.sentiment == FACTS.folder
        await stage.press("p")
        assert stage.engine.runs[-1].settings.sentiment == ""  # out of sight, it costs nothing

    facts = msgspec.structs.replace(FACTS, task="sentiment")
    play(scene, ["Once"], listed=(JUDGE,), facts=facts)


@pytest.mark.parametrize("both", [False, True])
def test_write_without_such_a_model_shows_nothing_and_says_how_to_get_one(
    play: Play, both: bool
) -> None:
    async def scene(stage: Stage) -> None:
        assert not stage.screen.desk.sentiment.display
        await stage.press("m")
        assert "rnntui train sentiment --recipe imdb-lstm" in stage.notice

    reads_both = msgspec.structs.replace(JUDGE, bidirectional=True)
    play(scene, ["Once"], listed=(reads_both,) * both)


def test_write_looks_for_none_where_the_settings_say_so(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RNNTUI_SENTIMENT", "off")

    async def scene(stage: Stage) -> None:
        assert not stage.screen.desk.sentiment.display
        assert stage.engine.runs[-1].settings.sentiment == ""
        await stage.press("m")
        assert stage.screen.desk.sentiment.display

    facts = msgspec.structs.replace(FACTS, task="sentiment")
    play(scene, ["Once"], listed=(JUDGE,), facts=facts)
