"""A forecaster learns a series, is calibrated, resumes exactly; the test part stays unseen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from rnntui.checkpoints.folder import read_checkpoint
from rnntui.data.series.options import SeriesOptions
from rnntui.data.series.reading import read_series
from rnntui.errors import CorpusError, RecipeError, RunError
from rnntui.inference.forecast.model import build_forecast_model
from rnntui.inference.forecast.windows import Windows
from rnntui.networks.exchange import import_weights
from rnntui.networks.forecaster import ForecastNetwork
from rnntui.recipes.forecast import ForecastRecipe
from rnntui.runs import history, predictions
from rnntui.runs.folder import RunFolder
from rnntui.training.events import Forecasted
from rnntui.training.forecast import ForecastTask
from rnntui.training.series_data import prepare, series_of
from rnntui.training.telling import with_progress

from .series import recipe, resume, train, values, write_series


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_series(tmp_path / "shop.csv")


def best(folder: Path) -> dict[str, np.ndarray]:
    return read_checkpoint(RunFolder(folder).best).weights


def same(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize(
    "changes",
    [
        {"cycles": ["year", "season"], "covariates": ["stock"]},
        {"scaling": "last", "loss": "mse", "horizon": 1, "cell": "rnn", "nonlinearity": "sigmoid"},
        {"transform": "log", "difference": True, "anchor": True, "cell": "lstm", "window": 6},
        {"scaling": "standard", "lags": [12], "head_hidden": [5], "bidirectional": True},
        {"scaling": "mean-absolute", "truncate": 4, "dropout": 0.1, "layers": 2},
    ],
)
def test_a_forecaster_learns_and_numpy_says_the_same(file, tmp_path, changes):
    made = recipe(file, epochs=4, season=12, **changes)
    train(tmp_path / "run", made)
    lines = list(history.read(RunFolder(tmp_path / "run").history))
    assert lines[-1].train_loss < lines[0].train_loss
    checkpoint = read_checkpoint(RunFolder(tmp_path / "run").best)
    model = build_forecast_model(checkpoint.config, checkpoint.weights, "run")
    network = ForecastNetwork(checkpoint.config, torch.Generator().manual_seed(9))
    import_weights(network, checkpoint.weights)
    windows = Windows.of(checkpoint.config, series_of(made))
    origins = windows.origins(0, len(windows.values))
    inputs = windows.inputs(origins, windows.scaled(origins))
    with torch.no_grad():
        torchs = network.eval()(torch.from_numpy(inputs.transpose(1, 0, 2).copy())).numpy()
    _, ours = model.quantiles(windows, origins)
    if made.loss == "mse":
        torchs = torchs[..., None] + np.array(checkpoint.config.series.offsets)
    assert np.abs(ours - torchs).max() < 1e-4
    forecast = model.forecast(series_of(made), made.horizon + 5, (0.1, 0.5, 0.9))
    assert forecast.values.shape == (3, made.horizon + 5)
    assert 5 < forecast.median.mean() < 40


def test_the_best_checkpoint_scores_what_its_line_says_and_is_calibrated(file, tmp_path):
    made = recipe(file, epochs=5, season=12, split=(0.5, 0.3, 0.2))
    events = train(tmp_path / "run", made)
    checkpoint = read_checkpoint(RunFolder(tmp_path / "run").best)
    model = build_forecast_model(checkpoint.config, checkpoint.weights, "run")
    data = prepare(made, series_of(made))
    windows = Windows.of(checkpoint.config, data.series)
    scaled, quantiles = model.quantiles(windows, data.val)
    error = windows.targets(data.val, scaled)[..., None] - quantiles
    levels = np.array(made.levels)
    loss = 2 * np.maximum(levels * error, (levels - 1) * error).mean()
    line = min(history.read(RunFolder(tmp_path / "run").history), key=lambda at: at.val_loss or 9)
    assert loss == pytest.approx(line.val_loss, abs=1e-5)
    inside = ((error > 0)[..., levels == 0.1] & (error < 0)[..., levels == 0.9]).mean()
    assert 0.6 < inside < 0.95
    shown = [e for e in events if isinstance(e, Forecasted)]
    assert [e.epoch for e in shown] == [5]
    assert shown[0].figures["val_mae"] > 0
    told = with_progress(iter(events), RunFolder(tmp_path / "run"))
    assert list(told) == events
    kept = predictions.read(tmp_path / "run" / predictions.PREDICTIONS)
    assert kept == [shown[0].shown]
    assert kept[0].begins == "2006-09-01T00:00:00"
    assert kept[0].actual == tuple(data.series.values[80:126])
    assert "one step ahead" in RunFolder(tmp_path / "run").samples.read_text()


def test_the_test_part_changes_nothing(tmp_path):
    rows = values()
    for name, factor in (("one", 1.0), ("two", 50.0)):
        (tmp_path / name).mkdir()
        changed = rows.copy()
        changed[128:] *= factor
        file = write_series(tmp_path / name / "shop.csv", changed)
        train(tmp_path / name / "run", recipe(file, epochs=2, season=12))
    assert same(best(tmp_path / "one" / "run"), best(tmp_path / "two" / "run"))
    configs = [read_checkpoint(tmp_path / n / "run" / "best").config for n in ("one", "two")]
    assert configs[0].series == configs[1].series
    assert configs[0].series.train_until == "2010-08-01T00:00:00"
    assert (configs[0].series.train_points, configs[0].season) == (128, 12)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """The folder of a run that nothing disturbed, its series beside it."""
    place = tmp_path_factory.mktemp("whole")
    train(place / "run", resumable(write_series(place / "shop.csv")))
    return place


def resumable(file: Path) -> ForecastRecipe:
    return recipe(file, epochs=3, save_minutes=1e-9, output_dropout=0.2, season=12)


@pytest.mark.parametrize("at", [3, 9, 16])
def test_a_run_that_was_killed_goes_on_to_the_same_weights(whole, tmp_path, at):
    train(tmp_path / "cut", resumable(whole / "shop.csv"), lambda events: len(events) == at)
    resume(tmp_path / "cut")
    runs = [whole / "run", tmp_path / "cut"]
    assert same(best(runs[0]), best(runs[1]))
    configs = [read_checkpoint(run / "last").config for run in runs]
    assert configs[0].series == configs[1].series
    lines = [list(history.read(RunFolder(run).history)) for run in runs]
    assert [(a.step, a.val_loss) for a in lines[0]] == [(b.step, b.val_loss) for b in lines[1]]


def test_a_checkpoint_has_figures_of_its_own_weights_alone(file, tmp_path):
    made = recipe(file, epochs=2, save_minutes=1e-9)
    train(tmp_path / "run", made, lambda events: getattr(events[-1], "epoch", 0) > 1.5)
    last, best = (read_checkpoint(tmp_path / "run" / n).config.metrics for n in ("last", "best"))
    assert set(last) == {"step", "epoch", "seconds"}
    assert last["step"] > best["step"]
    assert best["val_mae"] > 0
    resume(tmp_path / "run")
    assert set(read_checkpoint(tmp_path / "run" / "last").config.metrics) == set(best)


def test_a_resumed_run_keeps_its_keys_and_its_series(file, tmp_path):
    train(tmp_path / "run", recipe(file), lambda events: len(events) == 4)
    with pytest.raises(RunError, match="cannot change horizon"):
        resume(tmp_path / "run", horizon=5)
    write_series(file, values(seed=7))
    with pytest.raises(RunError, match="is not the one this run began with"):
        resume(tmp_path / "run")


def test_what_is_measured_changes_nothing(file):
    made = recipe(file, output_dropout=0.3, season=12)
    tasks = [
        ForecastTask(made, prepare(made, series_of(made)), torch.device("cpu")) for _ in range(2)
    ]
    tasks[1].probe("fp32")
    tasks[1].validate(lambda: None)
    assert tasks[1].network.training
    losses = [task.loss(0, 0, "fp32")[0].item() for task in tasks]
    assert losses[0] == losses[1]


def test_values_that_are_not_positive_take_another_scale_and_it_is_said(tmp_path):
    file = write_series(tmp_path / "shop.csv", values() - 18)
    for changes, said, scaling in (
        ({"scaling": "last"}, "divided by its standard deviation instead", "standard"),
        ({"transform": "log"}, "the values are taken as they are", "none"),
    ):
        made = recipe(file, **changes)
        data = prepare(made, series_of(made))
        assert any(said in note for note in data.notes)
        assert data.scaling == scaling and data.config.transform == "none"


def gappy(made: ForecastRecipe, at: object, value: float | None = None) -> ForecastTask:
    """A task on the file's series, of which some values are filled in, maybe with another value."""
    series = series_of(made)
    filled = np.zeros(len(series), bool)
    filled[at] = True
    numbers = series.values if value is None else np.where(filled, value, series.values)
    gaps = replace(series, values=numbers, filled=filled)
    return ForecastTask(made, prepare(made, gaps), torch.device("cpu"))


