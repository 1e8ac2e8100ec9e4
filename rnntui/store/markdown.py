"""A session as a Markdown page: the branch that is followed, each turn exact in a fence."""

from __future__ import annotations

import re

from rnntui.display import one_line
from rnntui.store.records import Author, Conversation, Turn

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!&~])")

_BEGIN = re.compile(rb"# [^\n]*\n\n- (chat|write), \d{4}-\d\d-\d\d \d\d:\d\d to \d{4}-[^\n]* UTC\n")

_ROLES = {"you": "You", "model": "Model", "text": "Text"}


def as_markdown(conversation: Conversation) -> str:
    """Return a session as a page; texts are data there, whatever markup they hold."""
    session, path = conversation.session, conversation.path
    begun, ended = (f"{time:%Y-%m-%d %H:%M}" for time in (session.created, session.updated))
    facts = [f"{session.kind}, {begun} to {ended} UTC", *_about(session.author)]
    if len(path) < session.turns:
        facts.append(f"{len(path)} of {session.turns} turns: the branch that was followed")
    head = f"# {_escaped(session.title) or 'Untitled'}\n\n" + "".join(f"- {x}\n" for x in facts)
    return "\n".join([head, *(_section(turn, conversation) for turn in path)])


def is_page(head: bytes) -> bool:
    """Whether a file that begins so is a page of ours."""
    return _BEGIN.match(head) is not None


def _section(turn: Turn, conversation: Conversation) -> str:
    name = turn.author.model or conversation.session.author.model
    who = _escaped(name) if turn.role == "model" and name else _ROLES[turn.role]
    facts = [f"{turn.created:%Y-%m-%d %H:%M:%S}"]
    branches = conversation.siblings(turn.id)
    if len(branches) > 1:
        facts.append(f"branch {branches.index(turn) + 1} of {len(branches)}")
    if turn.sentiment is not None:
        facts.append(f"{100 * turn.sentiment:.0f} % positive")
    if turn.stopped:
        facts.append("stopped")
    if turn.finished is None:
        facts.append("broken off")
    about = "".join(f"- {fact}\n" for fact in _about(turn.author))
    return f"## {who} · {' · '.join(facts)}\n\n{about}{about and chr(10)}{_fenced(turn.text)}"


def _about(author: Author) -> list[str]:
    facts = []
    if author.model:
        revision = f" ({_escaped(author.revision)})" if author.revision else ""
        facts.append(f"model {_escaped(author.model)}{revision}")
    if author.seed is not None:
        facts.append(f"seed {author.seed}")
    facts += [f"{_escaped(name)} {_escaped(str(value))}" for name, value in author.settings.items()]
    return facts


def _fenced(text: str) -> str:
    """Return text between more backquotes than it holds in a row, so that none can end it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", one_line(text, 200))
