"""What a model of the Hub is, before its weights are fetched: its plan, configuration and card."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnntui.checkpoints.config import Config
from rnntui.checkpoints.facts import card
from rnntui.checkpoints.folder import CARD, CONFIG, read_config
from rnntui.checkpoints.hub.client import client
from rnntui.checkpoints.hub.errors import explained
from rnntui.checkpoints.hub.meter import Meter, ignore
from rnntui.checkpoints.hub.names import HubName
from rnntui.checkpoints.hub.pull import Plan, look
from rnntui.checkpoints.hub.watch import Watch, watched_by


@dataclass(frozen=True)
class Preview:
    """A model that is not here. All of it is its owner's word: data, to be shown as such."""

    plan: Plan
    """What would be fetched."""
    config: Config
    card: str
    """Without its header; "" where there is none."""


def preview(name: HubName, watch: Watch | None = None) -> Preview:
    """Ask the Hub about a model; what is fetched for that is thrown away again.

    Args:
        name: the model's.
        watch: who waits.

    Raises:
        HubError: it cannot be had, or is no model of ours.
        CheckpointError: its configuration is damaged.
    """
    watch = watch or Watch()
    plan = look(name, watch)
    with tempfile.TemporaryDirectory() as scratch, watched_by(watch), explained(name):
        for file in plan.files:
            if file.name not in (CONFIG, CARD):
                continue
            meter = Meter(file.size, ignore)  # ends what is longer than the Hub said
            meter.begin(file.name, file.size)
            options: dict[str, Any] = {"tqdm_class": meter}
            client().hf_hub_download(
                name.repo, file.name, revision=plan.commit, local_dir=scratch, **options
            )
        return Preview(plan, read_config(Path(scratch)), card(Path(scratch)))