def told(task: ForecastTask) -> tuple[object, ...]:
    """All that learning and validating tell: losses, figures, calibration."""
    losses = [task.loss(0, step, "fp32")[0].item() for step in range(task.steps(0))]
    loss = task.validate(lambda: None)
    return losses, loss, task.figures, {n: t.tolist() for n, t in task.carried().items()}


@pytest.mark.parametrize("loss", ["quantile", "mse"])
@pytest.mark.parametrize("validation", [0.0, 0.2])
def test_what_was_filled_in_is_neither_learned_nor_scored_nor_calibrated_on(file, loss, validation):
    split = (0.8 - validation, validation, 0.2)
    made = recipe(file, loss=loss, split=split, calibrate=validation > 0, season=12)
    # The last value before the test part is a target, and in no window.
    found = [told(gappy(made, 127, value)) for value in (None, 1e6)]
    assert found[0] == found[1]
    assert np.isfinite(found[0][0]).all()


def test_marking_nothing_as_filled_changes_no_bit(file):
    made = recipe(file, season=12)
    task = ForecastTask(made, prepare(made, series_of(made)), torch.device("cpu"))
    assert told(task) == told(gappy(made, []))


def test_a_series_without_weekends_learns_from_the_days_between(tmp_path):
    days = np.datetime64("2021-01-04") + np.arange(210)  # a Monday
    weekend = np.arange(210) % 7 > 4
    rows = [f"{d},{'' if w else f'{v:.3f}'}" for d, v, w in zip(days, values(210), weekend)]  # noqa: B905
    file = tmp_path / "shop.csv"
    file.write_text("\n".join(["day,sales", *rows[:208]]) + "\n")
    made = recipe(file, epochs=3, horizon=7, season=7, split=(0.6, 0.25, 0.15))
    events = train(tmp_path / "run", made)
    series = series_of(made)
    data = prepare(made, series)
    # Every window has a weekend ahead, and none begins after one.
    assert data.val.tolist() == [n for n in range(124, 170) if not weekend[n - 1]]
    assert data.notes[-1] == "44 windows right after or before filled values left out"
    places = data.val[:, None] + np.arange(7)
    naive = np.abs(series.values[data.val - 1][:, None] - series.values[places])
    best = read_checkpoint(RunFolder(tmp_path / "run").best)
    expected = naive[~weekend[places]].mean()
    assert best.config.metrics["val_naive_mae"] == pytest.approx(expected, abs=1e-9)
    model = build_forecast_model(best.config, best.weights, "run")
    windows = Windows.of(best.config, series)
    scaled, quantiles = model.quantiles(windows, data.val)
    error = windows.targets(data.val, scaled)[..., None] - quantiles
    levels = np.array(made.levels)
    loss = 2 * np.maximum(levels * error, (levels - 1) * error)[~weekend[places]].mean()
    assert loss == pytest.approx(best.config.metrics["val_loss"], abs=1e-5)
    shown = [e.shown for e in events if isinstance(e, Forecasted)]
    assert list(with_progress(iter(events), RunFolder(tmp_path / "run"))) == events
    assert shown == predictions.read(tmp_path / "run" / predictions.PREDICTIONS)
    after = range(shown[0].first, shown[0].first + len(shown[0].actual))
    assert [v is None for v in shown[0].actual] == [weekend[n] for n in after]
    assert [v is None for v in shown[0].predicted] == [weekend[n - 1] for n in after]


