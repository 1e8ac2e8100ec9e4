"""What a candidate's score is made of, and which ones are dropped."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.inference.chat.candidates import Drawn
from rnntui.inference.chat.ranking import rank


def drawn(text, nats, *, ended=True):
    return Drawn(tuple(range(len(text) + ended)), text, nats, ended)


FITTING = drawn("I loved Star Wars", 30.0)
DULL = drawn("I do not know you", 20.0)
ALONE = np.array([50.0, 21.0])


def test_a_score_is_the_likelihood_less_lambda_times_that_without_context_by_length():
    best, worst = rank([FITTING, DULL], ALONE, 0.5, frozenset())
    assert best.text == FITTING.text
    assert best.score == pytest.approx((-30 + 0.5 * 50) / 18)
    assert worst.score == pytest.approx((-20 + 0.5 * 21) / 18)
    assert (best.nats, best.alone) == pytest.approx((30 / 18, 50 / 18))


def test_without_relevance_the_likeliest_is_first_and_nothing_is_known_alone():
    best, _ = rank([FITTING, DULL], None, 0.0, frozenset())
    assert best.text == DULL.text and best.alone is None
    assert best.score == pytest.approx(-20 / 18)


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "empty"), (" ?! ", "empty"), ("hello THERE", "repeated"), ("Me, too!", "said before"),
     ("Oh shit.", "crude")],
)  # fmt: skip
def test_dropped(text, why):
    ranked = rank([drawn("Hello there!", 50.0), drawn(text, 0.0)], None, 0.0, {"metoo"})
    assert [one.dropped for one in ranked] == ["", why]


def test_if_all_are_dropped_what_was_said_before_will_do_rather_than_nothing():
    ranked = rank([drawn("", 0.0), drawn("Oh shit.", 1.0), drawn("Hi", 9.0)], None, 0.0, {"hi"})
    assert [one.dropped for one in ranked] == ["said before", "crude", "empty"]


def test_one_that_was_broken_off_comes_after_those_that_ended():
    ranked = rank([drawn("so on and so", 1.0, ended=False), drawn("No.", 9.0)], None, 0.0, set())
    assert [one.text for one in ranked] == ["No.", "so on and so"]
