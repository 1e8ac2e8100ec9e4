"""`rnntui chat`: lines in, replies out; commands; and a real terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import time
from pathlib import Path

import pytest

from rnntui.checkpoints.folder import write_checkpoint
from rnntui.cli.chat_commands import COMMANDS, Partner
from rnntui.errors import BadOption, RnntuiError
from rnntui.inference.chat.conversation import Conversation
from rnntui.knobs import resolve
from tests.conftest import command
from tests.inference.chat.talkers import make_talker, talker_weights


@pytest.fixture
def talker(tmp_path) -> Path:
    """A small random model that learned dialogues, on disk."""
    folder = tmp_path / "talker"
    write_checkpoint(folder, make_talker().config, talker_weights())
    return folder


@pytest.fixture
def partner() -> Partner:
    knobs = resolve({"candidates": 3, "temperature": 0.8, "seed": 1})
    return Partner(Conversation(make_talker(), 1), knobs)


def speak(partner, line):
    answer = partner.take(line)
    if answer.reply_due:
        partner.conversation.reply(partner.settings())
        partner.note_time()
    return answer


def test_a_pipe_gives_a_line_for_each_message_and_talks_on_stderr(rnntui, talker):
    lines = b"Hello\n/temprature 2\n/temperature 0.5\n\nAnd you?\n/quit\nnever read\n"
    done = rnntui("chat", talker, "--seed", "1", "--candidates", "3", stdin=lines)
    assert done.rc == 0
    first, nothing, second = done.text.removesuffix("\n").split("\n")
    assert first and second and not nothing
    assert "talker · temperature 1.00 · candidates 3 · relevance 0.50 · seed 1" in done.stderr
    assert "no command /temprature; did you mean /temperature?" in done.stderr
    assert "temperature 0.50 (you)" in done.stderr
    assert "error: the message is empty; type something" in done.stderr
    assert rnntui("chat", talker, "--seed", "1", "--candidates", "3", stdin=lines) == done


def test_json_says_what_else_might_have_been_replied(rnntui, talker):
    done = rnntui("chat", talker, "--json", "--candidates", "3", stdin="Hé\n\n".encode())
    reply, refused = map(json.loads, done.text.splitlines())
    assert reply["message"] == "Hé" and reply["reply"] == reply["candidates"][0]["text"]
    assert len(reply["candidates"]) == 3 and reply["seed"] >= 0
    assert reply["notes"] == ["the model never saw some characters of the message; read é as e"]
    best = reply["candidates"][0]
    assert best["score"] == pytest.approx(0.5 * best["alone"] - best["nats"], abs=1e-5)
    assert refused["reply"] is None and refused["notes"] == ["the message is empty; type something"]


def test_any_text_model_can_be_talked_with_and_says_that_it_has_no_template(rnntui, make_model):
    make_model("plain")
    done = rnntui("chat", "plain", "--seed", "2", stdin=b"To be\n")
    assert done.rc == 0 and done.text.count("\n") == 1
    assert "plain has no dialogue template; it continues your text" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "chat-lstm, the model that is talked with when none is named, is not here; train it"),
        (("--temperature", "-1"), "temperature is -1"),
        (("--relevance", "2"), "relevance is 2"),
        (("--candidates", "0"), "candidates is 0"),
    ],
)
def test_refusals(refusal, monkeypatch, tmp_path, arguments, message):
    monkeypatch.setattr("rnntui.paths.shipped_models", lambda: tmp_path / "none")
    assert message in refusal("chat", *arguments).complaint


def test_every_command_is_in_the_help(partner):
    lines = speak(partner, "/help").lines
    for name in (*COMMANDS, "temperature", "top-n", "relevance", "seed"):
        assert any(line.startswith(f"/{name} ") for line in lines)


def test_knobs_are_turned_shown_and_reset(partner):
    assert speak(partner, "/relevance").lines == ("relevance 0.50 (default)",)
    assert speak(partner, "/top-n 5").lines == ("top-n 5 (you)",)
    assert speak(partner, "/candidates 7").lines == ("candidates 7 (you)",)
    settings = partner.settings()
    assert (settings.sampling.top_n, settings.candidates) == (5, 7)
    assert settings.sampling.temperature == 0.8
    assert "temperature 0.80 (option)" in speak(partner, "/settings").lines
    speak(partner, "/seed 42")
    assert partner.conversation.seed == 42
    assert speak(partner, "/seed random").lines[0].startswith("seed random (")
    assert partner.conversation.seed != 42


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/temperature hot", "temperature is hot; choose 0"),
        ("/regenrate", "no command /regenrate; did you mean /regenerate?"),
        ("/xyzzy", "no command /xyzzy; /help shows them"),
        ("/regenerate", "nothing to reply to"),
        ("/edit Hello", "no message to edit"),
        ("/others", "no reply yet"),
        ("/choose two", "two is no number; as in /choose N"),
        ("/go 3", "no turn 3"),
        ("/save", "/save needs a file"),
        ("/save ~nobody-of-that-name/talk", "ends neither in .md nor in .json"),
        ("/save talk.txt", "ends neither in .md nor in .json"),
    ],
)
def test_a_line_that_cannot_be_done_says_what_can(partner, line, message):
    with pytest.raises(RnntuiError, match=message.replace("?", r"\?")):
        partner.take(line)


def test_two_slashes_say_one(partner):
    speak(partner, "//help me")
    assert partner.conversation.path()[0].text == "/help me"


def test_edit_regenerate_choose_and_go_grow_branches(partner):
    speak(partner, "Hello")
    speak(partner, "/regenerate")
    speak(partner, "What now?")
    speak(partner, "/edit Who are you?")
    talk = partner.conversation
    assert [turn.text for turn in talk.siblings(talk.path()[2].id)] == ["What now?", "Who are you?"]
    assert speak(partner, "/branches").lines[0].split()[:2] == ["2", "model"]
    others = speak(partner, "/others").lines
    assert len(others) == 3 and others[0].startswith("*  1")
    assert speak(partner, "/choose 2").say_again
    assert talk.path()[-1].text == talk.path()[-1].reply.candidates[1].text
    speak(partner, "/edit #1 Goodbye")
    assert talk.path()[0].text == "Goodbye" and len(talk.path()) == 2
    assert speak(partner, "/go 2").say_again
    assert [turn.id for turn in talk.path()] == [1, 2]


def test_a_conversation_is_saved_as_a_page_and_with_all_branches(partner, tmp_path):
    from rnntui.store.exchange import from_document

    speak(partner, "Hello")
    speak(partner, "/regenerate")
    speak(partner, f"/save {tmp_path / 'talk.json'}")
    [saved] = from_document((tmp_path / "talk.json").read_bytes(), "talk.json")
    assert [turn.role for turn in saved.turns] == ["you", "model", "model"]
    assert saved.path[-1].text == partner.conversation.path()[-1].text
    assert saved.turns[1].author.seed == partner.conversation.turn(2).reply.seed
    assert len(saved.turns[1].candidates) == 3
    speak(partner, f"/save {tmp_path / 'talk.md'}")
    assert "Hello" in (tmp_path / "talk.md").read_text()
    with pytest.raises(BadOption, match="is there already"):
        speak(partner, f"/save {tmp_path / 'talk.md'}")


class Terminal:
    """The real command in a pseudo-terminal."""

    def __init__(self, *arguments: str | Path) -> None:
        self.end, inside = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self.process = subprocess.Popen(
            command(*arguments), stdin=inside, stdout=inside, stderr=inside, env=environment,
            start_new_session=True,
        )  # fmt: skip
        os.close(inside)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Read until the terminal has shown this since the last time."""
        deadline = time.monotonic() + 120
        while text not in self.shown:
            assert time.monotonic() < deadline, self.shown
            if select.select([self.end], [], [], 0.5)[0]:
                try:
                    self.shown += os.read(self.end, 65536).decode("utf-8", "replace")
                except OSError:
                    raise AssertionError(f"it ended: {self.shown}") from None
        self.shown = self.shown.partition(text)[2]

    def type(self, text: str) -> None:
        os.write(self.end, text.encode())

    def leave(self) -> int:
        """Wait for its end; return its exit code."""
        code = self.process.wait(120)
        os.close(self.end)
        return code


def test_a_terminal_sends_with_enter_keeps_history_and_quits(talker, home):
    terminal = Terminal("chat", talker, "--seed", "1", "--pace", "0")
    terminal.wait_for("Enter sends")
    terminal.wait_for(">")
    terminal.type("/candidates 2\r")
    terminal.wait_for("candidates 2 (you)")
    terminal.wait_for(">")
    terminal.type("Hello\x1b\rthere\r")
    terminal.wait_for("there")
    terminal.wait_for(">")
    terminal.type("/others\r")
    terminal.wait_for("*  1")
    terminal.wait_for(">")
    terminal.type("/quit\r")
    assert terminal.leave() == 0
    history = (home / "state" / "chat_history").read_text()
    assert "+Hello\n+there\n" in history


def test_ctrl_c_at_the_prompt_leaves_with_130(talker):
    terminal = Terminal("chat", talker)
    terminal.wait_for("Enter sends")
    terminal.wait_for(">")
    terminal.type("\x03")
    assert terminal.leave() == 130
