"""The report: well-formed, self-contained, and never obeying the text it shows."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from rnntui.compare.comparison import compare
from rnntui.compare.page import page_of
from rnntui.compare.writing import Assignment

ALONE = {"meta", "br", "line", "circle", "polyline", "rect"}
HOSTILE = "<script>alert('1')</script>\"'& \u202e\x1b[2J"


class Page(HTMLParser):
    """Checks that tags are balanced; keeps elements, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in ALONE
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data


def report(*names: str, **assignment) -> tuple[str, Page]:
    comparison = compare(names, Assignment(**{"length": 30, **assignment}))
    page = page_of(comparison)
    return page, Page(page)


def test_it_shows_curves_tables_samples_and_settings(make_run):
    make_run("quick", [3.0, 2.5], recipe={"lr": 0.1})
    make_run("deep", [2.9, 2.2, 2.1], recipe={"lr": 0.2})
    page, read = report("quick", "deep", prompt="to be")
    assert read.tags.count("pre") == 10
    # Validation and training against epochs and time, loss by parameters, the gradient.
    assert sum(value == "chart" for name, value in read.attributes if name == "class") == 6
    for said in ("After 2 epochs deep leads with 2.200", "Temperature 0.3", "Settings that differ",
                 "Figure 1.", "validation loss", "to be", "2.1000"):  # fmt: skip
        assert said in read.text
    # Each curve has its own dashes, and its name stands beside it.
    labels = re.findall(r'<text class="label"[^>]*>([^<]*)</text>', page)
    assert labels.count("quick") == labels.count("deep") == 6
    dashes = set(re.findall(r'<polyline class="curve"[^>]*?(stroke-dasharray="[^"]*")?/>', page))
    assert len(dashes) == 2


def test_it_loads_nothing_and_runs_nothing(make_run):
    make_run("mine", [3.0, 2.0])
    page, read = report("mine")
    assert not re.search(r"https?:|url\(|@import|javascript:", page)
    assert not {"script", "link", "img", "iframe", "object", "a"} & set(read.tags)
    names = {name for name, _ in read.attributes}
    assert not {"src", "href", "xlink:href"} & names
    assert not any(name.startswith("on") for name in names)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("where", ["corpus", "folder", "recipe", "prompt", "symbols"])
def test_hostile_text_is_shown_and_not_obeyed(make_run, where):
    name = "<script>alert(1)<script> & co" if where == "folder" else "mine"
    make_run(
        name, [3.0, 2.0],
        data={"name": HOSTILE} if where == "corpus" else None,
        recipe={"sample_prompt": HOSTILE} if where == "recipe" else None,
        symbols=tuple("</pre><script>&\"'") if where == "symbols" else ("a", "\n"),
    )  # fmt: skip
    make_run("other", [3.0, 2.0])
    page, read = report(name, "other", prompt=HOSTILE if where == "prompt" else "")
    assert "<script" not in page
    assert "script" not in read.tags
    assert "\x1b" not in page and "\u202e" not in page
    if where not in ("symbols", "folder"):
        assert "<script>alert('1')</script>" in read.text


def test_a_run_without_anything_still_makes_a_page(make_run):
    folder = make_run("mine")
    (folder / "best" / "config.json").write_text("{")
    _, read = report("mine")
    assert "1 network compared" in read.text
    assert "cannot be read" in read.text


@pytest.mark.parametrize(
    "losses", [[2.0], [2.0, 2.0], [0.0, 0.0], [1e-9, 999999.0], [None, None], [5.0, None, 4.0]]
)
def test_any_losses_make_curves_of_finite_places(make_run, losses):
    make_run("mine", losses)
    make_run("other", [3.0, 2.0])
    page, _ = report("mine", "other", length=0)
    assert not re.search(r'["=, ]-?(nan|inf)', page)


def test_many_contenders_look_different(make_run):
    names = [f"run-{n}" for n in range(20)]
    for number, name in enumerate(names):
        make_run(name, [3.0, 2.0 + number / 100])
    page, _ = report(*names, length=0)
    looks = set()
    for group, curve in re.findall(r'<g class="(c\d)"><title>[^<]*</title>(<polyline[^>]*>)', page):
        looks.add((group, re.sub(r'points="[^"]*"', "", curve)))
    assert len(looks) == 20


def test_losses_of_different_texts_share_no_figure(make_run):
    make_run("a", [3.0, 2.0])
    make_run("b", [3.0, 2.0], text="another text", data={"name": "other-text"})
    page, read = report("a", "b", length=0)
    assert "not comparable" in read.text
    charts = re.findall(r'<svg class="chart".*?</svg>', page)
    assert charts
    assert not any("<title>a</title>" in c and "<title>b</title>" in c for c in charts)


def test_what_is_copied_is_marked(make_run, tmp_path, monkeypatch):
    text = "aaaaaaaaab" * 200
    (tmp_path / "letters.txt").write_text(text)
    monkeypatch.setenv("RNNTUI_DATA", str(tmp_path))
    make_run("mine", [2.0], symbols=("a", "b"), text=text, data={"name": "letters"},
             recipe={"corpus": ("letters",)})  # fmt: skip
    page, read = report("mine", length=60)
    assert "<mark>" in page and "of 8-grams copied, longest run" in read.text
    assert "Does it copy?" in read.text and "held-out pages" in read.text
