"""The Write mode's text goes into a session and comes back, as the app's own manuscript has it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from rnntui.engine.parts import Sampling, Settings
from rnntui.store.records import Author
from rnntui.store.store import Store
from rnntui.store.writing import Keeping, as_passages
from rnntui.tui.manuscript import Manuscript, Passage

COLD, HOT = Settings(Sampling(temperature=0.5)), Settings(Sampling(temperature=2.0), length=9)


@pytest.fixture
def keeping(store: Store) -> Keeping:
    """A text that is not begun."""
    return Keeping(store, Author("hamlet-gru", "abc"))


def written(text: str, run: int = 1, seed: int = 7) -> Passage:
    """A passage of a run."""
    return Passage("written", text, model="hamlet-gru", run=run, seed=seed, settings=((0, COLD),))


def kept(store: Store, keeping: Keeping) -> list[Passage]:
    """What came of the session, as the app would make its manuscript of it."""
    assert keeping.session
    return [
        Passage(
            passage.kind, passage.text, passage.fresh, passage.model, seed=passage.seed,
            settings=tuple((at, msgspec.convert(s, Settings)) for at, s in passage.settings),
        )
        for passage in as_passages(store.load(keeping.session.id))
    ]  # fmt: skip


def without_runs(manuscript: Manuscript) -> list[Passage]:
    """The passages as they are without an engine."""
    return [replace(passage, run=None) for passage in manuscript.passages]


def test_a_text_that_streams_is_kept_with_its_settings(store: Store, keeping: Keeping) -> None:
    manuscript = Manuscript([Passage("prompt", "To be", fresh=True)])
    keeping.sync(manuscript.passages, writing=False)
    manuscript.add(written(", or"))
    keeping.sync(manuscript.passages, writing=True)
    for text in (" not", " to"):
        manuscript.write(text)
        keeping.write(text)
    manuscript.write(" be")  # a frame that `write` was not told of
    manuscript.steer(HOT)
    keeping.sync(manuscript.passages, writing=True)
    manuscript.write("?")
    manuscript.forget_runs()
    keeping.sync(manuscript.passages, writing=False)
    manuscript.add(Passage("prompt", " That is"))
    manuscript.add(replace(written(" it", seed=2**70), model="other"))
    keeping.sync(manuscript.passages, writing=False)
    assert kept(store, keeping) == without_runs(manuscript)
    assert keeping.session and store.session(keeping.session.id).turns == 4
    assert [s.author for s in store.sessions()] == [Author("hamlet-gru", "abc")]


def test_what_is_taken_back_stays_as_a_branch(store: Store, keeping: Keeping) -> None:
    manuscript = Manuscript([Passage("prompt", "To be", fresh=True), written(" or not")])
    keeping.sync(manuscript.passages, writing=True)
    taken = manuscript.take_back()
    keeping.sync(manuscript.passages, writing=False)
    assert kept(store, keeping) == without_runs(manuscript)
    manuscript.add(written(" or what", run=2, seed=8))
    keeping.sync(manuscript.passages, writing=True)
    assert manuscript.rewind(5) == 5
    keeping.sync(manuscript.passages, writing=False)
    assert kept(store, keeping)[-1].text == " or"
    manuscript.take_back()
    assert taken
    manuscript.add(taken)  # redo: the same turn again
    keeping.sync(manuscript.passages, writing=False)
    assert keeping.session
    loaded = store.load(keeping.session.id)
    assert [turn.text for turn in loaded.path] == ["To be", " or not"]
    assert {turn.text for turn in loaded.turns} == {"To be", " or not", " or what", " or"}
    assert all(turn.finished for turn in loaded.turns)


def test_an_empty_page_begins_another_session_unless_it_is_undone(
    store: Store, keeping: Keeping
) -> None:
    keeping.sync([], writing=False)
    assert store.sessions() == []
    first = [Passage("prompt", "One", fresh=True), written(" text")]
    keeping.sync(first, writing=False)
    keeping.sync([], writing=False)
    keeping.sync(first, writing=False)
    assert len(store.sessions()) == 1 and store.sessions()[0].turns == 2
    more = [*first, Passage("prompt", "Two", fresh=True)]
    keeping.sync(more, writing=False)
    assert len(store.sessions()) == 1
    keeping.sync([], writing=False)
    keeping.sync([Passage("prompt", "Three", fresh=True)], writing=False)
    assert {session.title for session in store.sessions()} == {"One", "Three"}


def test_a_session_is_gone_on_with(store: Store, keeping: Keeping) -> None:
    passages = [Passage("prompt", "One", fresh=True), written(" text")]
    keeping.sync(passages, writing=True)
    keeping.write(" more")
    assert keeping.session
    keeping.sync([passages[0], replace(passages[1], text=" text more")], writing=False)
    again = Keeping(store, Author(), store.load(keeping.session.id))
    resumed = kept(store, keeping)
    again.sync(resumed, writing=False)
    again.sync([*resumed, written(" and more", seed=9)], writing=False)
    assert [s.turns for s in store.sessions()] == [3]
    assert "".join(p.text for p in kept(store, again)) == "One text more and more"


def test_a_deleted_session_stays_as_it_was_and_what_comes_after_begins_another(
    store: Store, keeping: Keeping
) -> None:
    manuscript = Manuscript([Passage("prompt", "To be", fresh=True)])
    keeping.sync(manuscript.passages, writing=False)
    assert keeping.session
    first = keeping.session.id
    store.delete(first)
    keeping.sync(manuscript.passages, writing=False)
    assert keeping.session.id == first and not store.sessions()  # nothing came after
    keeping.sync([], writing=False)
    assert not store.sessions()  # nor is an empty page anything
    manuscript.add(written(", or"))
    keeping.sync(manuscript.passages, writing=True)
    manuscript.write(" not")
    manuscript.forget_runs()
    keeping.sync(manuscript.passages, writing=False)
    assert [s.id for s in store.sessions()] == [keeping.session.id] != [first]
    assert kept(store, keeping) == without_runs(manuscript)


@pytest.mark.parametrize("held", [5, None, [5], [[1, 2, 3]], [["0", {}]], [[0, "x"]], {"0": {}}])
def test_settings_from_elsewhere_may_be_anything(store: Store, held: object) -> None:
    session = store.begin("write", Author("hamlet-gru", "abc")).id
    strange = Author("hamlet-gru", "abc", 1, {"from": held})
    store.add(session, "model", "To be", after=None, author=strange)
    (passage,) = as_passages(store.load(session))
    assert (passage.text, passage.settings) == ("To be", ())
