"""The table of named corpora holds together, and says what it should."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
import pytest

from rnntui.data import named
from rnntui.data.named import corpora, lookup, named_table, nearest
from rnntui.recipes.catalog import load_recipe, names

CORPORA = os.environ.get("RNNTUI_DATA", "")  # before the tests' own home hides it
ALL = list(corpora().values())


@pytest.mark.parametrize("corpus", ALL, ids=lambda corpus: corpus.name)
def test_an_entry_is_sound(corpus):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", corpus.name)
    assert Path(corpus.file).name == corpus.file
    assert corpus.about and corpus.licence
    ways = (corpus.url, corpus.by_hand, corpus.computed, corpus.hub)
    assert [bool(way) for way in ways].count(True) == 1
    assert bool(corpus.cleaning) == bool(corpus.text_sha256) == bool(corpus.text_bytes)
    for text in (corpus.about, corpus.licence, corpus.by_hand):
        assert not re.search(r"[|\n\x00-\x1f]", text)


@pytest.mark.parametrize("corpus", [c for c in ALL if c.url], ids=lambda corpus: corpus.name)
def test_an_address_is_pinned_to_a_commit(corpus):
    parts = urlsplit(corpus.url)
    assert (parts.scheme, parts.netloc) == ("https", "raw.githubusercontent.com")
    assert re.fullmatch(r"[0-9a-f]{12}|[0-9a-f]{40}", parts.path.split("/")[3])
    assert Path(unquote(parts.path)).suffix == Path(corpus.file).suffix


@pytest.mark.parametrize("corpus", [c for c in ALL if c.hub], ids=lambda corpus: corpus.name)
def test_files_of_the_hub_are_pinned_to_a_commit_and_have_names_of_their_own(corpus):
    for part in corpus.hub:
        parts = urlsplit(part.url)
        assert (parts.scheme, parts.netloc) == ("https", "huggingface.co")
        assert re.search(r"/resolve/[0-9a-f]{40}/", parts.path)
        assert part.file.startswith(corpus.name.partition("-")[0]) and part.part in part.file
    assert len({part.file for part in corpus.hub}) == len(corpus.hub)
    assert corpus.page == "https://huggingface.co/datasets/stanfordnlp/imdb"


def test_no_two_corpora_answer_to_one_name():
    spellings = [name for corpus in ALL for name in (corpus.name, *corpus.aliases)]
    assert len(spellings) == len(set(spellings))


def test_a_derived_corpus_has_the_file_of_the_one_it_is_made_of():
    words, hamlet = corpora()["hamlet-words"], corpora()["hamlet"]
    for field in ("file", "bytes", "sha256", "url", "licence"):
        assert getattr(words, field) == getattr(hamlet, field)
    assert (words.of, hamlet.of) == ("hamlet", "")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("anna", "anna"), ("War_and_Peace", "war-and-peace"), ("warpeace_input", "war-and-peace"),
     ("shakespeare-hamlet", "hamlet"), ("TINYSHAKESPEARE", "tinyshakespeare"),
     ("imdb_unsup", "imdb-unsup"), ("self_dialogue", "self-dialogue")],
)  # fmt: skip
def test_a_corpus_is_known_by_its_aliases_in_any_spelling(typed, name):
    found = lookup(typed)
    assert found
    assert found.name == name


def test_no_corpus_answers_to_anything_else():
    for word in ("", "hamlt", "anna.txt", "../anna", "\0", "x" * 10_000):
        assert lookup(word) is None


def test_the_nearest_names_are_found_also_through_an_alias():
    assert nearest("hamlt")[0] == "hamlet"
    assert nearest("warpeac") == ["war-and-peace"]
    assert nearest("Self_Dialog")[0] == "self-dialogue"
    assert nearest("zzzzz") == []


def test_what_may_not_be_sold_says_so():
    daily = [corpus for corpus in ALL if corpus.name.startswith("dailydialog")]
    assert len(daily) == 3
    assert all("non-commercial" in corpus.licence for corpus in daily)


def test_every_recipe_in_the_package_names_a_corpus_of_the_table_or_brings_its_text():
    for name in names():
        recipe = load_recipe(name)
        assert getattr(recipe, "text", "") or recipe.corpus, name
        assert all(lookup(corpus) for corpus in recipe.corpus), name


def test_the_page_about_data_shows_the_table():
    page = Path(__file__).parents[2] / "docs" / "data.md"
    assert named_table() in page.read_text("utf-8")
    assert named_table().count("\n") == len(ALL) + 2


def test_a_table_with_a_wrong_key_is_no_table(tmp_path, monkeypatch):
    table = tmp_path / "corpora.toml"
    table.write_text('[x]\ntask = "text"\nabout = "x"\nlicense = "?"\n')
    monkeypatch.setattr(named, "_TABLE", table)
    with pytest.raises(msgspec.ValidationError):
        corpora.__wrapped__()


@pytest.mark.skipif(not CORPORA, reason="RNNTUI_DATA names no folder of corpora")
@pytest.mark.parametrize("corpus", [c for c in ALL if not c.of], ids=lambda corpus: corpus.name)
def test_a_file_is_as_registered(corpus):
    file = Path(CORPORA, corpus.file)
    if not file.is_file():
        pytest.skip("not here")
    content = file.read_bytes()
    assert len(content) == corpus.bytes
    assert hashlib.sha256(content).hexdigest() == corpus.sha256
