"""Keys fitted to a series, where nobody chose them: by its length, season and sign.

The shapes are those of the recipes, which were chosen on the first 80 % of four series; between
them, rules of thumb. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rnntui.data.series.series import Series
from rnntui.errors import CorpusError

_STEPS = 1_500
"""Steps of training that a small network needs: 5 to 15 seconds on one core."""
_SHORT = 500
"""Values below which a season is subtracted, not learned."""
_LONG_SEASON = 60
"""Periods above which a season is a clock to read, not a number of inputs."""


def fitted_to_series(series: Series, chosen: Mapping[str, Any], horizon: int = 0) -> dict[str, Any]:
    """Return recipe keys that suit a series, beside those that somebody chose.

    Args:
        series: all that may be learned from.
        chosen: keys that are settled.
        horizon: steps that will be asked for; 0 leaves the number to this function.

    Raises:
        CorpusError: there is nothing to learn from.
    """
    if not len(series):
        raise CorpusError(f"no value of {series.name} is left to learn from", "bring a longer one")
    count, season = len(series), chosen.get("season") or series.season
    positive = bool(series.values.min() > 0)
    ratio = chosen.get("scaling") == "last" or chosen.get("horizon", 0) > season
    keys: dict[str, Any]
    if 1 < season <= _LONG_SEASON and 5 * season <= count < _SHORT and not ratio:
        keys = {
            "transform": "log" if positive else "none",
            "difference": True,
            "anchor": True,
            "scaling": "none",
            "window": max(6, season * 3 // 2),
            "hidden": 12,
            "horizon": min(horizon or season, season),
            "weight_decay": 0.1,
            "lr": 3e-3,
        }
    elif 1 < season <= _LONG_SEASON and count >= 8 * season:
        keys = {
            "scaling": "standard",
            "cycles": ["season"],
            "window": max(2 * season, 14),
            "horizon": min(horizon or season, 64),
        }
    elif season > _LONG_SEASON and count >= 3 * season:
        dated = series.times is not None and series.frequency in ("D", "B", "W", "h")
        keys = {
            "scaling": "none",
            "cycles": ["year" if dated else "season"],
            "window": 30,
            "horizon": min(horizon or 14, 64),
        }
    else:
        keys = {
            "scaling": "last" if positive else "standard",
            "anchor": not positive,
            "window": max(4, min(24, count // 10)),
            "hidden": 16,
            "horizon": max(1, min(horizon or 5, 32, count // 15)),
        }
    both = {**keys, **chosen}
    windows = max(1, int(0.65 * count) - both["window"] - both["horizon"])
    keys["batch_size"] = 8 if windows < 200 else 32 if windows < 2_000 else 64
    steps = -(-windows // keys["batch_size"])
    keys["epochs"] = max(3, min(40, _STEPS // steps))
    keys["ema"] = 0.9 if keys["epochs"] * steps < 300 else 0.98
    return {key: value for key, value in keys.items() if key not in chosen}
