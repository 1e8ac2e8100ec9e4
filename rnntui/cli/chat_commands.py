"""What can be typed into a conversation beside messages: `/temperature 1.3`, `/regenerate`, ...

Knows no terminal: it takes lines and answers with lines, and says when a reply is due.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rnntui import paths
from rnntui.display import one_line
from rnntui.errors import BadOption
from rnntui.knobs import EVERY_KNOB, Knobs

if TYPE_CHECKING:
    from rnntui.inference.chat.conversation import Conversation, Turn
    from rnntui.inference.chat.replying import ReplySettings

TURNED = (
    "temperature", "top_n", "top_p", "min_p", "repetition_penalty", "candidates", "relevance",
    "seed", "pace",
)  # fmt: skip
"""The knobs that a conversation has."""

COMMANDS = {
    "regenerate": ("", "reply again, otherwise"),
    "edit": ("[#N] TEXT", "say something else in your last message, or in turn N, and go on there"),
    "others": ("", "show the other candidates for the last reply, with their scores"),
    "choose": ("N", "take candidate N for the reply"),
    "branches": ("", "show every turn that has another in its place"),
    "go": ("N", "go on in the branch of turn N"),
    "settings": ("", "show every setting, and who set it"),
    "save": ("FILE", "write the conversation to FILE.md or, with all branches, to FILE.json"),
    "help": ("", "show this"),
    "quit": ("", "end"),
}
"""Each command's argument and what it does, beside the knobs."""


@dataclass(frozen=True)
class Answer:
    """What a line led to."""

    lines: tuple[str, ...] = ()
    """For the person, not part of the conversation."""
    reply_due: bool = False
    """Whether the model is to reply now."""
    say_again: bool = False
    """Whether the last turn, the model's, is another now and is to be shown."""
    over: bool = False


