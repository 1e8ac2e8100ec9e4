"""What befalls the app from outside: signals, sizes, pastes, strange models, bugs of ours."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from textual import events

from rnntui.store import open_store
from rnntui.tui.terminal import KeyParser
from tests.conftest import MakeModel

from .terminal import Seat, pty_app, seat

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(autouse=True)
def model(make_model: MakeModel) -> None:
    """The model that writes."""
    make_model()


def quits(app: Seat) -> None:
    """It leaves by its key, with nothing left behind."""
    engines = app.engines()
    app.press("\x11")
    assert app.ends() == 0
    assert app.sane()
    assert b"Traceback" not in app.written
    assert not any(pty_app.lives(pid) for pid in engines)


def test_a_killed_engine_is_told_and_started_again_and_the_text_goes_on() -> None:
    with seat("--model", "tiny") as app:
        app.writes()
        for pid in app.engines():
            os.kill(pid, signal.SIGKILL)
        app.wait("killed by SIGKILL; press Ctrl+E")
        app.press("\x05")
        app.wait("press c")
        app.press("c")
        app.writes()
        quits(app)


def test_suspended_the_shell_has_its_terminal_back_and_resumed_the_text_goes_on() -> None:
    with seat("--model", "tiny") as app:
        app.writes()
        os.kill(app.terminal.pid, signal.SIGTSTP)
        stat = Path(f"/proc/{app.terminal.pid}/stat")
        app.wait(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T")
        app.wait(app.sane)  # what it wrote before it stopped may still be on its way
        os.kill(app.terminal.pid, signal.SIGCONT)
        app.wait(lambda: "1049" in app.terminal.screen.modes)
        app.writes()
        quits(app)


def test_nothing_covers_the_chat_once_its_model_is_there() -> None:
    with seat("--mode", "chat", "--model", "tiny") as app:
        app.wait("no dialogue template")
        app.wait("Say something")
        app.wait("Temperature")
        quits(app)


@pytest.mark.parametrize("how", ["hang up", "SIGTERM"])
def test_ended_from_outside_it_keeps_the_text_and_the_prompt(home: Path, how: str) -> None:
    with seat("--model", "tiny") as app:
        app.writes()
        app.press("i")
        app.wait("^J write")
        app.press("Hello\n")
        app.wait("Hello")
        app.writes()
        app.press("]")
        app.wait("1.05    you")
        begun = app.characters
        app.wait(lambda: app.characters > begun + 20)  # what was on its way is of the old one
        engines = app.engines()
        if how == "SIGTERM":
            os.kill(app.terminal.pid, signal.SIGTERM)
            assert app.ends() == 0
            assert app.sane()
        else:
            app.terminal.hang_up()
            assert app.ends() == -signal.SIGHUP
        while any(map(pty_app.lives, engines)):
            app.terminal.pump(0.02)
    assert "Hello" in (home / "state" / "write" / "last.txt").read_text("utf-8")
    assert json.loads((home / "state" / "state.json").read_bytes())["prompt"] == "Hello"
    assert not list((home / "state" / "write").glob("*[0-9].txt"))
    with open_store() as store:
        turn = store.load(store.sessions()[0].id).path[-1]
    assert turn.finished and len(turn.author.settings["from"]) == 2


BUG = """
import sys
from rnntui.tui.screens.write import WriteScreen
def action_copy(self): raise KeyError("a bug")
WriteScreen.action_copy = action_copy
from rnntui.cli.entry import main
sys.argv = ["rnntui", "--model", "tiny"]
main()
"""


def test_a_bug_of_ours_ends_in_one_sentence_and_keeps_the_text(home: Path) -> None:
    with seat(command=(sys.executable, "-c", BUG)) as app:
        app.wait(lambda: app.characters > 30)  # the first few may be blanks
        app.press("y")
        assert app.ends() == 1
        assert app.sane()
        said = app.written.decode("utf-8", "replace").rpartition("\x1b[?1049l")[2]
        assert "error: internal error: KeyError: 'a bug'; this is a bug of rnntui" in said
        assert "Traceback" not in said
    log = home / "state" / "logs" / "app.log"
    assert "Traceback" in log.read_text("utf-8")
    assert (home / "state" / "write" / "last.txt").read_text("utf-8")


def test_it_takes_every_size_while_it_writes_and_while_things_are_open(home: Path) -> None:
    sizes = [(80, 24), (20, 5), (1, 1), (300, 90), (3, 40), (120, 36)]
    with seat("--model", "tiny", size=(20, 5)) as app:
        app.wait("rnntui")
        for keys in ("f", "i", "abc", "\x1b", "b", "1", "\x0f", "\x1b", "o", "\x1b", "\x1bOP"):
            app.press(keys)
            app.terminal.resize(*sizes[0])
            app.terminal.rest(0.15)
            sizes.append(sizes.pop(0))
        app.terminal.resize(120, 36)
        app.wait("Models")
        quits(app)
    assert not (home / "state" / "logs" / "app.log").exists()


def test_the_terminal_is_believed_rather_than_what_the_environment_says_of_it() -> None:
    with seat("--model", "tiny", size=(60, 24), COLUMNS="80", LINES="24") as app:
        app.writes()
        app.terminal.resize(120, 36)
        app.wait("Models")
        quits(app)


def test_a_pasted_megabyte_is_folded_sent_whole_and_stopped(home: Path) -> None:
    line = b"What say you to my lord of Norfolk's death? \r"
    data = line * ((1 << 20) // len(line))
    with seat("--model", "tiny") as app:
        app.writes()
        app.press("i")
        app.wait("^J write")
        os.set_blocking(app.terminal._fd, False)
        rest = b"\x1b[200~" + data + b"\x1b[201~"
        while rest:
            try:
                rest = rest[os.write(app.terminal._fd, rest[:4096]) :]
            except BlockingIOError:
                app.terminal.pump(0.01)
        os.set_blocking(app.terminal._fd, True)
        app.wait(f"⟦1: {len(data):,} characters")
        app.press("\n")
        app.wait("Norfolk")
        app.press("\x1b")
        app.wait("stopped")
        quits(app)
    assert len((home / "state" / "write" / "last.txt").read_bytes()) > len(data)


def test_without_colours_no_colour_and_no_grey_is_sent() -> None:
    with seat("--model", "tiny", NO_COLOR="1") as app:
        app.writes()
        for keys in (
            "t",
            "p",
            "ihello",
            "\x1b",
            "\x0f",
            "\x1b",
            "\x10",
            "\x1b",
            "\x1bOP",
            "b",
            "x",
        ):
            app.press(keys)
            app.terminal.rest(0.15)
        quits(app)
        sent = set(re.findall(rb"\x1b\[([\d;:]*)m", app.written))
        assert sent <= {b"0", b"1", b"3", b"4", b"7", b"1;4", b"1;7", b"4;7", b"1;4;7", b"3;7"}


def test_a_model_cannot_steer_the_terminal(make_model: MakeModel) -> None:
    symbols = ("\x07", "\x1b", "[", "3", "1", "m", "]", "\x9b", "\u202e", "\r", "e\u0301"[1], "漢")
    make_model("hostile", symbols=symbols)
    with seat("--model", "hostile") as app:
        app.writes()
        app.press("ft")
        app.terminal.rest(0.5)
        quits(app)
        text = re.sub(r"\x1b\][^\x07]*\x07", "", app.written.decode("utf-8", "replace"))
        assert not set(text) & {"\x07", "\x9b", "\u202e"}
        assert "␇" in text and "␛" in text


def test_a_lone_escape_stops_and_bytes_that_are_no_key_do_nothing() -> None:
    with seat("--model", "tiny") as app:
        app.writes()
        app.press(b"\xff\xfe\xc3")
        app.press(b"\x1b")
        app.wait("stopped")
        quits(app)


NEW_LINES = ("\x1b\r", "\x1b\n", "\n", "\x1b[27;2;13~", "\x1b[27;3;13~", "\x1b[13;2u", "\x1b[13;3u")
"""Alt+Enter, Ctrl+J and Shift+Enter: of any terminal, of xterm and tmux, of kitty."""


def test_a_new_line_can_be_typed_anywhere_and_enter_sends_what_was_typed_before_it() -> None:
    with seat("--mode", "chat", "--model", "tiny") as app:
        app.wait("learned no dialogues")
        app.press("a" + "".join(f"{keys}line {n}" for n, keys in enumerate(NEW_LINES)))
        app.wait("\n a\n line 0\n line 1\n line 2\n line 3\n line 4\n line 5\n line 6\n")
        app.press("\rthe next message")
        app.wait("\n the next message\n")
        app.wait("model ")
        assert re.search("you +a", app.text) and app.text.count("line 6") == 1
        quits(app)


@pytest.mark.parametrize(
    ("pieces", "keys"),
    [
        (["\x1b", "\r"], ["alt+enter"]),
        (["\x1b[27;", "3;13~x"], ["alt+enter", "x"]),
        (["\x1b[27;2;13", "~"], ["shift+enter"]),
        (["\x1b[27;5;13~"], ["ctrl+enter"]),
        (["\x1b[27;2;65~"], ["A"]),
        (["\x1b[200~a\r", "\nb\x1b[201~\r"], ["a\r\nb", "enter"]),
    ],
)
def test_keys_are_told_however_their_bytes_come_and_a_paste_has_none(
    pieces: list[str], keys: list[str]
) -> None:
    parser = KeyParser()
    told = [message for piece in pieces for message in parser.feed(piece)]
    assert keys == [
        message.key if isinstance(message, events.Key) else getattr(message, "text", "")
        for message in told
    ]
