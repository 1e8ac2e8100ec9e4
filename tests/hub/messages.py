"""What the loopback Hub is asked, and what it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    target: str
    headers: dict[str, str]
    """By name in lower case."""
    body: bytes = b""

    @property
    def line(self) -> str:
        """For patterns."""
        return f"{self.method} {self.target}"

    @property
    def path(self) -> str:
        """Without the query, still quoted: a revision may hold a slash."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        """By name."""
        return parse_qs(urlsplit(self.target).query)

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def token(self) -> str:
        """An empty string where none was sent."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Refused(Exception):
    """An answer that is raised from wherever it is found out."""

    def __init__(self, status: int, message: str, code: str = "", **headers: str) -> None:
        super().__init__(message)
        told = {"X-Error-Message": message, **({"X-Error-Code": code} if code else {})}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = json.dumps({"error": message}).encode()
        self.reply = Reply(status, {"X-Request-Id": "request-1", **told, **named}, body)


def as_json(document: Any, status: int = 200) -> Reply:
    """An answer of JSON."""
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(document).encode())
