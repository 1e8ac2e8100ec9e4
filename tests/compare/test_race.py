"""Who is ahead at equal epochs, at equal time, and what may not be compared."""

from __future__ import annotations

import pytest

from rnntui.compare.contenders import read_contenders
from rnntui.compare.race import races, warnings
from rnntui.compare.settings import differences


def test_the_lead_may_differ_by_epochs_and_by_time(make_run):
    make_run("quick", [3.0, 2.5, 2.4, 2.3], seconds=5)
    make_run("deep", [2.9, 2.2, 2.0], seconds=20)
    (race,) = races(read_contenders(["quick", "deep"]))
    assert race.epochs == (1.0, 2.0, 3.0)
    assert race.seconds == (5.0, 10.0, 20.0)  # quick ended after 20 s
    quick, deep = race.standings
    assert quick.by_epochs == (3.0, 2.5, 2.4)
    assert deep.by_epochs == (2.9, 2.2, 2.0)
    assert quick.by_seconds == (3.0, 2.5, 2.3)
    assert deep.by_seconds == (None, None, 2.9)
    assert (race.target, race.target_of) == (2.3, "quick")
    assert quick.reached and quick.reached.seconds == 20
    assert deep.reached and (deep.reached.seconds, deep.reached.epoch) == (40, 2)
    epochs, seconds, target = race.verdicts()
    assert epochs == "After 3 epochs deep leads with 2.000; quick 2.400."
    assert seconds == "After 20 s of training quick leads with 2.300; deep 2.900."
    assert target == (
        "The best loss of quick, 2.300, was reached by quick after 20 s (4 epochs), "
        "by deep after 40 s (2 epochs)."
    )


def test_a_loss_that_rose_again_counts_at_its_lowest(make_run):
    make_run("a", [2.0, 3.0, 4.0])
    make_run("b", [2.5, 2.4, 2.3])
    (race,) = races(read_contenders(["a", "b"]))
    assert race.standings[0].by_epochs[-1] == 2.0
    assert race.target == 2.3


def test_one_not_evaluated_in_time_is_said_to_be_so(make_run):
    make_run("quick", [3.0], seconds=1)
    make_run("slow", [2.0], seconds=100)
    (race,) = races(read_contenders(["quick", "slow"]))
    assert race.verdicts()[1] == (
        "After 1.0 s of training quick leads with 3.000; slow had not been evaluated."
    )


def test_equal_losses_are_level(make_run):
    make_run("a", [2.0])
    make_run("b", [2.0001])
    (race,) = races(read_contenders(["a", "b"]))
    assert "is level with the next" in race.verdicts()[0]


def test_long_runs_still_fit_a_table(make_run):
    make_run("a", [3.0 - i / 100 for i in range(120)])
    make_run("b", [3.0 - i / 100 for i in range(150)])
    (race,) = races(read_contenders(["a", "b"]))
    assert race.epochs == (5.0, 10.0, 20.0, 50.0, 100.0, 120.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "another text"}, "learned different texts"),
        ({"data": {"split": (0.9, 0.0, 0.1)}}, "cut their text differently"),
        ({"symbols": tuple(range(256))}, "predict different units"),
    ],
)
def test_what_cannot_be_compared_runs_no_race_and_is_told(make_run, change, said):
    make_run("a", [2.0])
    make_run("b", [2.0])
    make_run("c", [2.0], **change)
    both = read_contenders(["a", "b"])
    assert warnings(both) == []
    contenders = read_contenders(["a", "b", "c"])
    (told,) = warnings(contenders)
    assert said in told and "not comparable" in told
    (race,) = races(contenders)
    assert [s.contender.name for s in race.standings] == ["a", "b"]


def test_texts_of_unknown_hash_run_no_race(make_run):
    make_run("a", [2.0], data={"sha256": ""})
    make_run("b", [2.0], data={"sha256": ""})
    assert races(read_contenders(["a", "b"])) == []


def test_only_settings_that_differ_are_shown(make_run):
    make_run("a", [2.0], recipe={"lr": 0.1, "tied": False, "about": "one"})
    make_run("b", [2.0], recipe={"lr": 0.25, "about": "two", "head_hidden": (8, 4)})
    found = {d.key: d.values for d in differences(read_contenders(["a", "b"]))}
    assert found == {"lr": ("0.1", "0.25"), "head_hidden": ("none", "8, 4")}
    assert differences(read_contenders(["a"])) == []
