"""The Hub's client, set up for us. Whatever uses `huggingface_hub` calls `client()` first."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import TYPE_CHECKING

from rnntui.checkpoints.hub.place import endpoint

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfApi

TIMEOUT = 15.0
"""Seconds without an answer to a question; for files, the client's own 10."""

_PIECE = 1 << 18
"""Bytes after which a file's progress is told, and from which on it is continued."""


_SETTING_UP = threading.Lock()


def client() -> HfApi:
    """Return the Hub's client for the Hub that the environment names."""
    with _SETTING_UP:  # two downloads may begin at once, and its session is none to share halfway
        _set_up()
    from huggingface_hub import HfApi

    return HfApi(endpoint=endpoint(), library_name="rnntui")


@cache
def _set_up() -> None:
    """Change what is set once for a process."""
    from huggingface_hub import constants, get_session, set_client_factory
    from huggingface_hub.utils import logging

    from rnntui.checkpoints.hub.transport import WatchedClient

    # It writes its warnings to stderr, where the app draws; what they say, `Watch.say` is told.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    # 10 MiB as it comes: more than most of our models, so that a bar would jump from 0 to the end,
    # and what broke would begin anew.
    constants.DOWNLOAD_CHUNK_SIZE = _PIECE
    # Xet moves bytes in threads of its own that can neither be stopped between two bytes nor
    # watched; what it saves, pieces that several versions share, is nothing at our sizes.
    if not os.environ.get("HF_HUB_DISABLE_XET"):
        constants.HF_HUB_DISABLE_XET = True
    hooks = get_session().event_hooks  # the offline mode, and the count of downloads

    def make() -> httpx2.Client:
        return WatchedClient(event_hooks=hooks, follow_redirects=True, timeout=None)

    set_client_factory(make)
