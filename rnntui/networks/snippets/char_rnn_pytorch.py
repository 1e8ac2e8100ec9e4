"""Exports a model of spro/char-rnn.pytorch for `rnntui import`.

Run it in that repository's folder, in the environment that trained the model:

    python export.py tinyshakespeare.pt

It opens the pickle of a whole module, which can run any code: do so with your own models only.
What it writes holds tensors and a string, and `rnntui import` opens nothing else.
"""

import string
import sys

import torch

source = sys.argv[1]
try:
    model = torch.load(source, map_location="cpu", weights_only=False)
except TypeError:  # torch before 1.13 has no weights_only
    model = torch.load(source, map_location="cpu")
target = source.rsplit(".", 1)[0] + "-state.pt"
# Its helpers.py numbers the characters so.
torch.save({"state_dict": model.state_dict(), "vocabulary": string.printable}, target)
sys.stdout.write("wrote " + target + "; now run: rnntui import " + target + "\n")
