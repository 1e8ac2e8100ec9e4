"""AutoETS stands among the baselines where its package is, and says how to get it where not."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from rnntui.data.series.levels import LEVELS
from rnntui.data.series.series import Series
from rnntui.errors import CorpusError, MissingExtra
from rnntui.inference.forecast import autoets
from rnntui.inference.forecast.autoets import AutoETS
from rnntui.inference.forecast.backtest import backtest
from rnntui.inference.forecast.baselines import Naive
from rnntui.inference.forecast.origins import Plan

PACKAGE = '''
"""As much of statsforecast as is used: the last value, and bands as wide as their level."""
import numpy as np

class AutoETS:
    def __init__(self, season_length):
        self.season_length = season_length

    def fit(self, y):
        if y[0] < 0:
            raise RuntimeError("no model able to be fitted")
        self.fitted = len(y)
        return self

    def forward(self, y, h, level):
        said = {"mean": np.full(h, y[-1])}
        for width in level:
            said[f"lo-{width}"] = said["mean"] - width
            said[f"hi-{width}"] = said["mean"] + width
        return said
'''

SERIES = Series("x", "v", np.arange(50.0) % 7 + 1, season=7)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a small statsforecast where Python finds it first."""
    folder = tmp_path / "packages" / "statsforecast"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "models.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(str(folder.parent))
    for name in [name for name in sys.modules if name.split(".")[0] == "statsforecast"]:
        monkeypatch.delitem(sys.modules, name)
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "statsforecast"]:
        del sys.modules[name]


def test_its_bands_become_quantiles(package):
    fitted = AutoETS().fit(SERIES.head(40))
    assert (fitted.train_until, fitted.model.fitted, fitted.model.season_length) == (40, 40, 7)
    said = fitted.forecast(SERIES, 2, LEVELS)
    assert said.median.tolist() == [1 + 49 % 7] * 2
    assert said.at(0.1)[0] == pytest.approx(said.median[0] - 80)
    assert said.at(0.975)[0] == pytest.approx(said.median[0] + 95)


def test_it_is_a_row_of_the_backtest(package):
    row = backtest(Naive(), SERIES, Plan(3)).baselines[-1]
    assert row.name == "AutoETS" and row.note == ""
    assert row.scores is not None and row.scores.mae > 0
    assert backtest(Naive(), SERIES, Plan(3, auto_ets=False)).baselines[-1].note == "left out"


def test_a_season_that_it_cannot_take_is_left_out_and_said(package):
    series = Series("x", "v", np.arange(90.0) % 30, season=30)
    assert AutoETS().fit(series).model.season_length == 1
    assert "longer than 24" in backtest(Naive(), series, Plan(3)).baselines[-1].note


def test_a_series_that_it_cannot_fit_is_a_row_without_figures(package):
    series = Series("x", "v", -1 - np.arange(50.0))
    with pytest.raises(CorpusError, match="no model fits: RuntimeError"):
        AutoETS().fit(series)
    row = backtest(Naive(), series, Plan(3)).baselines[-1]
    assert row.scores is None and "no model fits" in row.note


def test_without_its_package_the_row_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(autoets, "installed", lambda: False)
    row = backtest(Naive(), SERIES, Plan(3)).baselines[-1]
    assert (row.scores, row.note) == (None, "not installed: pip install statsforecast")
    with pytest.raises(MissingExtra, match="pip install statsforecast"):
        AutoETS().fit(SERIES)
    with pytest.raises(CorpusError, match="not fitted"):
        AutoETS().forecast(SERIES, 1, LEVELS)
