"""Searching the Hub for models of ours: by the tag that every pushed card has, and by words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rnntui.checkpoints.hub import index, place
from rnntui.checkpoints.hub.client import client
from rnntui.checkpoints.hub.errors import HubError, explained, host
from rnntui.checkpoints.hub.names import HubName, hub_name
from rnntui.checkpoints.hub.watch import Watch, watched_by

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ExpandModelProperty_T, ModelInfo

TAG = "rnntui"
"""What every card that rnntui writes is tagged with."""

_WANTED: list[ExpandModelProperty_T] = [
    "downloads",
    "gated",
    "lastModified",
    "likes",
    "pipeline_tag",
    "private",
    "safetensors",
    "tags",
]
"""What is asked of each model; not its card, since one that makes no sense would end the list."""

_TASKS = {
    "text-generation": "text",
    "text-classification": "sentiment",
    "time-series-forecasting": "forecast",
}
_THE_HUB = HubName("the search")


@dataclass(frozen=True)
class Found:
    """A model that the Hub has. All of it is its owner's word: data, to be shown as such."""

    name: HubName
    task: str
    """As ours are called; "?" where the card says nothing of it."""
    parameters: int
    """As the Hub counts them in the weights; 0 where it has not."""
    tags: tuple[str, ...]
    downloads: int
    """In the last month."""
    likes: int
    updated: datetime | None
    gated: bool
    """Whether its owner wants to be asked first."""
    private: bool
    here: bool
    """Whether it was pulled."""


def search(words: str = "", *, limit: int = 50, watch: Watch | None = None) -> list[Found]:
    """Return models of ours on the Hub, the most downloaded first.

    Args:
        words: in their names; all models where empty.
        limit: at most so many.
        watch: who waits; a search that was cancelled raises.

    Raises:
        HubError: the Hub cannot be reached, and so on.
    """
    if place.is_offline():
        raise HubError("offline", "HF_HUB_OFFLINE forbids to search the Hub", "unset it to search")
    here = {model.repo for model in index.pulled()}
    try:
        with watched_by(watch or Watch()), explained(_THE_HUB, "search"):
            models = client().list_models(
                filter=TAG,
                search=words.strip() or None,
                sort="downloads",
                limit=limit,
                expand=_WANTED,
            )
            return [found for model in models if (found := _found(model, here))]
    except HubError as error:
        if error.reason != "unreachable":
            raise
        what = f"{host()} cannot be reached"
        raise HubError("unreachable", what, "check the network; all that is here works") from error


def _found(model: ModelInfo, here: set[str]) -> Found | None:
    name = hub_name(str(model.id))
    if name is None:
        return None
    return Found(
        name,
        _TASKS.get(model.pipeline_tag or "", "?"),
        model.safetensors.total if model.safetensors else 0,
        tuple(model.tags or ()),
        int(model.downloads or 0),
        int(model.likes or 0),
        model.last_modified,
        bool(model.gated),
        bool(model.private),
        name.repo in here,
    )


def names_of(name: HubName, *, author: str = "", words: str = "", tag: str = TAG) -> list[str]:
    """Return the names of an owner's models, or of those with a word in their name."""
    with explained(name):
        models = client().list_models(
            filter=tag, author=author or None, search=words or None, limit=50
        )
        return [model.id for model in models]
