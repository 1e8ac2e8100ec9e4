"""Writing a conversation to a file, in the forms that sessions of the app are exported in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rnntui.errors import BadOption
from rnntui.files import write_atomically

if TYPE_CHECKING:
    from rnntui.cli.chat_commands import Partner
    from rnntui.store.records import Conversation as Saved


def save(partner: Partner, path: Path) -> None:
    """Write a conversation: as a Markdown page, or as JSON with every branch.

    Raises:
        BadOption: the file is there already, or its name says no form.
        FileProblem: it cannot be written.
    """
    from rnntui.store.exchange import as_document
    from rnntui.store.markdown import as_markdown

    if path.suffix.lower() not in (".md", ".json"):
        raise BadOption(f"{path} ends neither in .md nor in .json", "choose one of them")
    if path.exists():
        raise BadOption(f"{path} is there already", "choose another name")
    saved = saved_form(partner)
    whole = path.suffix.lower() == ".json"
    write_atomically(path, as_document([saved]) if whole else as_markdown(saved))


def saved_form(partner: Partner) -> Saved:
    """Return a conversation as the store keeps one."""
    from rnntui.store.records import AS_SESSION, Author, Candidate, Conversation, Session, Turn

    conversation = partner.conversation
    began = min(partner.times.values(), default=datetime.now(UTC))
    updated = max(partner.times.values(), default=began)
    model = conversation.model.name
    turns = []
    for number in range(1, len(conversation) + 1):
        turn = conversation.turn(number)
        made = partner.times.get(number, updated)
        reply = turn.reply
        author = AS_SESSION
        if reply is not None:
            author = Author("", "", reply.seed, _plain(asdict(reply.settings)))
        candidates = tuple(
            Candidate(
                one.text,
                one.score,
                {"here": one.nats} | ({} if one.alone is None else {"alone": one.alone}),
            )
            for one in (reply.candidates if reply else ())
        )
        turns.append(Turn(
            number, 0, turn.parent or None, turn.role, turn.text, author, candidates, None, False,
            made, made,
        ))  # fmt: skip
    session = Session(
        0, "chat", "", "", Author(model, "", conversation.seed, {}), began, updated, None,
        conversation.active or None, len(turns),
    )  # fmt: skip
    return Conversation(session, tuple(turns))


def _plain(settings: dict[str, object]) -> dict[str, object]:
    """Return settings without a table inside."""
    sampling = settings.pop("sampling")
    assert isinstance(sampling, dict)
    return {**sampling, **settings}
