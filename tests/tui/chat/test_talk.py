"""A conversation as a tree: branches stay, and each is gone back to where it was left."""

from __future__ import annotations

from rnntui.store import open_store
from rnntui.store.records import Author
from rnntui.tui.chat.keeping import TalkKeeping
from rnntui.tui.chat.talk import Talk, as_said


def test_branches_stay_and_are_gone_back_to_where_they_were_left() -> None:
    talk = Talk()
    hello = talk.add("you", "hello").id
    first = talk.add("model", "first").id
    deeper = talk.add("you", "deeper").id
    talk.rewind(hello)
    second = talk.add("model", "second").id
    assert [turn.text for turn in talk.path] == ["hello", "second"]
    assert talk.siblings(first) == talk.siblings(second) == [first, second]
    talk.go_to(first)
    assert talk.active == deeper
    talk.rewind(None)
    other = talk.add("you", "good morning").id
    assert talk.siblings(hello) == [hello, other]
    assert talk.asked is talk.turn(other)
    talk.go_to(hello)
    assert [said.role for said in as_said(talk.path)] == ["you", "model", "you"]
    assert talk.asked == talk.turn(deeper)
    assert len(talk) == 5


def test_what_could_not_be_kept_is_kept_with_what_comes_next(home: object) -> None:
    talk = Talk()
    keeping = TalkKeeping(Author("m", "r", 1, {"temperature": 1.0}))
    hello = talk.add("you", "hello")
    reply = talk.add("model", "", author=Author("m", "r", 5), finished=False)
    with open_store() as store:
        pass
    for attempt in (lambda: keeping.keep(store, hello), lambda: keeping.grow(store, reply)):
        try:
            attempt()
        except Exception as error:  # the store is closed
            assert "sessions" in str(error)
    keeping.write(store, "half")
    reply = talk.change(reply.id, text="half a reply", stopped=True)
    with open_store() as store:
        keeping.finish(store, reply)
        kept = store.load(keeping.session or 0)
        assert [turn.text for turn in kept.path] == ["hello", "half a reply"]
        assert kept.path[1].stopped and kept.path[1].author == Author("", "", 5)
        again = Talk(kept)
        assert [turn.text for turn in again.path] == ["hello", "half a reply"]
        going_on = TalkKeeping(kept.session.author, kept)
        turn = again.add("you", "more")
        going_on.keep(store, turn)
        assert [each.text for each in store.load(kept.session.id).path][-1] == "more"
        going_on.select(store, again.path[0].id)
        assert store.session(kept.session.id).active == kept.path[0].id