class Partner:
    """A conversation with its knobs, steered by lines.

    Args:
        conversation: to be spoken.
        knobs: as they stand at the beginning.
    """

    def __init__(self, conversation: Conversation, knobs: Knobs) -> None:
        self.conversation, self.knobs = conversation, knobs
        self.times: dict[int, datetime] = {}
        """When each turn was made, by its id."""

    def settings(self) -> ReplySettings:
        """How the next reply is made."""
        from rnntui.inference.chat.replying import ReplySettings
        from rnntui.inference.sampling import Sampling

        values = {name: self.knobs.value(name) for name in TURNED}
        sampling = Sampling(**{name: values[name] for name in TURNED[:5]})  # type: ignore[arg-type]
        return ReplySettings(
            sampling, candidates=int(values["candidates"] or 1),
            relevance=float(values["relevance"] or 0),
        )  # fmt: skip

    def take(self, line: str) -> Answer:
        """Take a line: a command where it begins with `/`, else a message (`//` says a `/`).

        Raises:
            RnntuiError: the message has nothing to read, or the command cannot be done.
        """
        if line.startswith("/") and not line.startswith("//"):
            name, _, argument = line[1:].strip().partition(" ")
            return self._command(name.lower(), argument.strip())
        heard = self.conversation.say(line.removeprefix("/") if line.startswith("//") else line)
        self.note_time()
        return Answer(heard.notes, reply_due=True)

    def note_time(self) -> None:
        """Keep when the active turn was made."""
        self.times.setdefault(self.conversation.active, datetime.now(UTC))

    def _command(self, name: str, argument: str) -> Answer:
        knob = name.replace("-", "_")
        if knob in TURNED:
            return self._turn(knob, argument)
        if name in COMMANDS:
            does: Callable[[str], Answer] = getattr(self, f"_{name}")
            return does(argument)
        known = [*COMMANDS, *(EVERY_KNOB[each].option for each in TURNED)]
        near = difflib.get_close_matches(name, known, 1, 0.5)
        raise BadOption(
            f"there is no command /{one_line(name, 30)}",
            f"did you mean /{near[0]}?" if near else "/help shows them",
        )

    def _turn(self, name: str, argument: str) -> Answer:
        if argument:
            self.knobs = self.knobs.set(name, argument)
            if name == "seed":
                from rnntui.inference.models import draw_seed

                value = self.knobs.value("seed")
                self.conversation.reseed(draw_seed() if value is None else int(value))
        return Answer((self._written(name),))

    def _written(self, name: str) -> str:
        knob, source = EVERY_KNOB[name], self.knobs[name].source
        value = self.knobs.written(name)
        if name == "seed" and self.knobs.value("seed") is None:
            value = f"{value} ({self.conversation.seed})"
        return f"{knob.option} {value} ({source})"

    def _regenerate(self, _: str) -> Answer:
        if not self.conversation.active:
            raise BadOption("there is nothing to reply to", "say something first")
        return Answer(reply_due=True)

    def _edit(self, argument: str) -> Answer:
        number, text = self._edited(argument)
        heard = self.conversation.edit(number, text)
        self.note_time()
        return Answer(heard.notes, reply_due=True)

    def _edited(self, argument: str) -> tuple[int, str]:
        """Return the turn to be edited, and what it is to say."""
        if argument.startswith("#"):
            number, _, text = argument[1:].partition(" ")
            return _number(number, "/edit #N TEXT"), text
        own = [turn.id for turn in self.conversation.path() if turn.role == "you"]
        if not own:
            raise BadOption("there is no message to edit", "say something first")
        return own[-1], argument

    def _others(self, _: str) -> Answer:
        last = self._last()
        if last is None or last.reply is None:
            raise BadOption("there is no reply yet", "say something first")
        return Answer(tuple(candidate_lines(last)))

    def _choose(self, argument: str) -> Answer:
        self.conversation.choose(_number(argument, "/choose N") - 1)
        self.note_time()
        return Answer(say_again=True)

    def _branches(self, _: str) -> Answer:
        return Answer(tuple(self._branch_lines()) or ("there is one branch, the one you see",))

    def _branch_lines(self) -> Iterator[str]:
        spoken = {turn.id for turn in self.conversation.path()}
        for number in range(1, len(self.conversation) + 1):
            turn = self.conversation.turn(number)
            if len(self.conversation.siblings(number)) > 1:
                mark = "*" if number in spoken else " "
                yield f"{mark} {number:>3}  {turn.role:<5}  {one_line(turn.text.strip(), 60)}"

    def _go(self, argument: str) -> Answer:
        self.conversation.go_to(_number(argument, "/go N"))
        last = self._last()
        return Answer(say_again=last is not None and last.role == "model")

    def _settings(self, _: str) -> Answer:
        return Answer(tuple(self._written(name) for name in TURNED))

    def _save(self, argument: str) -> Answer:
        from rnntui.cli.chat_saving import save

        if not argument:
            raise BadOption("/save needs a file", "name one: /save talk.md")
        path = paths.expanded(argument)
        save(self, path)
        return Answer((f"saved in {path}",))

    def _help(self, _: str) -> Answer:
        rows = [(f"/{name} {what}".rstrip(), about) for name, (what, about) in COMMANDS.items()]
        rows += [(f"/{EVERY_KNOB[n].option} VALUE", EVERY_KNOB[n].about) for n in TURNED]
        width = max(len(name) for name, _ in rows)
        return Answer(tuple(f"{name:<{width}}  {about}" for name, about in rows))

    def _quit(self, _: str) -> Answer:
        return Answer(over=True)

    def _last(self) -> Turn | None:
        path = self.conversation.path()
        return path[-1] if path else None


def _number(text: str, usage: str) -> int:
    try:
        return int(text.removeprefix("#"))
    except ValueError:
        raise BadOption(
            f"{one_line(text, 30) or 'nothing'} is no number", f"as in {usage}"
        ) from None


def candidate_lines(turn: Turn) -> Iterator[str]:
    """Yield a line for each candidate of a reply: its number, score, costs, and why it went."""
    for number, one in enumerate(turn.reply.candidates if turn.reply else (), 1):
        alone = "" if one.alone is None else f"  alone {one.alone:.2f}"
        why = f"  [{one.dropped}]" if one.dropped else ""
        said = "*" if one.text == turn.text else " "
        text = one_line(one.text.strip(), 80)
        yield f"{said}{number:>3}  {one.score:+.2f}  here {one.nats:.2f}{alone}{why}  {text}"
