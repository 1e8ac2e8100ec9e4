"""A bench of tiny networks from end to end; how fast they are is nobody's business here."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import pytest

from rnntui.bench.plan import Plan
from rnntui.bench.report import Line, Note, as_text
from rnntui.bench.run import Bench, families
from rnntui.errors import BadOption

TINY = Plan(
    hidden=(8, 16),
    rounds=2,
    turn_seconds=0.0005,
    streams=3,
    correctness_steps=30,
    train_hidden=8,
    train_batch=4,
    train_seq_len=8,
    train_rounds=2,
    upkeep_hidden=8,
    upkeep_steps=2,
    corpus_characters=40_000,
    judge=(8, 4, 40),
    judge_words=20,
    judge_rounds=1,
    help_runs=1,
    cold_hidden=8,
    cold_runs=1,
    messages=250,
    store_runs=2,
)


@pytest.fixture(autouse=True)
def _small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnntui.bench.machine._BUFFERS", {"small": 4096})


def run(only: str = "") -> tuple[list[str], dict[str, Any], list[str]]:
    """Return the names of the lines as they came, the document, and the printed text."""
    bench = Bench(TINY, only, quick=True)
    entries = list(bench.run())
    names = [entry.name for entry in entries if isinstance(entry, Line)]
    return names, json.loads(bench.document()), [as_text(entry) for entry in entries]


def test_a_whole_run_has_every_line() -> None:
    names, document, printed = run()
    expected = {"startup/help", "startup/first-character"}
    for size in ("2x8", "2x16"):
        expected |= {f"streams-{size}"}
        for cell in ("lstm", "gru"):
            module = f"nn.{cell.upper()}"
            against = (module, f"{module}Cell", "plain torch calls", f"{module}, oneDNN off")
            kinds = ("speed", "memory", "logits", "greedy", *against)
            expected |= {f"{cell}-{size}/{kind}" for kind in kinds}
    expected |= {"train/speed", "train/embedding", "train/one-hot", "train/upkeep"}
    expected |= {f"judge/{what}" for what in ("verdict", "word", "nn.LSTM", "prefixes", "trace")}
    expected |= {"sessions/list", "sessions/search", "sessions/append"}
    assert expected <= set(names) <= expected | {"train/bf16"}
    assert len(set(names)) == len(names)
    assert [line["name"] for line in document["lines"]] == names
    assert document["machine"]["read_gb_per_second"]["small"] > 0
    assert document["machine"]["cores"] >= 1
    budgets = [line for line in document["lines"] if line["budget"]]
    assert document["met"] + document["missed"] == len(budgets)
    assert all(line["verdict"] in ("ok", "under", "over") for line in budgets)
    assert all("\n" not in line.strip("\n") for line in printed[1:])


@pytest.mark.parametrize("family", ["startup", "correctness", "streams", "sentiment", "sessions"])
def test_one_family_alone(family: str) -> None:
    names, _, _ = run(family)
    assert names
    starts = {"startup": "startup/", "correctness": ("lstm-", "gru-"), "streams": "streams-"}
    starts |= {"sessions": "sessions/", "sentiment": "judge/"}
    assert all(name.startswith(starts[family]) for name in names)


def test_an_unknown_family_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadOption, match=", ".join(families())):
        Bench(TINY, "speed")


def test_without_torch_its_lines_are_left_out_and_said_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "torch" else find(name)
    )
    for family in ("correctness", "training"):
        bench = Bench(TINY, family)
        entries = list(bench.run())
        assert not [entry for entry in entries if isinstance(entry, Line)]
        assert any(isinstance(entry, Note) and "torch" in entry.text for entry in entries)
        assert json.loads(bench.document())["machine"]["torch"] is None
    names, document, _ = run("generation")
    assert names == [
        *(f"{cell}-2x{size}/speed" for cell in ("lstm", "gru") for size in (8, 16)),
        *(f"{cell}-2x{size}/memory" for cell in ("lstm", "gru") for size in (8, 16)),
    ]
    assert any("torch is not installed" in note for note in document["notes"])
