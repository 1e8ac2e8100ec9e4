"""Recipes for series: what contradicts itself is refused; the shipped ones have their shape."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.data.series.series import Series
from rnntui.errors import RecipeError
from rnntui.recipes.catalog import load_recipe_of
from rnntui.recipes.forecast import ForecastRecipe
from rnntui.recipes.schema import changed, make_recipe
from rnntui.training.series_fitting import fitted_to_series

CONTRADICTIONS = [
    ({"tied": True}, "they are for symbols"),
    ({"embedding": 8}, "they are for symbols"),
    ({"levels": [0.1, 0.9]}, "0.5 among them"),
    ({"levels": [0.5, 0.1]}, "0.5 among them"),
    ({"levels": [0.5, 0.9]}, "one below 0.5"),
    ({"scaling": "last", "transform": "log"}, "leave one of them out"),
    ({"scaling": "last", "difference": True}, "choose another scaling"),
    ({"difference": True, "season": 4, "horizon": 8}, "set horizon to the season"),
    ({"truncate": 3, "bidirectional": True}, "no past to cut"),
    ({"split": [0.8, 0.0, 0.2]}, "or --no-calibrate"),
    ({"corpus": ["a", "b"]}, "name one series"),
    ({"scaling": "max"}, "scaling = 'max'"),
    ({"cycles": ["hour"]}, "cycles"),
]


@pytest.mark.parametrize(("changes", "said"), CONTRADICTIONS)
def test_contradictions_are_refused(changes, said):
    with pytest.raises(RecipeError, match=said):
        make_recipe({"task": "forecast", **changes}, "test")


def test_the_chapters_forecasters_are_as_written():
    cosine = load_recipe_of(ForecastRecipe, "chapter/cosine-rnn")
    assert (cosine.nonlinearity, cosine.hidden, cosine.window) == ("sigmoid", 100, 50)
    assert (cosine.truncate, cosine.clip_mode, cosine.clip, cosine.lr) == (5, "value", 10, 1e-4)
    prices = load_recipe_of(ForecastRecipe, "chapter/djia-gru")
    assert (prices.cell, prices.hidden, prices.window, prices.scaling) == ("gru", 256, 10, "last")
    assert (prices.optimizer, prices.lr, prices.batch_size) == ("rmsprop", 6e-4, 100)
    assert (prices.epochs, prices.early_stop, prices.loss) == (300, 100, "mse")


def wave(count: int, season: int, low: float = 10) -> Series:
    return Series("w", "w", low + np.sin(2 * np.pi * np.arange(count) / season), season=season)


@pytest.mark.parametrize("chosen", [{}, {"scaling": "last"}, {"horizon": 30}, {"window": 20}])
@pytest.mark.parametrize(
    "series",
    [wave(144, 12), wave(2000, 7), wave(1500, 365), wave(400, 1), wave(120, 12, -1), wave(20, 1)],
)
def test_what_is_fitted_agrees_with_what_was_chosen(series, chosen):
    fitted = fitted_to_series(series, chosen)
    assert not fitted.keys() & chosen.keys()
    recipe = changed(ForecastRecipe(), {**fitted, **chosen})
    assert recipe.epochs >= 3 and recipe.batch_size >= 8
    if recipe.transform == "log":
        assert series.values.min() > 0


def test_a_network_fitted_for_a_horizon_puts_it_out_at_once_where_it_can():
    assert fitted_to_series(wave(2000, 7), {}, 20)["horizon"] == 20
    assert fitted_to_series(wave(144, 12), {}, 20)["horizon"] == 12
