"""`rnntui sessions`: what the store does, from a shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rnntui.store import location, open_store
from rnntui.store.records import Author
from tests.conftest import Outcome, Rnntui


@pytest.fixture
def run(in_process: Rnntui) -> Rnntui:
    """Run a command of sessions; it must succeed."""

    def run(*arguments: str | Path) -> Outcome:
        done = in_process("sessions", *arguments)
        assert done.rc == 0, done.stderr
        return done

    return run


@pytest.fixture
def ids(home: Path) -> list[int]:
    """A chat with two replies to its greeting, and a text with an escape sequence in it."""
    with open_store() as store:
        chat = store.begin("chat", Author("chat-lstm", "abc", 7, {"temperature": 0.8})).id
        greeting = store.add(chat, "you", "Hello there", after=None).id
        for text in ("the first reply", "the second reply"):
            store.add(chat, "model", text, after=greeting)
        write = store.begin("write", Author("hamlet-gru"), name="A \x1b[2Jtext").id
        store.add(write, "text", "To be\x1b[2J\nor not", after=None)
    return [chat, write]


def test_sessions_are_listed(run: Any, ids: list[int]) -> None:
    listed = json.loads(run("list", "--json").text)
    assert {each["id"] for each in listed} == set(ids)
    (chat,) = json.loads(run("list", "--kind", "chat", "--json").text)
    assert chat["title"] == "Hello there" and chat["name"] == "" and chat["turns"] == 3
    assert (chat["model"], chat["revision"], chat["seed"]) == ("chat-lstm", "abc", 7)
    assert chat["settings"] == {"temperature": 0.8} and chat["deleted"] is None
    table = run("list").text
    assert "\x1b" not in table and "A ␛[2Jtext" in table
    assert table.splitlines()[0].split() == ["id", "kind", "last", "written", *table.split()[4:7]]
    assert len(run("list", "--limit", "1").text.splitlines()) == 2
    assert run("list", "--titled", "nothing").text == ""


def test_a_session_is_shown_and_found(run: Any, ids: list[int]) -> None:
    chat, write = ids
    shown = run("show", chat).text
    assert "the second reply" in shown and "the first reply" not in shown
    (session,) = json.loads(run("show", chat, "--json").text)["sessions"]
    assert [turn["text"] for turn in session["turns"]][1] == "the first reply"
    assert "To be\x1b[2J" in run("show", write).text  # exact, since no terminal reads it
    (hit,) = json.loads(run("search", "second", "rep", "--json").text)
    begin, end = hit["matches"][0]
    assert (hit["session"], hit["snippet"][begin:end]) == (chat, "second")
    table = run("search", "not").text
    assert "To be␛[2J⏎or not" in table
    assert run("search", "elsewhere").text == ""


def test_deleting_is_undone_and_a_name_is_given(run: Any, ids: list[int]) -> None:
    said = run("delete", *ids).stderr
    assert f"`rnntui sessions restore {ids[0]} {ids[1]}`" in said
    assert json.loads(run("list", "--json").text) == []
    assert len(json.loads(run("list", "--deleted", "--json").text)) == 2
    run("restore", *ids)
    run("rename", ids[0], "A new name")
    titles = {each["title"] for each in json.loads(run("list", "--json").text)}
    assert titles == {"A new name", "A ␛[2Jtext"}


def test_what_was_exported_is_imported_with_every_branch(
    run: Any, ids: list[int], tmp_path: Path
) -> None:
    file = tmp_path / "kept.json"
    assert run("export", "--out", file).text == ""
    assert json.loads(run("export", ids[0]).text)["sessions"][0]["model"] == "chat-lstm"
    for name in location().parent.glob("sessions.db*"):
        name.unlink()
    assert len(run("import", file).text.split()) == 2
    chat = json.loads(run("list", "--kind", "chat", "--json").text)[0]
    assert chat["turns"] == 3
    assert "# Hello there\n" in run("export", chat["id"], "--format", "markdown").text
    assert json.loads(run("import", file, "--json").text)[0]["id"] > chat["id"]


def test_an_export_replaces_an_earlier_one_and_no_file_of_others(
    run: Any, refusal: Rnntui, ids: list[int], tmp_path: Path
) -> None:
    out, theirs = tmp_path / "kept", tmp_path / "poem.txt"
    for form in ("json", "markdown", "markdown", "json"):
        run("export", "--out", out, "--format", form)
    assert len(json.loads(out.read_text())["sessions"]) == len(ids)
    assert run("export", "--out", "-").stdout == run("export").stdout != b""
    theirs.write_text("# mine\n\n- chat\n")
    for form in ("json", "markdown"):
        done = refusal("sessions", "export", "--out", theirs, "--format", form)
        assert "poem.txt is there already" in done.complaint
        assert "name another, or remove it first" in done.complaint
    assert theirs.read_text() == "# mine\n\n- chat\n"


def test_what_cannot_be_is_refused(refusal: Rnntui, ids: list[int], tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    for arguments, said in (
        (["show", "99"], "there is no session 99; `rnntui sessions list`"),
        (["delete", "99"], "there is no session 99"),
        (["delete", ids[0], "99"], "there is no session 99"),
        (["show", "9" * 25], "there is no session 9999999999999999999999999; `rnntui"),
        (["list", "--limit", "9" * 25], "a number is too large"),
        (["search", "x", "--before", "9" * 25], "a number is too large"),
        (["list", "--kind", "mail"], "--kind is 'mail'; choose chat or write"),
        (["export", "--format", "pdf"], "--format is 'pdf'; choose json or markdown"),
        (["export", "--out", "/dev/null/x"], "cannot write"),
        (["import", tmp_path / "none"], "no such file"),
        (["import", broken], "has the format ''"),
        (["import", tmp_path], "it is a folder"),
        (["export", "--out", "."], "a folder; name a file"),
    ):
        assert said in refusal("sessions", *arguments).complaint
    with open_store() as store:
        assert len(store.sessions()) == len(ids)


def test_where_a_damaged_file_went_is_said(run: Any, ids: list[int]) -> None:
    location().write_bytes(b"damaged")
    done = run("list")
    assert done.text == "" and "sessions-damaged-" in done.stderr
    assert len(list(location().parent.glob("sessions-damaged-*.db"))) == 1
