"""A store in a home of its own, and a chat in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rnntui.store import open_store
from rnntui.store.records import Author
from rnntui.store.store import Store

AUTHOR = Author("chat-lstm", "abc123", 7, {"temperature": 0.8})


@pytest.fixture
def store(home: object) -> Iterator[Store]:
    """An empty store, closed at the end."""
    with open_store() as opened:
        yield opened


@pytest.fixture
def chat(store: Store) -> int:
    """The id of a chat: a greeting, two replies to it, the second of which was answered."""
    chat = store.begin("chat", AUTHOR).id
    greeting = store.add(chat, "you", "Hello there", after=None).id
    store.add(chat, "model", "the first reply", after=greeting)
    second = store.add(chat, "model", "the second reply", after=greeting).id
    store.add(chat, "you", "and its answer", after=second)
    return chat
