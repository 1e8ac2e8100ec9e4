"""The keys of the Models mode, and its page of the help panel."""

from __future__ import annotations

from textual.binding import Binding, BindingType

HELP = """
# Models

What is here: models that ship, your own, and those from the Hub. `/` filters by name, task and
source while you type, `s` sorts. Beside the list stands what there is to tell of the model with
the highlight, and its card; where the terminal is narrow, `v` opens that. Cards are strangers'
texts: addresses are shown, nothing is opened or loaded.

`Enter` opens a model in its mode. `h` searches the Hub by words, all models of rnntui without any;
the Hub is asked only then. `owner/name` takes one by its name. `Enter` fetches what is not here;
`x` ends that, others go on, and what is here can be used meanwhile.

`Space` marks models, `c` puts the marked ones beside each other. `u` shares one on the Hub, once
you have seen what becomes public; `d` takes one off the disk, once you have said yes.
"""

# In the order of importance: the line at the bottom shows as many as there is room for.
KEYS: list[BindingType] = [
    Binding("slash,i", "filter", "filter", key_display="/", id="models.filter"),
    Binding("h", "hub", "search the Hub", id="models.hub"),
    Binding("x", "cancel", "cancel", id="models.cancel"),
    Binding("v,p", "about", "card", id="models.about"),
    Binding("space", "mark", "mark", id="models.mark"),
    Binding("c", "compare", "compare", id="models.compare"),
    Binding("u", "push", "share", id="models.push"),
    Binding("d", "remove", "delete", id="models.remove"),
    Binding("s", "sort", "sort", id="models.sort"),
    Binding("escape", "back", "back", show=False, id="models.back"),
]