@pytest.mark.parametrize(
    ("at", "changes", "said"),
    [
        (np.arange(160) % 3 > 0, {"horizon": 1}, "none was measured 1 step after another"),
        (np.arange(160) % 3 > 0, {"horizon": 5}, "none was measured 1 step after another"),
        (np.arange(160) % 2 > 0, {"horizon": 4, "window": 4}, "none was measured 1 step after"),
        (slice(14, 103), {"horizon": 1, "window": 13}, "too little of the training part is left"),
        (slice(104, 127), {}, "nothing of the validation part is left"),
    ],
)
def test_too_few_measured_values_to_learn_from_are_told(file, at, changes, said):
    with pytest.raises(CorpusError, match=said) as told:
        gappy(recipe(file, **changes), at)
    assert "--missing drop" in str(told.value)


def test_a_file_is_read_as_the_recipe_says(tmp_path):
    rows = [f"0{1 + day % 9}.0{1 + day // 9}.2020;{day},5" for day in range(18)]
    file = tmp_path / "größe.csv"
    file.write_bytes("\n".join(["Tag;Größe", *rows, "09.02.2020;100,5"]).encode("latin-1"))
    recipe = ForecastRecipe(
        corpus=(str(file),), column="Größe", date_column="Tag", date_format="%d.%m.%Y",
        delimiter=";", decimal=",", encoding="latin-1", duplicates="mean", frequency="none",
    )  # fmt: skip
    series = series_of(recipe)
    assert series.values.tolist() == [*(day + 0.5 for day in range(17)), 59.0]


def test_what_cannot_be_learned_from_is_told(tmp_path, file):
    with pytest.raises(CorpusError, match="no series to learn from"):
        series_of(recipe(file, corpus=()))
    made = recipe(write_series(tmp_path / "flat.csv", np.full(160, 3.0)))
    with pytest.raises(CorpusError, match="is constant"):
        prepare(made, series_of(made))
    made = recipe(write_series(tmp_path / "short.csv", values(18)))
    with pytest.raises(CorpusError, match="too few for windows of 10 and 3 steps ahead"):
        prepare(made, series_of(made))
    with pytest.raises(RecipeError, match="a season of 1"):
        made = recipe(file, difference=True)
        series = read_series(file, SeriesOptions(column="sales", season=1))
        prepare(made, series)
