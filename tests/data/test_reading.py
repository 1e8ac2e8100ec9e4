"""Reading text files: text comes out the same however it was stored, the rest is refused."""

from __future__ import annotations

import codecs
import gzip
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnntui.data.reading import read_text
from rnntui.errors import CorpusError, RnntuiError

CHUNK = 1 << 20


def write(folder: Path, content: bytes, name: str = "text.txt") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(*paths: Path, **options: object) -> str:
    return "".join(read_text(paths, **options))  # type: ignore[arg-type]


def complaint(path: Path, **options: object) -> str:
    with pytest.raises(CorpusError) as caught:
        read(path, **options)
    assert caught.value.fix
    return str(caught.value)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_newlines_mark_and_packing_leave_no_trace(tmp_path, newline, mark, pack):
    text = "naïve\n日本\n\n🙂 end"
    path = write(tmp_path, pack(mark + text.replace("\n", newline).encode()))
    assert read(path) == text


@pytest.mark.parametrize("before", range(CHUNK - 4, CHUNK + 1))
@pytest.mark.parametrize("straddler", ["\r\n", "é", "日", "🙂", "\r", "\r\r\n\n"])
def test_what_straddles_a_chunk_border_stays_whole(tmp_path, before, straddler):
    path = write(tmp_path, b"a" * before + straddler.encode() + b"b")
    expected = "a" * before + straddler.replace("\r\n", "\n").replace("\r", "\n") + "b"
    assert read(path) == expected


def test_a_carriage_return_at_the_very_end_is_a_newline(tmp_path):
    assert read(write(tmp_path, b"a\r")) == "a\n"


def test_a_mark_inside_the_text_is_a_character_of_it(tmp_path):
    assert read(write(tmp_path, b"a\xef\xbb\xbfb")) == "a\ufeffb"


def test_files_are_joined_with_a_newline_between_only_where_one_is_missing(tmp_path):
    files = [
        write(tmp_path, content, f"{number}.txt")
        for number, content in enumerate([b"one", b"two\r\n", b"", gzip.compress(b"three"), b"4"])
    ]
    assert read(*files) == "one\ntwo\nthree\n4"


def test_lower_case_where_asked(tmp_path):
    assert read(write(tmp_path, "ÀB ẞ".encode()), lowercase=True) == "àb ß"


def test_an_empty_file_is_an_empty_text(tmp_path):
    assert read(write(tmp_path, b"")) == ""
    assert read(write(tmp_path, gzip.compress(b""))) == ""
    assert read(write(tmp_path, codecs.BOM_UTF8)) == ""


def test_binary_data_are_refused(tmp_path):
    assert "zero bytes" in complaint(write(tmp_path, b"abc\0def"))
    assert "zero bytes" in complaint(write(tmp_path, b"abc\0def"), errors="replace")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_named_with_the_way_to_convert_it(tmp_path, encoding):
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    message = complaint(write(tmp_path, mark + "hello".encode(encoding)))
    assert "UTF-16" in message
    assert "iconv" in message


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_invalid_utf8_is_placed_by_line_and_byte(tmp_path, newline, mark, pack):
    content = mark + newline.join([b"one", "zwölf".encode(), "日本".encode() + b"x\xffy", b"end"])
    path = write(tmp_path, pack(content))
    message = complaint(path)
    assert "line 3, byte 8 (0xff)" in message
    assert "--errors replace" in message


@pytest.mark.parametrize("before", range(CHUNK - 5, CHUNK + 2))
@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_invalid_utf8_is_placed_right_beside_a_chunk_border(tmp_path, before, newline):
    message = complaint(write(tmp_path, b"a" * before + newline + b"\xe6\x97" + b"z"))
    assert "line 2, byte 1 (0xe6)" in message
    message = complaint(write(tmp_path, b"b" + newline + b"a" * before + b"\xe6\x97z"))
    assert f"line 2, byte {before + 1} (0xe6)" in message


def test_a_character_cut_off_at_the_end_is_invalid(tmp_path):
    assert "line 1, byte 3 (0xf0)" in complaint(write(tmp_path, b"ab\xf0\x9f"))


def test_invalid_bytes_can_be_read_as_replacement_characters(tmp_path):
    assert read(write(tmp_path, b"a\xffb\xc3"), errors="replace") == "a\ufffdb\ufffd"


def test_a_long_line_of_invalid_text_takes_little_memory(tmp_path):
    path = write(tmp_path, b"a" * (32 * CHUNK) + b"\xff")
    tracemalloc.start()
    with pytest.raises(CorpusError, match=f"byte {32 * CHUNK + 1}"):
        for _ in read_text([path]):
            pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * CHUNK


def test_missing_files_and_folders_are_named(tmp_path):
    assert "does not exist" in complaint(tmp_path / "none.txt")
    assert "is a folder" in complaint(tmp_path)
    with pytest.raises(RnntuiError):
        read(write(tmp_path, b"") / "below")


@pytest.mark.parametrize("cut", [3, 12, 40, -1])
def test_cut_off_or_damaged_gzip_is_refused(tmp_path, cut):
    packed = gzip.compress(bytes(range(33, 127)) * 20)
    assert "gzip" in complaint(write(tmp_path, packed[:cut]))


def test_gzip_with_a_wrong_checksum_is_refused(tmp_path):
    packed = bytearray(gzip.compress(b"hello hello hello"))
    packed[-6] ^= 1
    assert "gzip" in complaint(write(tmp_path, bytes(packed)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_sentence(tmp_path, content):
    path = write(tmp_path, content)
    try:
        text = read(path)
    except RnntuiError:
        return
    assert "\r" not in text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1))
def test_any_text_comes_back(tmp_path, text):
    path = write(tmp_path, b"x" + text.encode())
    assert read(path) == "x" + text.replace("\r\n", "\n").replace("\r", "\n")
