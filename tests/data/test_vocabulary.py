"""Text to indices and back: nothing a prompt can hold raises, and what changed is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.data.vocabulary import Vocabulary, explain, name_of

ANY = st.text()  # surrogates included, as Python's argv can hold them
REAL = st.text(st.characters(exclude_categories=["Cs"]))
ALPHABET = st.sets(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


@given(REAL, ALPHABET)
def test_characters_come_back(text, more):
    vocabulary = Vocabulary.of_characters({*text, *more})
    encoded = vocabulary.encode(text)
    assert not encoded.mapped and not encoded.dropped
    assert vocabulary.decode(encoded.ids) == text
    assert encoded.ids.dtype == vocabulary.dtype
    assert vocabulary.encode_known(text)[0].tolist() == encoded.ids.tolist()


@given(REAL)
def test_bytes_come_back(text):
    vocabulary = Vocabulary.of_bytes()
    encoded = vocabulary.encode(text)
    assert encoded.ids.tobytes() == text.encode()
    assert vocabulary.decode(encoded.ids) == text


@given(ANY, ALPHABET, st.booleans())
def test_strangers_are_mapped_or_dropped_and_never_raise(text, alphabet, lowercase):
    vocabulary = Vocabulary.of_characters(alphabet, lowercase)
    encoded = vocabulary.encode(text)
    read = text.lower() if lowercase else text
    strangers = set(read) - alphabet
    assert {*encoded.mapped, *encoded.dropped} == strangers
    assert not {*encoded.mapped} & {*encoded.dropped}
    assert all(set(relative) <= alphabet for relative in encoded.mapped.values())
    stands_for = {**{c: c for c in alphabet}, **encoded.mapped}
    assert vocabulary.decode(encoded.ids) == "".join(stands_for.get(c, "") for c in read)
    for sentence in explain(encoded):
        sentence.encode("utf-8")


@given(ANY, st.booleans())
def test_bytes_take_any_text(text, lowercase):
    Vocabulary.of_bytes(lowercase).encode(text)


@given(ANY, ALPHABET)
def test_a_long_text_is_encoded_without_its_strangers(text, alphabet):
    vocabulary = Vocabulary.of_characters(alphabet)
    ids, left_out = vocabulary.encode_known(text)
    assert vocabulary.decode(ids) == "".join(c for c in text if c in alphabet)
    assert left_out == sum(c not in alphabet for c in text)


@pytest.mark.parametrize(
    ("stranger", "relative"),
    [("’", "'"), ("“", '"'), ("é", "e"), ("Ö", "O"), ("—", "-"), ("…", "..."), ("ﬁ", "fi"),
     ("ß", "ss"), ("\u00a0", " "), ("\t", " "), ("Q", "q"), ("z", "Z"), ("Ａ", "A")],
)  # fmt: skip
def test_a_stranger_is_read_as_its_nearest_relative(stranger, relative):
    vocabulary = Vocabulary.of_characters("'\"eO-. fisqZA")
    encoded = vocabulary.encode(stranger)
    assert encoded.mapped == {stranger: relative}
    assert vocabulary.decode(encoded.ids) == relative


def test_a_relative_is_taken_only_whole():
    encoded = Vocabulary.of_characters("f").encode("ﬁ")
    assert encoded.dropped == ("ﬁ",)
    assert len(encoded.ids) == 0


def test_lower_case_models_read_lower_case():
    vocabulary = Vocabulary.of_characters("abc", lowercase=True)
    assert vocabulary.decode(vocabulary.encode("AbC").ids) == "abc"
    assert not vocabulary.encode("AbC").mapped
    assert Vocabulary.of_bytes(lowercase=True).encode("Ä").ids.tobytes() == "ä".encode()


def test_what_was_changed_is_told_once_each_and_not_endlessly():
    vocabulary = Vocabulary.of_characters("e")
    mapped, dropped = explain(vocabulary.encode("é\x1b" + "é" * 50 + "日" + "\u202e"))
    assert mapped.count("é") == 1
    assert "U+001B" in dropped and "U+202E" in dropped and "日" in dropped
    assert list(explain(vocabulary.encode("e"))) == []
    many = vocabulary.encode("".join(map(chr, range(0x4E00, 0x4E00 + 500))))
    assert len(next(explain(many))) < 200


@given(st.characters())
def test_a_characters_name_can_always_be_shown(character):
    assert name_of(character).isprintable()


@given(st.binary(max_size=60))
def test_a_decoder_gives_what_decoding_whole_gives(content):
    vocabulary = Vocabulary.of_bytes()
    decoder = vocabulary.decoder()
    text = "".join(decoder.push(byte) for byte in content) + decoder.flush()
    assert text == vocabulary.decode(content)


def test_a_character_of_several_bytes_comes_whole():
    decoder = Vocabulary.of_bytes().decoder()
    assert [decoder.push(byte) for byte in "a日".encode()] == ["a", "", "", "日"]
    assert decoder.flush() == ""


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xff", "\ufffd"),
        (b"\xe6\x97a", "\ufffda"),
        (b"\xe6\x97", "\ufffd"),
        (b"\x80b", "\ufffdb"),
    ],
)
def test_broken_characters_become_marks_and_the_rest_goes_on(content, text):
    decoder = Vocabulary.of_bytes().decoder()
    assert "".join(map(decoder.push, content)) + decoder.flush() == text


@given(st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=20))
def test_a_decoder_goes_back_in_the_middle_of_a_character(before, one, other):
    vocabulary = Vocabulary.of_bytes()
    decoder = vocabulary.decoder()
    head = "".join(map(decoder.push, before))
    place = decoder.snapshot()
    "".join(map(decoder.push, one))
    decoder.restore(place)
    text = head + "".join(map(decoder.push, other)) + decoder.flush()
    assert text == vocabulary.decode(before + other)


@pytest.mark.parametrize(
    ("size", "dtype"),
    [(1, "uint8"), (256, "uint8"), (257, "uint16"), (65536, "uint16"), (65537, "uint32")],
)
def test_indices_take_the_smallest_type_that_holds_them(size, dtype):
    characters = [chr(code) for code in range(0x10000, 0x10000 + size)]
    vocabulary = Vocabulary.of_characters(characters)
    assert vocabulary.dtype == dtype
    assert vocabulary.decode(vocabulary.encode(characters[-1]).ids) == characters[-1]


def test_a_vocabulary_survives_its_configuration():
    vocabulary = Vocabulary("char", ("b", "a"), lowercase=True)
    assert Vocabulary.from_config(vocabulary.to_config()) == vocabulary
