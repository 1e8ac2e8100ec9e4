"""What is to be said beside a forecast: where model and series do not quite belong together."""

from __future__ import annotations

from rnntui.data.series.series import Series
from rnntui.display import human_frequency
from rnntui.inference.forecast.model import ForecastModel


def remarks_on(
    model: ForecastModel, series: Series, horizon: int, since: int | None = None
) -> list[str]:
    """Return the remarks, a sentence each.

    Args:
        model: what forecasts.
        series: what it continues.
        horizon: how many steps ahead.
        since: as for `ForecastModel.replaced`.
    """
    said = [note] if (note := model.replaced(series, since)) else []
    if horizon > model.network.horizon:
        said.append(f"after {model.network.horizon:,} steps by sampled paths")
    learned, here = model.config.season or 1, series.season
    own = model.series
    if own.frequency and series.frequency and own.frequency != series.frequency:
        paces = human_frequency(own.frequency), human_frequency(series.frequency)
        said.append(f"{model.name} learned another pace: {paces[0]}, this is {paces[1]}")
    elif learned > 1 and here > 1 and learned != here:
        said.append(f"{model.name} learned a season of {learned:,}, this has {here:,}")
    if (change := round(100 * (model.width(series) - 1))) != 0:
        held = "less" if change > 0 else "more"
        said.append(
            f"the band is {abs(change)} % {'wider' if change > 0 else 'narrower'} than learned: "
            f"the last ones on this series held {held} than they promised"
        )
    return said
