"""The transcript: what it shows, keeps and gives back, and where the reader stays."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from rnntui.tui.widgets.transcript import Transcript
from rnntui.tui.widgets.transcript_lines import Lines, code_of, wrap
from rnntui.tui.widgets.transcript_spool import Spool, own_file, remove_stale

SIZES = [(80, 24), (160, 45)]
PROSE = "What say you to my lord of Norfolk's death?\n"


class Stage(App[None]):
    """A transcript alone on the screen."""

    def __init__(self, spool: Path | None = None, cap: int = 60_000) -> None:
        super().__init__()
        self.spool, self.cap = spool, cap
        self.problems: list[str] = []

    def compose(self) -> ComposeResult:
        yield Transcript(self.spool, cap=self.cap)

    def on_transcript_spool_failed(self, event: Transcript.SpoolFailed) -> None:
        self.problems.append(event.problem.what)


Scene = Callable[[Transcript, Pilot[None]], Awaitable[None]]


def play(scene: Scene, size: tuple[int, int] = (80, 24), app: Stage | None = None) -> None:
    async def run() -> None:
        stage = app or Stage()
        async with stage.run_test(size=size) as pilot:
            await scene(stage.query_one(Transcript), pilot)

    asyncio.run(run())


def screen(transcript: Transcript) -> list[str]:
    """The rows of the view, as text without the gutter."""
    rows = [transcript.render_line(y) for y in range(transcript.size.height)]
    return [row.text[2:].rstrip() for row in rows]


def numbered(count: int, first: int = 0) -> str:
    return "".join(f"line {number}\n" for number in range(first, first + count))


# ---- wrapping ----

ALPHABET = st.sampled_from([*"ab  \n\t-é漢字👍\u0301\x1b\u202e\ufe0f", "word", "    "])


@settings(max_examples=70, deadline=None)
@given(st.lists(ALPHABET, max_size=80), st.integers(1, 23), st.integers(1, 7))
def test_a_text_that_grows_piece_by_piece_looks_as_if_laid_at_once(
    parts: list[str], width: int, step: int
) -> None:
    text = "".join(parts)
    grown, whole = Lines(width), Lines(width)
    whole.append(text, bytes(len(text)))
    for begin in range(0, len(text), step):
        piece = text[begin : begin + step]
        grown.append(piece, bytes(len(piece)))
    assert [line.text for line in grown.lines] == [line.text for line in whole.lines]
    assert [line.start for line in grown.lines] == [line.start for line in whole.lines]
    assert grown.text == text
    grown.rewrap(width + 5)
    assert grown.text == text
    grown.cut_end(len(text) // 2)
    assert grown.text == text[: len(text) // 2]


@settings(max_examples=70, deadline=None)
@given(st.lists(ALPHABET, max_size=60), st.integers(2, 23))
def test_no_row_is_wider_than_the_view_but_for_spaces_that_hang(
    parts: list[str], width: int
) -> None:
    lines = Lines(width)
    text = "".join(parts).replace("\u202e", "")  # drawn wider than a very narrow view
    lines.append(text, bytes(len(text)))
    for line in lines.lines:
        row = "".join(piece.text for piece in lines.pieces(line, False))
        assert cell_len(row.rstrip(" ")) <= width or "\t" in line.text


def test_words_stay_whole_and_long_ones_are_folded() -> None:
    assert wrap("the king and the queen", 9) == [9, 17]
    assert wrap("a" * 25, 10) == [10, 20]


def test_a_thousand_combining_marks_become_rows_of_bounded_length() -> None:
    lines = Lines(20)
    lines.append("e" + "\u0301" * 5_000, bytes(5_001))
    assert max(len(line.text) for line in lines.lines) <= 8 * 20


def test_surprise_has_five_looks() -> None:
    assert [code_of(nats) for nats in (0.1, 1, 2, 4, 9)] == [0, 2, 3, 4, 5]


# ---- what it shows ----


@pytest.mark.parametrize("size", SIZES)
def test_markup_and_escapes_are_shown_as_text(size: tuple[int, int]) -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append("[bold red]not red[/] \x1b[31mnor this\x07 \ud800 \u202e.")
        await pilot.pause()
        row = screen(transcript)[0]
        assert row == "[bold red]not red[/] ␛[31mnor this␇ � ‹202E›."
        assert transcript.text.endswith("\x1b[31mnor this\x07 \ud800 \u202e.")

    play(scene, size)


@pytest.mark.parametrize("size", SIZES)
def test_wide_and_combining_characters_keep_every_row_within_the_view(
    size: tuple[int, int],
) -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        text = "漢字" * 300 + "e\u0301" * 300 + "\u0301\u0302 lone " + "👍" * 200 + "\tend"
        transcript.append(text)
        transcript.writing = True
        await pilot.pause()
        for y in range(transcript.size.height):
            assert transcript.render_line(y).cell_length == size[0]
        assert transcript.text == text

    play(scene, size)


def test_a_prompt_is_told_apart_without_colour() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append("ROMEO:\n", "prompt")
        transcript.append("I'll to the crown")
        await pilot.pause()
        given, wrote = transcript.render_line(0), transcript.render_line(1)
        assert given.text.startswith("▎ ROMEO:") and wrote.text.startswith("  I'll")
        assert [bool(segment.style and segment.style.bold) for segment in given][1]
        assert not any(segment.style and segment.style.bold for segment in wrote)

    play(scene)


def test_surprise_tints_and_underlines_only_when_asked() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append("calm", "written", [0.1] * 4)
        transcript.append("WILD", "written", [5.0] * 4)

        def looks() -> list[tuple[str, bool]]:
            row = transcript.render_line(0)
            return [(s.text, bool(s.style and s.style.underline)) for s in row][1:]

        assert looks()[0] == ("calmWILD", False)
        transcript.show_surprise = True
        await pilot.pause()
        assert looks()[:2] == [("calm", False), ("WILD", True)]
        transcript.append("more")  # without figures: plain
        assert looks()[2] == ("more", False)

    play(scene)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
def test_every_theme_draws_it_and_underlines_what_surprised(theme: str) -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        pilot.app.theme = theme
        transcript.show_surprise = True
        transcript.append("given", "prompt")
        transcript.append("abc", "written", [0.1, 2.0, 6.0])
        await pilot.pause()
        looks = {s.text: s.style for s in transcript.render_line(0) if s.style}
        assert looks["given"].bold and looks["c"].underline and not looks["b"].underline
        assert looks["a"].bgcolor != looks["b"].bgcolor
        assert pilot.app.export_screenshot()

    play(scene)


def test_a_block_cursor_stands_at_the_end_while_writing() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append("heaven")
        transcript.writing = True
        await pilot.pause()
        assert screen(transcript)[0] == "heaven▌"
        transcript.writing = False
        await pilot.pause()
        assert screen(transcript)[0] == "heaven"

    play(scene)


def test_an_interruption_is_noted_beside_the_text_not_in_it() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append("cut sho")
        transcript.mark_interrupted()
        await pilot.pause()
        assert screen(transcript)[0] == "cut sho■"
        transcript.append("rt")
        await pilot.pause()
        assert transcript.render_line(0).text.startswith("■ cut short")
        assert transcript.text == "cut short"

    play(scene)


# ---- where the reader is ----


@pytest.mark.parametrize("size", SIZES)
def test_the_view_follows_the_end_until_the_reader_scrolls_up(size: tuple[int, int]) -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.focus()
        transcript.append(numbered(200))
        await pilot.pause()
        assert "line 199" in screen(transcript)
        transcript.scroll_up(animate=False)
        await pilot.pause()
        assert not transcript.following
        before = screen(transcript)
        transcript.append(numbered(100, 200))
        await pilot.pause()
        assert screen(transcript) == before
        await pilot.press("end")
        assert transcript.following
        assert "line 299" in screen(transcript)
        transcript.append(numbered(9, 300))
        await pilot.pause()
        assert "line 308" in screen(transcript)

    play(scene, size)


def test_scrolling_down_to_the_bottom_takes_hold_again() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append(numbered(200))
        transcript.scroll_page_up(animate=False)
        await pilot.pause()
        assert not transcript.following
        transcript.scroll_page_down(animate=False)
        await pilot.pause()
        assert transcript.following

    play(scene)


@pytest.mark.parametrize("size", SIZES)
def test_the_reader_stays_where_he_is_while_old_text_leaves_above(size: tuple[int, int]) -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append(numbered(800))
        transcript.scroll_page_up(animate=False)
        await pilot.pause()
        before, top = screen(transcript), transcript.scroll_offset.y
        transcript.append(numbered(200, 800))
        await pilot.pause()
        assert transcript.scroll_offset.y < top
        assert screen(transcript) == before

    play(scene, size, Stage(cap=8_000))


def test_a_reader_whose_text_has_left_is_at_the_oldest_that_is_there() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append(numbered(500))
        transcript.scroll_home(animate=False)
        await pilot.pause()
        transcript.append(numbered(2_000, 500))
        await pilot.pause()
        assert transcript.scroll_offset.y == 0 and not transcript.following

    play(scene, app=Stage(cap=5_000))


def test_a_resize_while_text_comes_wraps_anew_and_keeps_the_place() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        for width in (60, 120, 30, 80):
            transcript.append(PROSE.replace("\n", " ") * 20)
            await pilot.resize_terminal(width, 20)
            transcript.append("THE END.")
            await pilot.pause()
            assert transcript.following
            assert "END." in "".join(screen(transcript))
        transcript.scroll_page_up(animate=False)
        await pilot.pause()
        first = screen(transcript)[0][:20]
        await pilot.resize_terminal(70, 24)
        transcript.append(PROSE)
        await pilot.pause()
        assert first.split()[1] in " ".join(screen(transcript)[:2])
        assert not transcript.following

    play(scene)


def test_a_terminal_of_twenty_by_five_is_enough() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append(PROSE * 5)
        await pilot.resize_terminal(3, 2)
        transcript.append(PROSE)
        await pilot.pause()
        assert transcript.text == PROSE * 6

    play(scene, (20, 5))


# ---- what it keeps ----


def test_what_leaves_the_view_is_on_disk_and_the_whole_text_is_exact(tmp_path: Path) -> None:
    spool = tmp_path / "deep" / "spool.txt"

    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        wrote = ""
        for number in range(60):
            piece = f"{number} é漢\x1b " * 30 + "\n" * (number % 2)
            wrote += piece
            transcript.append(piece)
            assert spool.exists() == (len(wrote) > 2_200)
        await pilot.pause()
        held = sum(len(line.text) for line in transcript._lines.lines)
        assert held <= 2_200
        assert transcript.text == wrote and transcript.length == len(wrote)
        assert transcript.tail(100) == wrote[-100:]
        assert transcript.tail(9_000) == wrote[-9_000:]
        transcript.clear()
        assert transcript.text == "" and not spool.exists()

    play(scene, app=Stage(spool, cap=2_000))


def test_a_disk_that_refuses_is_told_once_and_costs_no_text(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    app = Stage(tmp_path / "file" / "spool.txt", cap=1_000)

    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        for _ in range(20):
            transcript.append(PROSE * 10)
        await pilot.pause()
        assert transcript.text == PROSE * 200
        assert len(app.problems) == 1 and "cannot write" in app.problems[0]
        (tmp_path / "file").unlink()
        transcript.append(PROSE * 40)
        assert (tmp_path / "file" / "spool.txt").exists()
        assert transcript.text == PROSE * 240

    play(scene, app=app)


def test_a_spool_that_was_emptied_and_cleared_leaves_no_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.append("é漢" * 10)
    assert spool.pop(5) == "漢é漢é漢" and spool.pop(99) == "é漢" * 7 + "é"
    assert spool.read() == "" and spool.pop(1) == ""
    spool.append("new")
    assert spool.read() == "new"
    spool.clear()
    assert not spool.path.exists()


def test_a_full_disk_leaves_no_half_written_text(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    spool = Spool(full)
    problem = spool.append("held")
    assert problem is not None
    assert spool.read() == "held"


@pytest.mark.parametrize("count", [1, 500, 1_900, 2_100, 10_000, 99_999])
def test_rewinding_removes_the_end_however_far_back(tmp_path: Path, count: int) -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        wrote = "".join(f"{n}: é漢字 wörds and more\n" for n in range(400))
        for begin in range(0, len(wrote), 700):
            transcript.append(wrote[begin : begin + 700])
        transcript.rewind(count)
        await pilot.pause()
        left = wrote[: max(0, len(wrote) - count)]
        assert transcript.text == left and transcript.length == len(left)
        transcript.append("again")
        await pilot.pause()
        assert transcript.text == left + "again"
        assert "again" in "".join(screen(transcript))

    play(scene, app=Stage(tmp_path / "spool", cap=2_000))


def test_rewinding_without_a_spool_stops_at_what_is_held() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append(PROSE * 100)
        transcript.rewind(10_000)
        await pilot.pause()
        assert transcript.text == ""
        transcript.append("new")
        assert transcript.text == "new"

    play(scene, app=Stage(cap=1_000))


# ---- selecting ----


async def drag(pilot: Pilot[None], begin: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down(offset=begin)
    await pilot.hover(offset=end)
    await pilot.mouse_up(offset=end)
    await pilot.pause()


def test_the_mouse_selects_what_it_was_drawn_over() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append("one two three\n漢字 four\n\nfive \x1b six")
        await pilot.pause()
        await drag(pilot, (2 + 4, 0), (2 + 6, 0))
        assert pilot.app.screen.get_selected_text() == "two"
        await drag(pilot, (2 + 8, 0), (2 + 2, 1))
        assert pilot.app.screen.get_selected_text() == "three\n漢字"
        await drag(pilot, (2 + 5, 1), (2 + 5, 3))
        assert pilot.app.screen.get_selected_text() == "four\n\nfive ␛"

    play(scene)


def test_a_selection_keeps_its_text_while_more_comes_and_old_text_leaves() -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        transcript.append(numbered(100))
        await pilot.pause()
        await drag(pilot, (2, 5), (2 + 6, 6))
        chosen = pilot.app.screen.get_selected_text()
        assert chosen is not None and chosen.startswith("line ")
        transcript.append(numbered(20, 100))
        await pilot.resize_terminal(40, 24)
        await pilot.pause()
        assert pilot.app.screen.get_selected_text() == chosen

    play(scene, app=Stage(cap=900))


# ---- cost ----


def test_an_append_costs_the_same_after_a_million_characters(tmp_path: Path) -> None:
    async def scene(transcript: Transcript, pilot: Pilot[None]) -> None:
        for _ in range(250):
            transcript.append(PROSE * 91)
        await pilot.pause()
        assert transcript.length > 1_000_000
        assert sum(len(line.text) + line.hard for line in transcript._lines.lines) <= 66_000
        assert len(transcript._strips) <= 512
        assert (tmp_path / "spool").stat().st_size > 900_000

    play(scene, app=Stage(tmp_path / "spool"))


def test_files_of_killed_apps_are_removed_and_those_of_living_ones_kept(tmp_path):
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    alive = own_file(tmp_path)
    dead = alive.with_name(f"{alive.stem.rpartition('-')[0]}-{done.pid}.txt")
    old, elsewhere, other = (
        tmp_path / f"{name}.txt" for name in (done.pid, f"else-where-{done.pid}", "notes")
    )
    for file in (alive, dead, old, elsewhere, other):
        file.write_text("text")
    remove_stale(tmp_path)
    assert set(tmp_path.iterdir()) == {alive, elsewhere, other}
    remove_stale(tmp_path / "nowhere")
