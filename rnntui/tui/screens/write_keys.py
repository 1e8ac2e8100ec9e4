"""The keys of the Write mode, and its page of the help panel."""

from __future__ import annotations

from textual.binding import Binding, BindingType

HELP = """
# Write

The network writes by itself. Turn a knob, and the next character obeys: `[` `]` temperature, `-`
`=` pace, `f` full speed, `p` the panel with all of them; `Tab` goes there.

Type a prompt (`i`), or take it from a file (`o`), and send it with `Ctrl+J`. `Esc` stops, `Space`
pauses, `c` goes on where the text ends. `r` writes the last passage anew, `b` goes on in four ways
side by side. `u` takes the last passage back, `Backspace` a few words, `x` all; `U` brings it back.

The text stays at its end; scroll up with arrows, `PgUp` or the wheel and it stays where you are,
until `End`. Drag to select, `y` copies, `Ctrl+S` saves. `▎` marks a prompt (bold), `■` where
writing was stopped. `t` tints characters by surprise: underlined, the network gave it 5 % or less.
`n` tells how much is copied from what the network learned, `m` shows the text's sentiment in the
panel, where a model that judges is here.

What is written is kept with all that was taken back: `Ctrl+F` finds and resumes it. However the app
ends, its last text is in `write/last.txt` of the state folder, too.
"""


def knob_keys(screen: str) -> list[BindingType]:
    """Return the keys that turn knobs from anywhere on a screen; they call `action_nudge`."""
    return [
        Binding("left_square_bracket", "nudge('temperature', -1)", "temperature",
                key_display="[ ]", id=f"{screen}.cooler", tooltip="down, up"),
        Binding("right_square_bracket", "nudge('temperature', 1)", "temperature", show=False,
                id=f"{screen}.hotter", tooltip="up"),
        Binding("minus", "nudge('pace', -1)", "pace", key_display="- =", id=f"{screen}.slower",
                tooltip="down, up"),
        Binding("equals_sign,plus", "nudge('pace', 1)", "pace", show=False,
                id=f"{screen}.faster", tooltip="up"),
        Binding("left_curly_bracket", "nudge('top_n', -1)", "top-n", key_display="{ }",
                id=f"{screen}.fewer", tooltip="down, up: how many characters to choose from"),
        Binding("right_curly_bracket", "nudge('top_n', 1)", "top-n", show=False,
                id=f"{screen}.more", tooltip="up"),
    ]  # fmt: skip


# In the order of importance: the line at the bottom shows as many as there is room for.
KEYS: list[BindingType] = [
    Binding("i", "prompt", "prompt", id="write.prompt"),
    Binding("escape", "stop", "stop", id="write.stop"),
    Binding("space", "pause", "pause", id="write.pause"),
    Binding("c", "go_on", "go on", id="write.continue"),
    Binding("r,ctrl+r", "again", "again", id="write.again"),
    Binding("p", "panel", "panel", id="write.panel"),
    Binding("b", "branch", "4 ways", id="write.branch"),
    *knob_keys("write"),
    Binding("u,ctrl+z", "undo", "undo", id="write.undo"),
    Binding("U,ctrl+y", "redo", "bring back", show=False, id="write.redo"),
    Binding("ctrl+o", "choose_model", "model", id="write.model"),
    Binding("o,ctrl+l", "open_prompt", "from a file", id="write.open"),
    Binding("ctrl+s", "save", "save", id="write.save"),
    Binding("ctrl+f", "sessions", "sessions", id="write.sessions"),
    Binding("f", "full_speed", "full speed", id="write.full_speed"),
    Binding("t", "surprise", "tint", id="write.surprise"),
    Binding("m", "sentiment", "sentiment", id="write.sentiment"),
    Binding("y", "copy", "copy", id="write.copy"),
    Binding("n", "copied", "copied?", id="write.copied"),
    Binding("backspace", "rewind", "words back", id="write.rewind", show=False),
    Binding("x", "clear", "clear", id="write.clear", show=False),
]
