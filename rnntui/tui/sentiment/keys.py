"""The keys of the Sentiment mode, and its page of the help panel."""

from __future__ import annotations

from textual.binding import Binding, BindingType

HELP = """
# Sentiment

Praise or complaint? Type, paste, or open a file (`Ctrl+L`); the verdict, and the score after each
word, follow as you type. Words are tinted by what they added to the verdict: **bold** speaks for
it, underlined against it. The line at the bottom tells the number of the word at the cursor.

`Esc` goes to the words that moved it, the strongest first; `Enter` finds one in the text, `i` goes
back to typing. A share is in log-odds: +0.4 moves 50 % to 60 %.

`Ctrl+T` judges a file of reviews: a CSV with a column `review` or `text`, or one text a line.
`Ctrl+O` chooses another model.
"""

# In the order of importance: the line at the bottom shows as many as there is room for.
KEYS: list[BindingType] = [
    Binding("i", "type", "type", id="sentiment.type"),
    Binding("ctrl+l,o", "open", "open file", id="sentiment.open"),
    Binding("ctrl+t,b", "batch", "many reviews", id="sentiment.batch"),
    Binding("ctrl+o,m", "choose_model", "model", id="sentiment.model"),
    Binding("p", "panel", "panel", id="sentiment.panel"),
    Binding("y", "copy", "copy", id="sentiment.copy"),
]

BATCH_HELP = """
# Many reviews

Each line: number, probability of positive, the text. `≠` marks a verdict that differs from the
file's own label. `s` sorts, `d` shows the doubtful ones alone; `[` `]` move the lower bound of
doubt, `{` `}` the upper. `Enter` opens a review in the editor, `Ctrl+S` writes what is shown to a
CSV, `Esc` goes back and ends what is still being judged.
"""

BATCH_KEYS: list[BindingType] = [
    Binding("escape", "leave", "back", id="batch.leave"),
    Binding("s", "sort", "sort", id="batch.sort"),
    Binding("d", "doubtful", "doubtful", id="batch.doubtful"),
    Binding("left_square_bracket", "bound(-1, 0)", "lower bound", key_display="[ ]",
            id="batch.low_down", tooltip="down, up"),
    Binding("right_square_bracket", "bound(1, 0)", "lower bound", show=False, id="batch.low_up",
            tooltip="up"),
    Binding("left_curly_bracket", "bound(0, -1)", "upper bound", key_display="{ }",
            id="batch.high_down", tooltip="down, up"),
    Binding("right_curly_bracket", "bound(0, 1)", "upper bound", show=False, id="batch.high_up",
            tooltip="up"),
    Binding("ctrl+s", "export", "export CSV", id="batch.export"),
    Binding("o,ctrl+l", "other", "other file", id="batch.open"),
    Binding("space", "pause", "pause", id="batch.pause"),
]  # fmt: skip
