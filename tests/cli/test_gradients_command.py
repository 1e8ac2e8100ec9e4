"""`rnntui gradients` as a person or a script runs it."""

from __future__ import annotations

import json


def test_json_tells_trained_and_fresh(in_process, make_model):
    make_model("one", cell="gru")
    done = in_process("gradients", "one", "--distance", 6, "--streams", 2, "--json")
    assert done.rc == 0, done.stderr
    trained, fresh = json.loads(done.text)
    assert (trained["name"], trained["weights"], fresh["weights"]) == ("one", "trained", "fresh")
    assert len(trained["state"]) == len(trained["inputs"]) == 7
    assert trained["state"] != fresh["state"]
    assert [m["gate"] for m in trained["matrices"]] == ["reset", "update", "candidate"]
    assert "reads what it writes itself" in done.stderr


def test_the_table_puts_cells_side_by_side(in_process, make_model, tmp_path):
    make_model("plain", cell="rnn")
    make_model("gated", cell="lstm")
    text = tmp_path / "text.txt"
    text.write_text("the cat sat on the mat. " * 40)
    done = in_process(
        "gradients", "plain", "gated", "--text", text, "--distance", 20, "--streams", 3
    )
    assert done.rc == 0, done.stderr
    assert "plain (rnn, trained)" in done.text
    assert "gated (lstm, fresh)" in done.text
    assert "forget" in done.text


def test_a_text_of_strangers_or_a_distance_of_nothing_is_refused(refusal, make_model, tmp_path):
    make_model("one")
    text = tmp_path / "text.txt"
    text.write_text("1234567890")
    assert "knows" in refusal("gradients", "one", "--text", text).complaint
    assert "--distance" in refusal("gradients", "one", "--distance", "0").complaint
    assert "no model" in refusal("gradients", "nobody").complaint
