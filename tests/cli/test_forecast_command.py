"""`rnntui train forecast` and `rnntui forecast`: train, continue, score, draw, refuse."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from rnntui.cli.main import app
from tests.training.series import values, write_series

SMALL = (
    *("--hidden", "6", "--window", "8", "--horizon", "3", "--scaling", "standard", "--cell", "gru"),
    *("--batch-size", "16", "--epochs", "2", "--season", "12", "--column", "sales"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_series(tmp_path / "shop.csv")


def run(*arguments: object):
    done = CliRunner().invoke(app, [str(each) for each in arguments])
    assert done.exit_code == 0, done.output
    return done


def test_one_command_trains_and_another_forecasts_scores_and_draws(file, tmp_path):
    done = run("train", "forecast", file, *SMALL, "--name", "mine", "--json")
    document = json.loads(done.stdout)
    assert (document["stopped"], document["epochs"]) == ("done", 2)
    assert "of repeating the last value" in done.stderr
    assert f"try it: rnntui forecast mine {file} --plot" in done.stderr
    done = run("forecast", "mine", file, "--column", "sales", "--backtest", "--json")
    said = json.loads(done.stdout)
    assert said["horizon"] == 3 and said["times"][0] == "2013-05-01"
    assert said["quantiles"]["0.5"] == said["median"]
    score = said["backtest"]
    assert score["train_until"] == "2010-08-01"
    assert score["origins"] == 30 and score["season"] == 12
    assert {"mae", "rmse", "mase", "crps", "skill", "skill_interval"} < score.keys()
    out = tmp_path / "said.csv"
    run("forecast", "mine", file, "--column", "sales", "--horizon", 5, "--csv", out, "--levels",
        "0.5,0.1")  # fmt: skip
    rows = list(csv.reader(out.read_text().splitlines()))
    assert rows[0] == ["time", "0.1", "0.5"] and len(rows) == 6
    drawn = run("forecast", "mine", file, "--column", "sales", "--plot", "--backtest").stdout
    assert max(len(line) for line in drawn.split("\nbacktest")[0].splitlines()) <= 80
    assert "• history, o median, ░ 95 % of outcomes, ▒ 80 % of outcomes" in drawn
    assert "seasonal naive" in drawn and "the last value" in drawn
    table = run("forecast", "mine", file, "--column", "sales", "--horizon", 2).stdout.splitlines()
    assert table[0].split() == ["time", "0.025", "0.1", "0.25", "0.5", "0.75", "0.9", "0.975"]
    assert len(table) == 3
    beyond = ["forecast", "mine", file, "--column", "sales", "--horizon", 9, "--json"]
    told = [run(*beyond, "--seed", seed) for seed in (1, 1, 2)]
    medians = [json.loads(each.stdout)["median"] for each in told]
    assert medians[0] == medians[1] != medians[2]
    assert medians[0][:3] == medians[2][:3]
    assert "note: after 3 steps by sampled paths" in told[0].stderr


def test_a_network_is_fitted_on_the_spot_and_tested_on_what_it_has_not_seen(file):
    done = run("forecast", file, "--column", "sales", "--fit", "--epochs", 2, "--window", 9,
               "--backtest", "--horizon", 4, "--json")  # fmt: skip
    said = json.loads(done.stdout)
    assert said["model"] == "gru fitted here" and said["horizon"] == 4
    assert said["backtest"]["train_until"] == "2010-08-01"
    assert "fitting a network of" in done.stderr
    done = run("forecast", file, "--column", "sales", "--fit", "--epochs", 1, "--json",
               "--covariate", "stock", "--cell", "rnn")  # fmt: skip
    assert len(json.loads(done.stdout)["median"]) == 12


def test_a_run_without_a_recipe_is_fitted_to_the_series(file, tmp_path):
    run("train", "forecast", file, "--column", "sales", "--epochs", 1, "--out", tmp_path / "run")
    config = json.loads((tmp_path / "run" / "best" / "config.json").read_text())
    assert config["series"]["transform"] == "log" and config["series"]["difference"]
    assert (config["season"], config["horizon"]) == (12, 12)


def test_values_that_are_not_positive_are_told(tmp_path):
    file = write_series(tmp_path / "profit.csv", values() - 20)
    done = run("train", "forecast", file, *SMALL, "--scaling", "last", "--out", tmp_path / "run")
    assert "cannot be divided by its last value" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fit", "--refit"), "give --fit and --backtest with it"),
        (("--window", "5"), "give --fit with it"),
        (("--levels", "0.5,2"), "between 0 and 1"),
        (("--horizon", "-1"), "0 for the model's own"),
        (("--fit", "--cell", "tcn"), "choose rnn, lstm or gru"),
        (("--fit", "--horizon", "20000"), "from 1 to 10,000"),
        (("--column", "price", "--fit"), "price"),
        (("--fit", "--backtest", "--fraction", "80"), "--fraction is 80"),
        (("--fit", "--backtest", "--fraction", "nan"), "--fraction is nan"),
        (("--fit", "--backtest", "--fraction", "inf"), "--fraction is inf"),
        (("--fit", "--backtest", "--fraction", "0.001"), "no value of"),
        (("--fit", "--backtest", "--every", "-1"), "--every is -1"),
        (("--fit", "--seed", "9223372036854775808"), "seed"),
        (("--fit", "--season", "70000"), "season"),
        ((), "no model 'djia-gru'"),
    ],
)
def test_it_refuses(refusal, file, options, said, monkeypatch, tmp_path):
    from rnntui import paths

    monkeypatch.setattr(paths, "shipped_models", lambda: tmp_path / "none")
    column = () if "--column" in options else ("--column", "sales")
    refused = refusal("forecast", file, *column, *options)
    assert said in refused.complaint
    assert "fitting" not in refused.stderr  # it is known before


def test_what_is_no_series_is_refused(refusal, tmp_path, make_model):
    flat = write_series(tmp_path / "flat.csv", np.full(200, 2.0))
    assert "is constant" in refusal("forecast", flat, "--column", "sales", "--fit").complaint
    short = write_series(tmp_path / "short.csv", values(6))
    assert "too few" in refusal("forecast", short, "--column", "sales", "--fit").complaint
    make_model("writer")
    assert "name one that forecasts" in refusal("forecast", "writer", short).complaint
    assert "leave one of them out" in refusal("forecast", "writer", short, "--fit").complaint
    assert "no series 'none'" in refusal("forecast", "none", "--fit").complaint
    assert "no series to learn from" in refusal("train", "forecast").complaint


def test_a_forecast_never_replaces_the_series_nor_a_file_of_others(
    file, tmp_path, monkeypatch, refusal
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.csv").symlink_to(file)
    before = file.read_bytes()
    for name in ("shop.csv", "./shop.csv", "link.csv", file):
        assert "the series that is read; name another" in _refused(refusal, "shop.csv", name)
    (tmp_path / "mine.csv").write_text("time,visitors\n1,2\n")
    assert "name another, or remove it first" in _refused(refusal, "shop.csv", "mine.csv")
    assert "a device or a pipe; name a plain" in _refused(refusal, "shop.csv", "/dev/full")
    assert "a part of the path is a file" in _refused(refusal, "shop.csv", "shop.csv/x.csv")
    assert (tmp_path / "link.csv").is_symlink() and file.read_bytes() == before
    assert (tmp_path / "mine.csv").read_text() == "time,visitors\n1,2\n"


def _refused(refusal, file, csv) -> str:
    done = refusal("forecast", file, "--column", "sales", "--fit", "--csv", csv)
    assert "fitting" not in done.stderr
    return done.complaint


def test_a_forecast_replaces_an_earlier_one_and_prints_one(file, tmp_path):
    fitted = ("forecast", file, "--column", "sales", "--fit", "--epochs", 1, "--csv")
    out = tmp_path / "next.csv"
    out.touch()
    run(*fitted, out)
    first = out.read_text()
    run(*fitted, out, "--levels", "0.5")
    assert out.read_text().startswith("time,0.5\n") and first.startswith("time,0.025,")
    assert run(*fitted, "-").stdout == first
