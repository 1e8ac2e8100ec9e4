"""The cards of the models that ship, as the Hub's own client reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from huggingface_hub import ModelCard

from rnntui import paths
from rnntui.checkpoints.folder import CARD, read_config
from rnntui.checkpoints.hub.parcel import make_parcel
from rnntui.checkpoints.run_card import PIPELINES, Told

FOLDERS = sorted(path.parent for path in paths.shipped_models().glob(f"*/{CARD}"))
LICENCES = {"mit", "bsd-3-clause", "apache-2.0", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0"}
DIGITS = range(3, 8)


def numbers(value: object) -> Iterator[float]:
    """The figures of a configuration; a forecaster's backtest has some of its own."""
    if isinstance(value, dict):
        for each in value.values():
            yield from numbers(each)
    elif isinstance(value, float):
        yield value


def test_models_ship():
    assert "shakespeare-lstm" in {folder.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_its_header_is_what_the_hub_reads(folder: Path):
    text = (folder / CARD).read_text("utf-8")
    config = read_config(folder)
    header = yaml.safe_load(text.removeprefix("---\n").partition("\n---\n")[0])
    data = ModelCard(text).data
    assert data.to_dict().keys() == header.keys()
    assert (data.library_name, data.pipeline_tag) == ("rnntui", PIPELINES[config.task])
    assert {"rnntui", config.network.cell} <= set(data.tags)
    assert data.license in LICENCES
    assert data.model_name == folder.name
    known = list(numbers(config.metrics))
    for result in data.eval_results:
        assert result.dataset_type and result.dataset_name
        # As many digits as the card gives.
        assert any(
            float(f"{value:.{n}g}") == result.metric_value for value in known for n in DIGITS
        )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_would_go_to_the_hub_as_it_is(folder: Path):
    parcel = make_parcel(folder, f"anna/{folder.name}", Told())
    assert parcel.card == (folder / CARD).read_text("utf-8")
    assert not parcel.cut and not parcel.warnings
