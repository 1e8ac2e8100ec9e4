"""Every knob there is: of writing, of replies, of forecasts."""

from __future__ import annotations

from collections.abc import Mapping

from rnntui.knobs.knob import Knob


def _steps(first: float, last: float, step: float) -> tuple[float, ...]:
    return tuple(round(first + i * step, 6) for i in range(round((last - first) / step) + 1))


_ALL: tuple[Knob, ...] = (
    Knob(
        name="pace", label="Pace", short="Pace", kind=float, unit="/s",
        about="Characters a second, so that you can read along. Full is as fast as the machine.",
        low=0, high=100_000, choice="characters a second, or 0 for full speed",
        default=100.0, special=0.0, word="full",
        stops=(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 0.0), coarse=2,
    ),
    Knob(
        name="temperature", label="Temperature", short="Temp.", kind=float, decimals=2,
        about="How daring: 0 always takes the likeliest character, 1 is as learned, more is wild.",
        low=0, high=1000, choice="0 (greedy) to 1000",
        default=1.0, special=0.0, word="greedy", stops=_steps(0, 2, 0.05), coarse=4,
    ),
    Knob(
        name="top_n", label="Top-n", short="Top-n", kind=int,
        about="Choose only among the n likeliest characters.",
        low=0, high=1 << 20, choice="1 or more, or 0 for all",
        default=0, special=0, word="all", stops=(1, 2, 3, 5, 10, 15, 20, 30, 50, 100, 0),
    ),
    Knob(
        name="top_p", label="Top-p", short="Top-p", kind=float, decimals=2,
        about="Choose only among the likeliest characters that together have this probability.",
        low=1e-9, high=1, choice="more than 0, at most 1 (off)",
        default=1.0, special=1.0, word="off", stops=_steps(0.05, 1, 0.05), coarse=4,
    ),
    Knob(
        name="min_p", label="Min-p", short="Min-p", kind=float, decimals=2,
        about="Leave out characters below this share of the likeliest one's probability.",
        low=0, high=1, choice="0 (off) to 1",
        default=0.0, special=0.0, word="off",
        stops=(0.0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5),
    ),
    Knob(
        name="repetition_penalty", label="Repetition", short="Repeat", kind=float, decimals=2,
        about="Penalty on the last 64 characters: above 1 they become less likely, below 1 more.",
        low=1e-9, high=1000, choice="more than 0; 1 is off",
        default=1.0, special=1.0, word="off", stops=_steps(1, 2, 0.05), coarse=4,
    ),
    Knob(
        name="seed", label="Seed", short="Seed", kind=int,
        about="Decides every draw: the same seed and settings write the same text.",
        low=0, high=2**63 - 1, choice="a whole number from 0, or random",
        default=None, special=None, word="random", coarse=10,
    ),
    Knob(
        name="length", label="Length", short="Length", kind=int,
        about="Characters to write before it stops by itself.",
        low=1, high=10**15, choice="1 or more, or endless",
        default=None, special=None, word="endless",
        stops=(100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, None), coarse=2,
    ),
)  # fmt: skip

KNOBS: Mapping[str, Knob] = {knob.name: knob for knob in _ALL}
"""The knobs of writing by name, in the order of the screen."""

_OF_REPLIES: tuple[Knob, ...] = (
    Knob(
        name="candidates", label="Candidates", short="Cand.", kind=int,
        about="How many replies are drawn, of which the best is said.",
        low=1, high=256, choice="1 to 256",
        default=8, special=1, word="one", stops=(1, 2, 4, 6, 8, 12, 16, 24, 32, 64), coarse=2,
    ),
    Knob(
        name="relevance", label="Relevance", short="Relev.", kind=float, decimals=2,
        about="How much it counts against a reply that it would fit anywhere.",
        low=0, high=1, choice="0 (off) to 1",
        default=0.5, special=0.0, word="off", stops=_steps(0, 1, 0.05), coarse=4,
    ),
)  # fmt: skip

CHAT_KNOBS: Mapping[str, Knob] = {knob.name: knob for knob in _OF_REPLIES}
"""The knobs that only replies have, besides those of writing."""

_OF_FORECASTS: tuple[Knob, ...] = (
    Knob(
        name="horizon", label="Horizon", short="Horizon", kind=int,
        about="Steps ahead. Beyond what the model gives at once, paths are sampled.",
        low=1, high=10_000, choice="1 to 10 000, or auto: as many as the model gives at once",
        default=None, special=None, word="auto",
        stops=(1, 2, 3, 5, 7, 10, 12, 14, 18, 24, 30, 36, 48, 60, 90, 120, 180, 365, 500, 1000),
    ),
    Knob(
        name="band", label="Band", short="Band", kind=int, unit="%",
        about="The share of outcomes that the widest band is to hold.",
        low=0, high=99, choice="1 to 99, or median for the median alone",
        default=80, special=0, word="median", stops=(0, 50, 80, 90, 95), coarse=2,
    ),
    Knob(
        name="window", label="Window", short="Window", kind=int,
        about="Values that the network reads. It learned with one length; another may be worse.",
        low=1, high=65_536, choice="1 to 65 536, or auto: as many as the model learned with",
        default=None, special=None, word="auto",
        stops=(4, 6, 8, 12, 18, 24, 36, 48, 64, 96, 128, 192, 256, 365, 512),
    ),
    Knob(
        name="history", label="History", short="History", kind=int,
        about="Values of the past in sight.",
        low=0, high=1_000_000, choice="1 or more, or all",
        default=96, special=0, word="all",
        stops=(6, 12, 24, 36, 48, 72, 96, 144, 200, 300, 500, 1000, 2000, 5000, 10_000, 0),
    ),
)  # fmt: skip

FORECAST_KNOBS: Mapping[str, Knob] = {knob.name: knob for knob in _OF_FORECASTS}
"""The knobs of forecasts."""

EVERY_KNOB: Mapping[str, Knob] = {**KNOBS, **CHAT_KNOBS, **FORECAST_KNOBS}
