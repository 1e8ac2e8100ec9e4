"""Knobs: ranges, pleasant steps, what is written and read back, and whose value wins."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.errors import BadOption
from rnntui.inference.sampling import Sampling
from rnntui.knobs import KNOBS, SOURCES, Held, Knob, Knobs, resolve

knobs = st.sampled_from(list(KNOBS.values()))


@st.composite
def values(draw: st.DrawFn, knob: Knob):
    """Any value a knob takes."""
    if knob.kind is int:
        number = st.integers(int(knob.low), int(knob.high))
    else:
        number = st.floats(knob.low, knob.high)
    special = st.sampled_from([knob.special, knob.default, *knob.stops])
    return knob.check(draw(number | special))


knob_and_value = knobs.flatmap(lambda knob: st.tuples(st.just(knob), values(knob)))


@given(knob_and_value)
def test_what_is_written_is_read_back_exactly(case):
    knob, value = case
    assert knob.parse(knob.write(value)) == value


@given(knob_and_value, st.integers(-20, 20))
def test_a_nudge_stays_in_range_and_in_type(case, steps):
    knob, value = case
    nudged = knob.nudge(value, steps)
    assert knob.check(nudged) == nudged
    assert type(nudged) in (knob.kind, type(None))


@given(knob_and_value)
def test_a_step_up_and_down_moves_by_one_stop_unless_at_an_end(case):
    knob, value = case
    if value in knob.stops[:-1]:
        assert knob.nudge(knob.nudge(value, 1), -1) == value


@given(knob_and_value)
def test_a_nudge_never_goes_the_wrong_way(case):
    knob, value = case
    fraction = knob.fraction(value)
    if fraction is not None:
        assert knob.fraction(knob.nudge(value, 1)) >= fraction
        assert knob.fraction(knob.nudge(value, -1)) <= fraction


@given(knobs, st.floats(-1, 2))
def test_every_place_on_a_bar_is_a_stop(knob, fraction):
    if knob.stops:
        value = knob.at(fraction)
        assert value in knob.stops
        nearest = min(max(fraction, 0), 1)
        assert abs(knob.fraction(value) - nearest) <= 0.5 / (len(knob.stops) - 1) + 1e-9


@given(st.text(max_size=12), knobs)
def test_any_typed_text_is_a_value_or_a_sentence(text, knob):
    try:
        value = knob.parse(text)
    except BadOption as problem:
        assert problem.what.startswith(knob.option) and problem.fix.startswith("choose ")
        assert "\n" not in str(problem)
    else:
        assert knob.check(value) == value


@pytest.mark.parametrize("knob", KNOBS.values(), ids=KNOBS)
def test_a_knob_is_whole(knob):
    assert knob.about.endswith(".") and len(knob.short) <= 7
    assert knob.check(knob.default) == knob.default
    assert [knob.check(stop) for stop in knob.stops] == list(knob.stops)
    assert knob.parse(knob.word.upper()) == knob.special
    assert knob.high == knob.check(knob.high)


@pytest.mark.parametrize("name", ["temperature", "top_n", "top_p", "min_p", "repetition_penalty"])
def test_the_ends_of_a_range_are_fit_for_sampling(name):
    for value in (KNOBS[name].low, KNOBS[name].high, KNOBS[name].default):
        Sampling(**{name: KNOBS[name].check(value)})


def test_the_defaults_are_those_of_sampling():
    plain = Knobs().plain()
    for name in ("temperature", "top_n", "top_p", "min_p", "repetition_penalty"):
        assert plain[name] == getattr(Sampling(), name)


@pytest.mark.parametrize(
    ("name", "start", "ladder"),
    [
        ("temperature", 0.8, [0.85, 0.9, 0.95, 1.0]),
        ("temperature", 0.83, [0.85, 0.9]),
        ("top_n", 1, [2, 3, 5, 10]),
        ("top_n", 100, [0, 0]),
        ("top_n", 4, [5]),
        ("pace", 100.0, [200, 500, 1000, 0, 0]),
        ("pace", 3000.0, [0]),
        ("top_p", 0.9, [0.95, 1.0, 1.0]),
        ("min_p", 0.0, [0.01, 0.02, 0.03, 0.05]),
        ("repetition_penalty", 0.5, [1.0, 1.05]),
        ("length", 50_000, [None, None]),
        ("seed", None, [0, 1, 2]),
    ],
)
def test_nudges_up_give_pleasant_values(name, start, ladder):
    value = start
    for expected in ladder:
        value = KNOBS[name].nudge(value, 1)
        assert value == expected


@pytest.mark.parametrize(
    ("name", "start", "expected"),
    [("temperature", 0.0, 0.0), ("temperature", 5.0, 2.0), ("temperature", 0.83, 0.8),
     ("pace", 0.0, 1000.0), ("pace", 0.5, 0.5), ("top_n", 0, 100), ("top_n", 1, 1),
     ("repetition_penalty", 0.5, 0.5), ("seed", 0, None), ("seed", None, None),
     ("length", None, 50_000)],
)  # fmt: skip
def test_a_nudge_down_goes_down_or_stays(name, start, expected):
    assert KNOBS[name].nudge(start, -1) == expected


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [("temperature", "0,8", 0.8), ("temperature", " .5 ", 0.5), ("temperature", "GREEDY", 0),
     ("pace", "200/s", 200), ("pace", "1 000 /s", 1000), ("pace", "2,000", 2000),
     ("pace", "full", 0), ("top_n", "all", 0), ("top_n", "12", 12), ("top_p", "off", 1),
     ("seed", "41 270 338", 41270338), ("seed", "1,000,000", 1000000), ("seed", "random", None),
     ("length", "endless", None), ("length", "10\u202f000", 10_000)],
)  # fmt: skip
def test_a_typed_value_is_understood(name, typed, value):
    assert KNOBS[name].parse(typed) == value


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [("temperature", "-1", "temperature is -1; choose 0 (greedy) to 1000"),
     ("temperature", "hot", "temperature is hot; choose"),
     ("temperature", "nan", "temperature is nan; choose"),
     ("top_p", "0", "top-p is 0; choose more than 0, at most 1 (off)"),
     ("top_n", "2.5", "top-n is 2.5; choose"), ("length", "0", "length is 0; choose 1 or more"),
     ("seed", "-3", "seed is -3; choose"), ("seed", "9" * 5000, "seed is 999"),
     ("min_p", "", "min-p is empty; choose")],
)  # fmt: skip
def test_what_makes_no_sense_is_answered_with_what_does(name, typed, said):
    with pytest.raises(BadOption) as refused:
        KNOBS[name].parse(typed)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("value", [True, "1", None, math.nan, math.inf, [1]])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(BadOption):
        KNOBS["top_n"].check(value)


def test_whole_numbers_arrive_as_such():
    held = resolve(suggested={"top_n": 10.0, "temperature": 1})
    assert isinstance(held.value("top_n"), int)
    assert isinstance(held.value("temperature"), float)


ORDER = ("option", "environment", "settings", "model")


@pytest.mark.parametrize("present", [c for n in range(5) for c in itertools.combinations(ORDER, n)])
def test_the_first_of_option_environment_settings_and_model_wins(present):
    layers = {source: {"temperature": 0.1 * (i + 1)} for i, source in enumerate(ORDER)}
    given = [layers[source] if source in present else {} for source in ORDER]
    held = resolve(*given)["temperature"]
    if present:
        assert held == Held(layers[present[0]]["temperature"], present[0])
    else:
        assert held == Held(1.0, "default")


def test_a_reset_brings_back_what_lies_below():
    start = resolve(settings={"temperature": 0.7}, suggested={"temperature": 0.5})
    turned = start.nudge("temperature", 1)
    assert turned["temperature"] == Held(0.75, "you")
    assert start["temperature"] == Held(0.7, "settings")  # it was replaced, not changed
    assert turned.reset("temperature") == start
    assert turned.set("temperature", "  ") == start
    assert turned.set("temperature", "0,9")["temperature"] == Held(0.9, "you")


def test_another_model_brings_its_own_suggestions_and_leaves_what_was_turned():
    first = resolve(suggested={"temperature": 0.5, "top_n": 5}).set("top_n", "7")
    other = first.suggest({"temperature": 0.9, "top_n": 50})
    assert other["temperature"] == Held(0.9, "model")
    assert other["top_n"] == Held(7, "you")
    assert other.reset("top_n")["top_n"] == Held(50, "model")


def test_what_a_model_or_a_damaged_memory_suggests_out_of_range_is_left_out():
    nonsense = {"temperature": -1.0, "top_p": 0.0, "top_n": 2.5, "min_p": "x", "pony": 1}
    assert resolve(suggested=nonsense, remembered=nonsense) == Knobs()


def test_what_is_remembered_yields_to_an_option_and_to_the_environment():
    remembered = {"temperature": 0.3, "top_n": 3, "top_p": 0.5}
    held = resolve({"temperature": 0.9}, {"top_n": 9}, {"top_p": 0.9}, remembered=remembered)
    assert held["temperature"] == Held(0.9, "option")
    assert held["top_n"] == Held(9, "environment")
    assert held["top_p"] == Held(0.5, "you")


def test_an_option_that_is_none_was_not_given():
    assert resolve({"temperature": None, "model": "x"}) == Knobs()


def test_an_environment_may_say_endless_over_a_settings_file():
    assert resolve({}, {"length": None}, {"length": 5})["length"] == Held(None, "environment")


@pytest.mark.parametrize("layer", ["options", "environment", "settings"])
def test_what_a_person_gave_out_of_range_is_refused(layer):
    with pytest.raises(BadOption, match="temperature is -1; choose"):
        resolve(**{layer: {"temperature": -1}})


def test_knobs_read_as_a_mapping_in_the_order_of_the_screen():
    held = Knobs()
    assert list(held) == list(KNOBS) and len(held) == len(KNOBS)
    assert {source for _, source in held.values()} == {SOURCES[-1]}
    assert held.written("pace") == "100 /s" and held.written("length") == "endless"
    with pytest.raises(KeyError):
        held["pony"]


def test_a_nudge_at_the_end_changes_nothing_not_even_the_source():
    held = resolve(settings={"temperature": 0.0})
    assert held.nudge("temperature", -1) is held
