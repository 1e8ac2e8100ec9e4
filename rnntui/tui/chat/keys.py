"""The keys of the Chat mode, and its pages of the help panel."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from rnntui.tui.screens.write_keys import knob_keys

HELP = """
# Chat

Type, and `Enter` sends it; `Alt+Enter` or `Ctrl+J` begins a new line. Several replies are drawn,
and the best is said: the likeliest, less what would fit anywhere (relevance). `Esc` stops a reply;
what was shown of it stays said.
`Ctrl+R` replies again, otherwise; `Ctrl+T` shows what else it might have said, with the scores.

`↑` or `Esc` goes to the messages. There `e` says something else where you spoke, `r` replies again,
`o` shows the other candidates, `←` `→` go to the other branches of a message (`‹2/3›`): nothing is
ever lost. `y` copies, `p` opens the panel with the knobs, `i` goes back to typing.

At the right of a message: its branch, its sentiment (`+ 0.91` is positive, `− 0.12` negative, where
a model that judges is here), `■` where it was stopped, `✂` where a crash cut it off.

Each turn is on the disk at once. `Ctrl+F` finds, renames, exports and resumes sessions; `Ctrl+N`
begins a new one; `Ctrl+O` chooses who replies. Any model that writes can be talked with; one that
learned no dialogues continues your text.
"""

# In the order of importance: the line at the bottom shows as many as there is room for.
KEYS: list[BindingType] = [
    Binding("escape", "stop", "stop", id="chat.stop"),
    Binding("ctrl+r,r", "again", "again", id="chat.again"),
    Binding("ctrl+t,o", "others", "others", id="chat.others"),
    Binding("e", "edit", "edit", id="chat.edit"),
    Binding("left", "branch(-1)", "branch", key_display="← →", id="chat.branch_before",
            tooltip="before, after: at the message of the cursor"),
    Binding("right", "branch(1)", "branch", show=False, id="chat.branch_after",
            tooltip="after"),
    Binding("ctrl+f,s", "sessions", "sessions", id="chat.sessions"),
    Binding("ctrl+n,n", "fresh", "new", id="chat.new"),
    Binding("p", "panel", "panel", id="chat.panel"),
    Binding("i", "type", "type", id="chat.type"),
    Binding("ctrl+o,m", "choose_model", "model", id="chat.model"),
    Binding("ctrl+s", "export", "export", id="chat.export"),
    Binding("y", "copy", "copy", id="chat.copy"),
    Binding("ctrl+g", "fetch", "fetch the model", id="chat.fetch", show=False),
    *knob_keys("chat"),
]  # fmt: skip

KNOB_NAMES = (
    "temperature", "top_n", "top_p", "min_p", "repetition_penalty", "candidates", "relevance",
    "seed", "pace",
)  # fmt: skip
"""The knobs that a conversation has, in the order of the panel."""

SESSIONS_HELP = """
# Sessions

All chats and texts that were kept, the newest first. Type to search: all words must be there, the
last may be the beginning of one; "words between quotation marks" stand in that order. `↓` goes to
the list, `/` back to the search.

In the list `Enter` resumes a session, `r` renames it, `d` deletes it and `u` brings back what was
deleted last (for 30 days), `k` shows chats only, or texts, or both. `x` exports the session as a
Markdown page, `j` as JSON with every branch, `J` all sessions; `i` imports such a JSON file.
"""

SESSIONS_KEYS: list[BindingType] = [
    Binding("escape", "leave", "back", id="sessions.leave"),
    Binding("slash", "search", "search", key_display="/", id="sessions.search"),
    Binding("r", "rename", "rename", id="sessions.rename"),
    Binding("d,delete", "delete", "delete", key_display="d", id="sessions.delete"),
    Binding("u", "restore", "bring back", id="sessions.restore"),
    Binding(
        "ctrl+z",
        "restore",
        "bring back",
        id="sessions.restore_typing",
        tooltip="in the search too, where u writes",
    ),
    Binding("x", "export('md')", "to Markdown", id="sessions.markdown"),
    Binding("j", "export('json')", "to JSON", id="sessions.json"),
    Binding("i", "import", "import", id="sessions.import"),
    Binding("k", "kind", "chats, texts", id="sessions.kind"),
    Binding("J", "export_all", "all to JSON", id="sessions.all", show=False),
]
