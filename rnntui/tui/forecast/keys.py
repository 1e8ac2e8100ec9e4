"""The keys of the Forecast mode, and its page of the help panel."""

from __future__ import annotations

from textual.binding import Binding, BindingType

HELP = """
# Forecast

How may a series go on, and how far is that to be trusted? Open a CSV or a named series (`o`),
choose its column (`c`) and a model (`m`), or let one be fitted here (`f`) and watch it learn.

Right of the line `┊` is the forecast: the dashed median, and bands that hold so many per cent of
outcomes. `[` `]` turn the horizon, `{` `}` the band, `<` `>` the window that the network reads,
`-` `=` how much of the past is seen; `p` shows all knobs. `←` `→` read a value.

`b` tests the model on the last part of the series, which it has not learned, beside repeating the
last value and other simple forecasts; `v` shows what it forecast there beside what came, `s` other
steps ahead. In brackets stands the 95 % interval of how much smaller its errors are: where that
reaches below 0, the model is no better. `Esc` ends a test or a fit.

`Ctrl+S` writes the forecast to a CSV, and the picture as text beside it. `e` says how a file is to
be read, in options of `rnntui forecast`: `--season 7 --missing last --date-format %d/%m/%Y`.
"""

# In the order of importance: the line at the bottom shows as many as there is room for.
KEYS: list[BindingType] = [
    Binding("o,ctrl+l", "open", "open", id="forecast.open"),
    Binding("b", "backtest", "test", id="forecast.backtest"),
    Binding("v", "view", "view", id="forecast.view"),
    Binding("m,ctrl+o", "choose_model", "model", id="forecast.model"),
    Binding("c", "choose_column", "column", id="forecast.column"),
    Binding("f", "fit", "fit", id="forecast.fit"),
    Binding("p", "panel", "knobs", id="forecast.panel"),
    Binding("left_square_bracket", "nudge('horizon', -1)", "horizon", key_display="[ ]",
            id="forecast.nearer", tooltip="down, up"),
    Binding("right_square_bracket", "nudge('horizon', 1)", "horizon", show=False,
            id="forecast.further", tooltip="up"),
    Binding("left_curly_bracket", "nudge('band', -1)", "band", key_display="{ }",
            id="forecast.narrower", tooltip="down, up"),
    Binding("right_curly_bracket", "nudge('band', 1)", "band", show=False, id="forecast.wider",
            tooltip="up"),
    Binding("less_than_sign", "nudge('window', -1)", "window", key_display="< >",
            id="forecast.shorter", tooltip="down, up: what the network reads"),
    Binding("greater_than_sign", "nudge('window', 1)", "window", show=False,
            id="forecast.longer", tooltip="up"),
    Binding("minus", "nudge('history', 1)", "zoom", key_display="- =", id="forecast.out",
            tooltip="more of the past, less"),
    Binding("equals_sign,plus", "nudge('history', -1)", "zoom", show=False, id="forecast.in",
            tooltip="less of the past"),
    Binding("ctrl+s", "export", "export", id="forecast.export"),
    Binding("s", "step", "other step", id="forecast.step"),
    Binding("y", "copy", "copy", id="forecast.copy"),
    Binding("e", "reading", "how to read", id="forecast.reading"),
    Binding("escape", "stop", "stop", id="forecast.stop"),
]  # fmt: skip
