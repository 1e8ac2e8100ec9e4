"""The prompts that were sent, kept from one session to the next.

It knows a file and a list, no keys and no screen.
"""

from __future__ import annotations

import json
from pathlib import Path
from threading import Lock

from rnntui.files import write_atomically

LIMIT = 500
"""Prompts kept; the oldest go first."""

LONGEST = 10_000
"""Characters of a prompt that is kept on disk; longer ones last until the app is closed, since
the file is written as a whole with each prompt."""


class History:
    """Sent prompts, oldest first, and a place among them; past the newest stands the draft.

    Args:
        path: the file, one JSON string a line; without one nothing is kept.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.prompts: list[str] = []
        self._unsaved: list[str] = []
        self._place = 0
        self._draft = ""
        self._lock = Lock()

    def load(self) -> None:
        """Read the file; a line that is no JSON string, or a file that is none, is passed over."""
        self.prompts = self._read()
        self._place = len(self.prompts)

    def _read(self) -> list[str]:
        prompts = []
        try:
            lines = self.path.read_text("utf-8", "replace").split("\n") if self.path else []
        except OSError:
            lines = []
        for line in lines[-LIMIT - 1 :]:  # one more: the last line is empty
            try:
                prompt = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(prompt, str):
                prompts.append(prompt)
        return prompts

    def add(self, prompt: str) -> None:
        """Add a prompt as the newest, an older copy of it going, and return to the draft."""
        if prompt.strip():
            others = [old for old in self.prompts if old != prompt]
            self.prompts = [*others[1 - LIMIT :], prompt]
            if self.path and len(prompt) <= LONGEST:
                self._unsaved.append(prompt)
        self._place = len(self.prompts)
        self._draft = ""

    def save(self) -> None:
        """Add to the file what is new, in one step; may run on a thread.

        The file is read again for that: another window may have added to it.

        Raises:
            FileProblem: the disk is full, the folder read-only, and so on.
        """
        if self.path is None:
            return
        with self._lock:
            new = self._unsaved.copy()
            newest_first = list(dict.fromkeys(reversed([*self._read(), *new])))[:LIMIT]
            lines = [json.dumps(prompt) + "\n" for prompt in reversed(newest_first)]
            write_atomically(self.path, "".join(lines))
            del self._unsaved[: len(new)]  # others may have been added meanwhile

    def step(self, by: int, current: str) -> str | None:
        """Return the prompt before (-1) or after (+1), or None where there is none.

        Args:
            by: -1 or +1.
            current: what is being edited; it becomes the draft when it is left.
        """
        place = self._place + by
        if not 0 <= place <= len(self.prompts):
            return None
        if self._place == len(self.prompts):
            self._draft = current
        self._place = place
        return self._draft if place == len(self.prompts) else self.prompts[place]
