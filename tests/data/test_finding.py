"""A corpus is named by its file, by its name in the table, or by its file in `RNNTUI_DATA`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from rnntui.data import named
from rnntui.data.finding import (
    absolute_corpora,
    download_path,
    find_corpora,
    find_named,
    named_corpus,
    place,
)
from rnntui.data.reading import read_text
from rnntui.errors import CorpusError, RnntuiError
from rnntui.files import FileProblem

NOVEL = b"Chapter 1\r\n\r\nAll happy families\r\n\r\n"
RAW = NOVEL + b"*** END OF THIS PROJECT GUTENBERG EBOOK NOVEL ***\r\nlicence\r\n"
WORDS = b"chapter 1 all happy families *** end of this project gutenberg ebook novel *** licence"
POEMS = b"Tyger, tyger\n"


def entry(name: str, raw: bytes, text: bytes | None = None, **values: str) -> str:
    """An entry of the table."""
    facts: dict[str, object] = {"task": "text", "about": "a text", "licence": "free"}
    if "of" not in values:
        facts |= {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    if text is not None:
        facts |= {"text_bytes": len(text), "text_sha256": hashlib.sha256(text).hexdigest()}
    lines = [f"{key} = {value!r}" for key, value in (facts | values).items()]
    return "\n".join([f"[{name}]", *lines, ""])


@pytest.fixture(autouse=True)
def table(tmp_path, monkeypatch):
    """A table of small corpora instead of the package's."""
    file = tmp_path / "corpora.toml"
    url = "http://127.0.0.1:9/never"
    file.write_text(
        entry("novel", RAW, NOVEL, file="my_novel.txt", url=url, cleaning="gutenberg")
        + entry("novel-words", RAW, WORDS, of="novel", cleaning="words")
        + entry("poems", POEMS, file="poems.txt", url=url)
        + entry("verse", POEMS[::-1], file="old_verse.txt", by_hand="all verse, a line each")
        + entry("prices", b"Date,Close\n", file="prices.csv", url=url, task="series")
    )

    def forget() -> None:
        named.corpora.cache_clear()
        named._spellings.cache_clear()

    monkeypatch.setattr(named, "_TABLE", file)
    forget()
    yield
    monkeypatch.undo()
    forget()


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The folder that `RNNTUI_DATA` names."""
    made = tmp_path / "corpora"
    made.mkdir()
    monkeypatch.setenv("RNNTUI_DATA", str(made))
    return made


def found(name: str, **how) -> Path:
    (path,) = find_corpora([name], **how)
    return path


@pytest.mark.parametrize("ending", ["", ".txt", ".txt.gz"])
def test_a_name_is_looked_up_in_the_folder_of_corpora(folder, ending):
    (folder / f"tiny{ending}").write_text("x")
    assert found("tiny") == folder / f"tiny{ending}"


def test_a_file_here_comes_before_a_corpus_of_that_name(folder, monkeypatch):
    (folder / "poems").write_text("there")
    monkeypatch.chdir(folder.parent)
    (folder.parent / "poems").write_text("here")
    assert found("poems") == Path("poems")


def test_a_folder_here_does_not_hide_a_corpus_of_that_name(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    (folder.parent / "poems").mkdir()
    (folder.parent / "other").mkdir()
    (folder / "poems.txt").write_bytes(POEMS)
    assert found("poems") == folder / "poems.txt"
    assert found("other") == Path("other")
    assert absolute_corpora(["poems", "other"]) == ("poems", str(folder.parent / "other"))


def test_a_missing_name_says_where_it_is_looked_for():
    with pytest.raises(CorpusError, match=r"fetch it: rnntui data get poems; or .* RNNTUI_DATA"):
        found("poems")
    with pytest.raises(CorpusError, match=r"no corpus 'absent'; .* RNNTUI_DATA"):
        found("absent")


def test_a_name_misspelt_gets_the_nearest():
    for ask in (found, named_corpus):
        with pytest.raises(CorpusError, match="no corpus 'peoms'; did you mean poems"):
            ask("peoms")


def test_a_path_that_is_missing_is_left_to_the_reader(folder):
    assert find_corpora(["missing.txt", "a/b"]) == [Path("missing.txt"), Path("a/b")]


@pytest.mark.parametrize("file", ["my_novel.txt", "novel", "novel.txt", "novel.txt.gz"])
def test_a_named_corpus_is_cleaned_wherever_it_lies(folder, file):
    (folder / file).write_bytes(RAW)
    for name in ("novel", "Novel"):
        path = found(name, say=pytest.fail)
        assert path.name == "novel.txt"
        assert path.read_bytes() == NOVEL


def test_a_derived_corpus_is_made_from_the_file_of_another(folder):
    (folder / "my_novel.txt").write_bytes(RAW)
    path = found("novel-words", say=pytest.fail)
    assert (path.name, path.read_bytes()) == ("novel-words.txt", WORDS)
    assert found("novel").read_bytes() == NOVEL


def test_somebodys_own_text_of_that_name_is_read_as_it_is(folder):
    said: list[str] = []
    (folder / "novel.txt").write_bytes(RAW + b"more")
    assert found("novel", say=said.append) == folder / "novel.txt"
    assert said == [
        f"note: {folder / 'novel.txt'} is not the registered novel; it is read as it is"
    ]
    (folder / "old_verse.txt").write_bytes(b"own verse")
    assert found("verse", say=said.append) == folder / "old_verse.txt"
    assert len(said) == 2


def test_the_registered_file_comes_before_somebodys_own(folder):
    (folder / "novel.txt").write_bytes(b"another")
    (folder / "my_novel.txt").write_bytes(RAW)
    assert found("novel", say=pytest.fail).read_bytes() == NOVEL


def test_a_text_already_cleaned_is_the_corpus(folder):
    (folder / "novel.txt").write_bytes(NOVEL)
    assert found("novel", say=pytest.fail) == folder / "novel.txt"


def test_words_are_not_made_from_another_text(folder):
    (folder / "my_novel.txt").write_bytes(RAW + b"more")
    with pytest.raises(CorpusError, match="fetch it: rnntui data get novel-words"):
        found("novel-words")


def test_a_raw_file_given_by_its_path_is_known_by_its_content(tmp_path, folder):
    file = tmp_path / "downloaded.txt"
    file.write_bytes(RAW)
    (folder / "elsewhere.txt").write_bytes(RAW)
    said: list[str] = []
    for name in (str(file), "elsewhere", "elsewhere.txt"):
        assert found(name, say=said.append).read_bytes() == NOVEL
    assert said[0] == (
        f"note: {file} is read as the named corpus novel, "
        "without Project Gutenberg's header and licence"
    )
    assert len(said) == 3


def test_any_other_file_is_read_as_it_is(tmp_path):
    file = tmp_path / "my_novel.txt"
    same_size = RAW.replace(b"happy", b"HAPPY")
    for content in (same_size, RAW + b"x", NOVEL, POEMS, b""):
        file.write_bytes(content)
        assert found(str(file), say=pytest.fail) == file


def test_a_corpus_that_is_not_here_is_fetched_once(folder):
    asked: list[str] = []

    def fetch(corpus, path):
        asked.append(corpus.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(RAW)

    for name in ("novel", "novel-words", "novel"):
        assert found(name, fetch=fetch).name == f"{name}.txt"
    assert asked == ["novel"]
    assert found("novel", say=pytest.fail).read_bytes() == NOVEL


def test_what_lies_in_the_folder_is_not_fetched(folder):
    (folder / "poems.txt").write_bytes(POEMS)
    assert found("poems", fetch=lambda *_: pytest.fail("fetched")) == folder / "poems.txt"


def test_a_damaged_download_is_fetched_again():
    damaged = download_path(named_corpus("poems"))
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(POEMS[::-1])
    assert found("poems", fetch=lambda _, path: path.write_bytes(POEMS)) == damaged


def test_what_has_no_address_says_how_it_is_made():
    with pytest.raises(CorpusError) as refused:
        found("verse", fetch=lambda *_: pytest.fail("fetched"))
    assert str(refused.value) == (
        "verse is not here and has no address to download it from; put old_verse.txt into the "
        "folder that RNNTUI_DATA names (all verse, a line each); see docs/data.md"
    )


def test_a_series_is_no_text_but_can_be_found(folder):
    (folder / "prices.csv").write_bytes(b"Date,Close\n")
    with pytest.raises(CorpusError, match="prices is no text"):
        found("prices")
    assert find_named(named_corpus("prices")) == folder / "prices.csv"


def test_a_place_is_told_without_reading(folder):
    assert [place(c) for c in named.corpora().values()] == [
        "download", "download", "download", "by hand", "download"
    ]  # fmt: skip
    (folder / "my_novel.txt").write_bytes(RAW)
    (folder / "old_verse.txt").write_bytes(POEMS[::-1])
    downloaded = download_path(named_corpus("poems"))
    downloaded.parent.mkdir(parents=True)
    downloaded.write_bytes(POEMS)
    assert [place(c) for c in named.corpora().values()] == ["here"] * 4 + ["download"]


def test_words_that_are_no_names_are_no_crash(folder):
    for word in ("", ".", "..", "x" * 5000, "a\0b", "caf\udce9"):
        try:
            path = found(word)
        except CorpusError as error:
            assert error.fix
            continue
        with pytest.raises(RnntuiError):
            list(read_text([path]))


def test_a_folder_of_corpora_that_is_missing_holds_nothing(monkeypatch):
    for folder in ("/nowhere", "~nobody-of-that-name/x"):
        monkeypatch.setenv("RNNTUI_DATA", folder)
        with pytest.raises(CorpusError, match="poems is not here"):
            found("poems")


def test_a_cache_that_cannot_be_written_is_told(folder, home):
    (folder / "my_novel.txt").write_bytes(RAW)
    home.mkdir()
    (home / "cache").write_text("in the way")
    with pytest.raises(FileProblem, match="cannot write"):
        found("novel")
