"""The bag of word pairs our figures stand beside: what one word cannot tell, two can."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "nbsvm_baseline.py"


def test_pairs_of_words_tell_what_words_do_not(tmp_path):
    draw = random.Random(1)
    rows = []
    for number in range(400):
        label = number % 2
        words = [draw.choice(["the", "film", "plot", "it"]) for _ in range(8)]
        # The same four words in every review; only their order says which kind it is.
        pairs = ["not bad", "very good"] if label else ["very bad", "not good"]
        draw.shuffle(pairs)
        rows.append(f"{' '.join([*words, *pairs])},{label},{'train' if number < 300 else 'test'}")
    file = tmp_path / "films.csv"
    file.write_text("\n".join(["review,label,split", *rows]) + "\n")
    done = subprocess.run([sys.executable, SCRIPT, file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    accuracy = float(done.stdout.split("NBSVM: ")[1].split("%")[0])
    assert accuracy > 95
    assert "of the test half of films.csv" in done.stdout
