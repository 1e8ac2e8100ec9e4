"""What can go wrong with the Hub, each a sentence and a next step.

The client's own errors are for programmers, and it hides some behind others; here each class has
its words. `explained` is put around whatever asks the Hub something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlsplit

from rnntui.checkpoints.hub.names import HubName
from rnntui.checkpoints.hub.place import endpoint, has_token
from rnntui.display import one_line
from rnntui.errors import RnntuiError
from rnntui.files import file_problem

Reason = Literal[
    "name", "missing", "gated", "revision", "foreign", "disabled", "forbidden", "token", "offline",
    "unreachable", "rate", "server", "cut", "damaged", "disk", "large", "cancelled",
]  # fmt: skip


class HubError(RnntuiError):
    """Something the Hub, the way there, or what lies there does not allow.

    Args:
        reason: which kind, for whoever can do something about it.
        what: what happened.
        fix: the next step.
    """

    def __init__(self, reason: Reason, what: str, fix: str = "") -> None:
        self.reason = reason
        super().__init__(what, fix)


def host() -> str:
    """The Hub's name for messages; a password in its address stays out."""
    try:
        name = urlsplit(endpoint()).netloc.rpartition("@")[2]
    except ValueError:  # brackets, say
        name = ""
    return one_line(name or endpoint())


def page(name: HubName) -> str:
    """The address of a model for people; a password in the Hub's stays out."""
    return re.sub("(?<=://)[^/]*@", "", f"{endpoint()}/{name.repo}")


@contextmanager
def explained(name: HubName, doing: str = "fetch") -> Iterator[None]:
    """Turn what the client raises into a HubError or FileProblem.

    Args:
        name: the repository it is about.
        doing: the verb for what is done with it.
    """
    try:
        yield
    except RnntuiError:
        raise
    # What the client raises for an answer that is no Hub's: a login page, say, instead of JSON.
    except (OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise explain(error, name, doing) from error
    except Exception as error:
        import httpx2

        if not isinstance(error, (httpx2.HTTPError, httpx2.InvalidURL)):
            raise
        raise explain(error, name, doing) from error


def explain(error: Exception, name: HubName, doing: str = "fetch") -> RnntuiError:
    """Return the sentence for an error of the client."""
    import httpx2
    from huggingface_hub import errors as theirs

    match error:
        case theirs.GatedRepoError():
            return _gated(name)
        case theirs.RepositoryNotFoundError():
            return missing(name)
        case theirs.RevisionNotFoundError():
            return HubError(
                "revision",
                f"{name.repo} has no branch, tag or commit {name.revision!r:.80}",
                f"leave the @ out for its newest state, or look at {page(name)}",
            )
        case theirs.RemoteEntryNotFoundError():
            return foreign(name, "it lacks a file that every model has")
        case theirs.DisabledRepoError():
            return HubError("disabled", f"the Hub has closed {name.repo}", "choose another model")
        case theirs.LocalTokenNotFoundError():
            return no_token(doing)
        case theirs.HFValidationError():
            return HubError("name", f"{name} is no name of a model", "write owner/name")
        case theirs.OfflineModeIsEnabled():
            return offline(name)
        case theirs.HfHubHTTPError():
            return _answered(error, name, doing)
        case httpx2.HTTPError() | httpx2.InvalidURL():
            return unreachable(name, error)
    cause = error.__cause__
    if isinstance(cause, RnntuiError):  # of ours, which the client has wrapped
        return cause
    if isinstance(error, (FileNotFoundError, RuntimeError)) and isinstance(cause, Exception):
        return explain(cause, name, doing)  # LocalEntryNotFoundError and its like
    if isinstance(error, OSError) and error.errno is None and "Consistency" in str(error):
        return cut_off()
    if isinstance(error, OSError) and error.errno is not None:
        return file_problem(error, error.filename or "the Hub's cache", "write")
    return HubError(
        "server",
        f"{host()} does not answer as the Hub does",
        "check the network, and HF_ENDPOINT if it is set",
    )


def _gated(name: HubName) -> HubError:
    if has_token():
        then = "; your account waits for the approval of its owner, or has not asked for it"
        return HubError("gated", f"{name.repo} is gated{then}", f"ask at {page(name)}")
    return HubError(
        "gated",
        f"{name.repo} is gated: its owner wants to know who takes it",
        f"open {page(name)}, accept its terms, then `hf auth login`",
    )


def missing(name: HubName, near: Sequence[str] = ()) -> HubError:
    """There is no such repository, or it is private; `near` are names that are alike."""
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    if has_token():
        what = f"{host()} has no model {name.repo} that your account may read"
        return HubError("missing", what, f"{meant or 'check the name. '}`rnntui list` shows yours")
    return HubError(
        "missing",
        f"{host()} has no public model {name.repo}",
        f"{meant or 'check the name. '}If it is private, log in with `hf auth login`",
    )


def no_token(doing: str = "fetch") -> HubError:
    """Nobody is logged in, and somebody has to be."""
    return HubError(
        "token", f"nobody is logged in to {host()}, to {doing} with", "run `hf auth login`"
    )


def foreign(name: HubName, why: str, fix: str = "choose another model") -> HubError:
    """A repository that holds no model of ours."""
    return HubError("foreign", f"{name} holds no model of rnntui: {why}", fix)


def offline(name: HubName) -> HubError:
    """The mode that forbids the network is set."""
    return HubError(
        "offline",
        f"{name} is not here, and HF_HUB_OFFLINE forbids to fetch it",
        "unset HF_HUB_OFFLINE, or take a model of `rnntui list`",
    )


def unreachable(name: HubName, error: Exception) -> HubError:
    """The way to the Hub is cut."""
    said = re.sub(r"^\[Errno -?\d+\] ", "", str(error)).rstrip(".") or type(error).__name__
    return HubError(
        "unreachable",
        f"{name} is not here, and {host()} cannot be reached: {one_line(said, 120)}",
        "check the network; all that `rnntui list` shows works without it",
    )


def cut_off() -> HubError:
    """The connection broke, again and again."""
    return HubError(
        "cut",
        f"the connection to {host()} broke again and again",
        "try again later: files that are whole are not fetched twice",
    )


def _answered(error: Exception, name: HubName, doing: str) -> HubError:
    """An answer that is an error and has no class of its own."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", 0)
    said = one_line(str(getattr(error, "server_message", None) or ""), 200)
    if status == 401:
        return HubError(
            "token",
            f"{host()} does not know the token it was shown",
            "run `hf auth login`, or mend HF_TOKEN if it is set",
        )
    if status == 403:
        return HubError(
            "forbidden",
            f"{host()} does not let you {doing} {name.repo}" + (f": {said}" if said else ""),
            "use a token that may (`hf auth login`), or a name of your own",
        )
    if status == 429:
        return rate_limited()
    request = getattr(error, "request_id", None)
    told = [f"{host()} answers {status}", said, f"request {one_line(request)}" if request else ""]
    return HubError("server", ", ".join(filter(None, told)), "try again later")


def rate_limited(seconds: float = 0) -> HubError:
    """Too much was asked."""
    when = f"in {seconds:.0f} s" if seconds else "in some minutes"
    also = "" if has_token() else "; with `hf auth login` more is allowed"
    return HubError("rate", f"{host()} wants to be asked less often", f"try again {when}{also}")
