"""Search takes any text for a query, and says where it found what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rnntui.store.store import Store
from tests.store.conftest import AUTHOR


def found(store: Store, words: str) -> list[str]:
    """The texts of the places found, newest first, the words found between brackets."""
    texts = []
    for hit in store.search(words):
        text = hit.snippet
        for begin, end in reversed(hit.matches):
            text = f"{text[:begin]}[{text[begin:end]}]{text[end:]}"
        texts.append(text)
    return texts


def test_words_beginnings_and_phrases_are_found(store: Store) -> None:
    chat = store.begin("chat", AUTHOR).id
    for text in (
        "To be, or not to be",
        "Not a mouse stirring",
        "Être naïf, c'est tout",
        "日本語",
    ):
        store.add(chat, "you", text, after=None)
    assert found(store, "not") == ["[Not] a mouse stirring", "To be, or [not] to be"]
    assert found(store, "mou") == ["Not a [mouse] stirring"]
    assert found(store, "mou ") == []
    assert found(store, '"to be"') == ["[To be], or not [to be]"]
    assert found(store, 'stirring "not a"') == ["[Not a] mouse [stirring]"]
    assert found(store, "ETRE NAIF") == ["[Être] [naïf], c'est tout"]
    assert found(store, "日本") == ["[日本語]"]
    assert found(store, "mouse be") == []


def test_a_long_text_is_shown_around_the_place(store: Store) -> None:
    session = store.begin("write", AUTHOR).id
    text = "before " * 2000 + "needle\x1b[2J<b>" + " after" * 2000
    turn = store.add(session, "text", text, after=None)
    (hit,) = store.search("needle")
    assert (hit.session, hit.turn, hit.kind, hit.role) == (session, turn.id, "write", "text")
    assert [hit.snippet[begin:end] for begin, end in hit.matches] == ["needle"]
    assert len(hit.snippet) < 400 and "…" in hit.snippet and "<b>" in hit.snippet


def test_newer_places_come_first_a_page_at_a_time(store: Store, chat: int) -> None:
    other = store.begin("write", AUTHOR, name="Replies").id
    store.add(other, "text", "a reply to replies", after=None)
    hits = store.search("repl")
    assert [hit.title for hit in hits] == ["Replies", "Hello there", "Hello there"]
    assert store.search("repl", limit=1) + store.search("repl", before=hits[0].id) == hits
    assert store.search("repl", kind="write") == store.search("repl", session=other) == hits[:1]


def test_the_index_follows_a_text_that_grows(store: Store) -> None:
    session = store.begin("write", AUTHOR).id
    growing = store.grow(session, "model", after=None)
    growing.write("a half wo")
    growing.flush()
    assert found(store, "wo ") == ["a half [wo]"]
    growing.write("rd")
    growing.flush()
    assert found(store, "wo ") == [] and found(store, "word ") == ["a half [word]"]


def test_a_query_without_words_finds_nothing(store: Store, chat: int) -> None:
    for words in ("", " ", '"', '""', "* - ( ) ^ :", "\x00", "\ud800", "\u0301"):
        assert store.search(words) == []


def test_a_mark_without_a_letter_hides_nothing(store: Store, chat: int) -> None:
    store.add(chat, "you", "hello", after=None)
    assert store.search("\u0301 hello") == store.search("hello") != []


CHARACTERS = st.sampled_from("ab\"'* ()^:+-{}.,\x00éN\u0301\U0001f600\ud800") | st.characters()


def test_no_query_is_an_error(store: Store, chat: int) -> None:
    @given(st.text(CHARACTERS))
    def sought(words: str) -> None:
        store.search(words)

    sought()
    for words in ("NEAR(a b)", "a AND", "text:a", "a NOT b", "^a", "a*b", "{a}"):
        store.search(words)
