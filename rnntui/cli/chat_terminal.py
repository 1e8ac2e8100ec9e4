"""A conversation in a plain terminal: a line editor with history, replies at reading pace.

prompt_toolkit is imported here alone: it takes a fifth of a second, which a pipe need not wait for.
"""

from __future__ import annotations

import time

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from rnntui import paths
from rnntui.cli.chat_commands import COMMANDS, TURNED, Partner
from rnntui.cli.output import print_text, say
from rnntui.display import visible
from rnntui.errors import RnntuiError
from rnntui.files import private_folder

_FRAME = 1 / 30


def talk(partner: Partner) -> None:
    """Talk until /quit or Ctrl-D; Ctrl-C stops a reply, and leaves where there is none.

    Raises:
        KeyboardInterrupt: Ctrl-C at the prompt.
    """
    say("Enter sends, Alt+Enter begins a new line, Ctrl-C stops a reply, Ctrl-D leaves")
    words = [f"/{name}" for name in COMMANDS] + [f"/{n.replace('_', '-')}" for n in TURNED]
    session: PromptSession[str] = PromptSession(
        history=_history(),
        key_bindings=_keys(),
        multiline=True,
        completer=WordCompleter(words, sentence=True),
        complete_while_typing=False,
    )
    while True:
        try:
            line = session.prompt("> ", prompt_continuation="  ")
        except EOFError:
            return
        if not line.strip():
            continue
        try:
            answer = partner.take(line)
        except RnntuiError as error:
            say(f"error: {error}")
            continue
        for note in answer.lines:
            say(note)
        if answer.over:
            return
        if answer.reply_due:
            _reply(partner)
        elif answer.say_again:
            print_text(visible(partner.conversation.path()[-1].text.strip("\n")) + "\n")


def _history() -> History:
    """The lines typed before; none where they cannot be kept."""
    file = paths.state() / "chat_history"
    try:
        private_folder(file.parent)
        file.touch(mode=0o600)  # what people say to a machine is theirs
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys


def _reply(partner: Partner) -> None:
    """Make a reply and write it at the knob's pace; Ctrl-C stops it where it is."""
    conversation = partner.conversation
    drafting = conversation.draft(partner.settings())
    try:
        reply = drafting.finish()
    except KeyboardInterrupt:
        say("stopped; /regenerate replies after all")
        return
    if reply.text.strip():
        written = _write(reply.text, float(partner.knobs.value("pace") or 0))
        conversation.answer(reply, reply.text[:written])
    else:
        say(f"({conversation.model.name} has nothing to say; /regenerate tries again)")
        conversation.answer(reply)
    partner.note_time()


def _write(text: str, pace: float) -> int:
    """Write a text at so many characters a second, 0 for at once; return how many it came to."""
    begin = len(text) - len(text.lstrip("\n"))
    began, written = time.perf_counter(), begin
    try:
        while pace and written < len(text):
            due = min(begin + int((time.perf_counter() - began) * pace) + 1, len(text))
            print_text(visible(text[written:due]))
            written = due
            time.sleep(max(_FRAME, 1 / pace))
    except KeyboardInterrupt:
        print_text("\n")
        return written
    print_text(visible(text[written:]) + "\n")
    return len(text)
