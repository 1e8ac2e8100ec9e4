"""`rnntui bench` as a command: lines as it goes, then one line of JSON."""

from __future__ import annotations

import json

from tests.conftest import Rnntui


def test_the_last_line_is_the_document(in_process: Rnntui) -> None:
    done = in_process("bench", "--quick", "--only", "streams")
    assert done.rc == 0, done.stderr
    *lines, last = done.text.rstrip("\n").split("\n")
    document = json.loads(last)
    assert document["quick"] is True
    shown = "\n".join(lines)
    assert all(line["what"] in shown for line in document["lines"])
    assert document["lines"]


def test_json_leaves_stdout_to_the_document(in_process: Rnntui) -> None:
    done = in_process("bench", "--quick", "--only", "streams", "--json")
    assert done.rc == 0, done.stderr
    lines = json.loads(done.text)["lines"]
    assert lines and all(line["name"].startswith("streams-") for line in lines)
    assert done.text.count("\n") == 1
    assert all(line["what"] in done.stderr for line in lines)


def test_an_unknown_part_is_refused_in_a_sentence(in_process: Rnntui) -> None:
    done = in_process("bench", "--only", "everything")
    assert done.rc == 2
    assert done.complaint.startswith("error: --only is 'everything'; choose one of startup,")
    assert not done.stdout


def test_the_help_names_every_part() -> None:
    from rnntui.bench.run import families
    from rnntui.cli.bench import ONLY

    assert [name for name in families() if name not in ONLY] == []
