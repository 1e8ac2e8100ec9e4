"""The keys of the Write mode, and its page of the help panel."""

from __future__ import annotations

from textual.binding import Binding, BindingType

HELP = """
# Write

The network writes by itself. Turn a knob and the next character obeys.

Type a prompt at the bottom (`i`) and send it with `Ctrl+J`; `Esc` stops, or leaves the prompt.
`o` takes a file as the prompt. `Space` pauses, `c` goes on where the text ends, `r` writes the last
passage anew, `b` goes on in four ways side by side, `u` takes the last passage back, `Backspace` a
few words, `x` all; `U` brings it back. `t` tints characters by surprise, `n` tells how much of the
text is copied from what the network learned, `y` copies, `p` shows or hides the panel, `f` is full
speed.
"""


def knob_keys(screen: str) -> list[BindingType]:
    """Return the keys that turn knobs from anywhere on a screen; they call `action_nudge`."""
    return [
        Binding("left_square_bracket", "nudge('temperature', -1)", "temperature",
                key_display="[ ]", id=f"{screen}.cooler", tooltip="Temperature down"),
        Binding("right_square_bracket", "nudge('temperature', 1)", "hotter", show=False,
                id=f"{screen}.hotter", tooltip="Temperature up"),
        Binding("minus", "nudge('pace', -1)", "pace", key_display="- =", id=f"{screen}.slower",
                tooltip="Pace down"),
        Binding("equals_sign,plus", "nudge('pace', 1)", "faster", show=False,
                id=f"{screen}.faster", tooltip="Pace up"),
        Binding("left_curly_bracket", "nudge('top_n', -1)", "top-n", key_display="{ }",
                id=f"{screen}.fewer", tooltip="Top-n down: fewer characters to choose from"),
        Binding("right_curly_bracket", "nudge('top_n', 1)", "more", show=False,
                id=f"{screen}.more", tooltip="Top-n up"),
    ]  # fmt: skip


# In the order of importance: the line at the bottom shows as many as there is room for.
KEYS: list[BindingType] = [
    Binding("i", "prompt", "prompt", id="write.prompt"),
    Binding("escape", "stop", "stop", id="write.stop"),
    Binding("space", "pause", "pause", id="write.pause"),
    Binding("c", "go_on", "go on", id="write.continue"),
    Binding("r,ctrl+r", "again", "again", id="write.again"),
    Binding("b", "branch", "4 ways", id="write.branch"),
    *knob_keys("write"),
    Binding("p", "panel", "panel", id="write.panel"),
    Binding("u,ctrl+z", "undo", "undo", id="write.undo"),
    Binding("U,ctrl+y", "redo", "bring back", show=False, id="write.redo"),
    Binding("ctrl+o", "choose_model", "model", id="write.model"),
    Binding("o,ctrl+l", "open_prompt", "from a file", id="write.open"),
    Binding("ctrl+s", "save", "save", id="write.save"),
    Binding("f", "full_speed", "full speed", id="write.full_speed"),
    Binding("t", "surprise", "tint", id="write.surprise"),
    Binding("y", "copy", "copy", id="write.copy"),
    Binding("n", "copied", "copied?", id="write.copied"),
    Binding("backspace", "rewind", "words back", id="write.rewind", show=False),
    Binding("x", "clear", "clear", id="write.clear", show=False),
]
