"""`rnntui chat`: a conversation in the terminal; in a pipe lines in, replies out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnntui.cli.knob_options import (
    MinP,
    ModelName,
    RepetitionPenalty,
    Temperature,
    TopN,
    TopP,
)
from rnntui.cli.output import print_json_line, print_text, say
from rnntui.errors import CheckpointError, RnntuiError

if TYPE_CHECKING:
    from rnntui.cli.chat_commands import Partner
    from rnntui.inference.chat.conversation import Turn

DEFAULT = "chat-lstm"


def chat(
    model: ModelName = "",
    temperature: Temperature = None,
    top_n: TopN = None,
    top_p: TopP = None,
    min_p: MinP = None,
    repetition_penalty: RepetitionPenalty = None,
    candidates: Annotated[
        int | None, typer.Option(help="Draw so many replies, of which the best is said.")
    ] = None,
    relevance: Annotated[
        float | None, typer.Option(help="0 to 1: what counts against a reply that fits anywhere.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Makes the replies repeatable.")] = None,
    pace: Annotated[
        float | None, typer.Option(help="Characters a second on a terminal, 0 for full speed.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON line for each.")] = False,
) -> None:
    """Talk with a model; /help shows what can be typed beside messages.

    In a pipe each line is a message or a command, and each message's reply is a line.
    """
    options = {
        "temperature": temperature, "top_n": top_n, "top_p": top_p, "min_p": min_p,
        "repetition_penalty": repetition_penalty, "candidates": candidates,
        "relevance": relevance, "seed": seed, "pace": pace,
    }  # fmt: skip
    partner = _partner(model, options)
    _announce(partner)
    if sys.stdin.isatty() and sys.stdout.isatty() and not json:
        from rnntui.cli.chat_terminal import talk

        talk(partner)
    else:
        _pipe(partner, json)


def _partner(model: str, options: dict[str, Any]) -> Partner:
    from rnntui import settings

    configured = settings.read()
    configured.knobs(options)  # an option out of range is told before a model is loaded

    from rnntui.inference.blas import hold_to_one_thread

    hold_to_one_thread()  # before NumPy is imported, which reads it once
    from rnntui.checkpoints.library import default_model
    from rnntui.cli.chat_commands import Partner
    from rnntui.inference.chat.conversation import Conversation
    from rnntui.inference.chat.replying import suggested_knobs
    from rnntui.inference.models import load

    try:
        text_model = load(model or default_model(DEFAULT))
    except CheckpointError:
        if model or _is_here():
            raise
        raise CheckpointError(
            f"{DEFAULT}, the model that is talked with when none is named, is not here",
            f"train it: rnntui train text --recipe {DEFAULT} --name {DEFAULT}; or name another",
        ) from None
    knobs = configured.knobs(options, suggested_knobs(text_model.config))
    seed = knobs.value("seed")
    return Partner(Conversation(text_model, None if seed is None else int(seed)), knobs)


def _is_here() -> bool:
    from rnntui.checkpoints.library import entries

    return any(entry.name == DEFAULT for entry in entries())


def _announce(partner: Partner) -> None:
    conversation = partner.conversation
    shown = [conversation.model.name]
    shown += [f"{name.replace('_', '-')} {partner.knobs.written(name)}"
              for name in ("temperature", "candidates", "relevance")]  # fmt: skip
    say(" · ".join([*shown, f"seed {conversation.seed}", "/help"]))
    if not conversation.manner.template:
        say(
            f"note: {conversation.model.name} has no dialogue template; it continues your text "
            "to the end of a line"
        )


def _pipe(partner: Partner, json: bool) -> None:
    """Answer lines of standard input, one by one as they come."""
    from rnntui.cli.piping import piped_lines

    for line in piped_lines():
        try:
            answer = partner.take(line)
        except RnntuiError as error:
            say(f"error: {error}")
            if not line.startswith("/"):
                _put(line, None, (str(error),), json)
            continue
        for note in answer.lines:
            say(note)
        if answer.over:
            return
        if answer.reply_due:
            turn = partner.conversation.reply(partner.settings())
            partner.note_time()
            _put(line, turn, answer.lines, json)
        elif answer.say_again:
            _put(line, partner.conversation.path()[-1], (), json)


def _put(line: str, turn: Turn | None, notes: tuple[str, ...], json: bool) -> None:
    """Print a reply: every message has its line, an empty one where there is no reply."""
    if not json:
        print_text(" ".join(turn.text.split()) + "\n" if turn else "\n")
        return
    print_json_line(document(line, turn, notes))


def document(line: str, turn: Turn | None, notes: tuple[str, ...]) -> dict[str, Any]:
    """Return the JSON document of a reply."""
    made: dict[str, Any] = {"message": line, "reply": turn.text if turn else None}
    if turn is not None and turn.reply is not None:
        made["seed"] = turn.reply.seed
        made["candidates"] = [
            {
                "text": one.text,
                "score": round(one.score, 6),
                "nats": round(one.nats, 6),
                "alone": None if one.alone is None else round(one.alone, 6),
                "dropped": one.dropped or None,
            }
            for one in turn.reply.candidates
        ]
    if notes:
        made["notes"] = list(notes)
    return made
