"""Pushing a model: what becomes public, what is asked, and one commit by the real client."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard

from rnntui.checkpoints.folder import CARD, CONFIG, HISTORY, SAMPLES, WEIGHTS
from rnntui.checkpoints.hub.names import HubName
from rnntui.checkpoints.hub.pull import pull
from rnntui.cli.main import app
from rnntui.inference.models import load
from tests.conftest import MakeModel, command
from tests.hub.server import Hub, User, answer, cut

CARD_TEXT = "---\nlicense: mit\n---\n# Mine\n"


@pytest.fixture(autouse=True)
def logged_in(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """As anna, by plain HTTP."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", "secret")
    hub.users["secret"] = User("anna")


@pytest.fixture
def trained(make_model: MakeModel, home: Path) -> Path:
    """A run `mine` with all its files, trained on a text of this machine."""
    run = home / "data" / "runs" / "mine"
    best = make_model(folder=run / "best", layers=2)
    config = json.loads((best / CONFIG).read_text())
    config["recipe"] = {"corpus": ["/home/anna/letters/love.txt", "hamlet"], "seed": 1, "lr": 0.01}
    config["metrics"] = {"val_loss": 1.5, "epoch": 3.0, "seconds": 60.0}
    config["data"]["name"] = "love"
    (best / CONFIG).write_text(json.dumps(config))
    (run / HISTORY).write_text('{"step":1}\n')
    (run / SAMPLES).write_text("# Samples\n\n## epoch 3 · step 9\n\n```text\nsome text\n```\n")
    (run / "notes.txt").write_text("nobody's business")
    (run / "recipe.toml").write_text('corpus = ["/home/anna/letters/love.txt"]')
    return run


def push(*arguments: str | Path) -> None:
    """The command line in this process, asked nothing."""
    assert not app(["push", *map(str, arguments), "--yes"], standalone_mode=False)


def pushed(hub: Hub, name: str = "anna/mine") -> dict[str, bytes]:
    """What lies there, but for what the Hub itself put there."""
    head = hub.repos[name].at("main")
    assert head
    return {path: file.content for path, file in head.files.items() if path != ".gitattributes"}


def test_it_goes_in_one_commit_weights_by_the_large_file_storage(hub, trained, capfdbinary):
    push("mine", "anna/mine", "--private", "--json")
    told = json.loads(capfdbinary.readouterr()[0])
    repo = hub.repos["anna/mine"]
    made, model = repo.commits
    assert set(made.files) == {".gitattributes"}
    assert repo.private and told["private"] and told["commit"] == model.sha
    files = pushed(hub)
    assert files.keys() == {CONFIG, WEIGHTS, HISTORY, SAMPLES, CARD}
    assert files[WEIGHTS] == (trained / "best" / WEIGHTS).read_bytes()
    assert model.files[WEIGHTS].large and len(hub.requests("PUT /upload/")) == 1
    assert {file["name"]: file["bytes"] for file in told["files"]} == {
        name: len(content) for name, content in files.items()
    }


def test_no_path_of_this_machine_goes_along(hub, trained, capfdbinary):
    push("mine", "anna/mine")
    stdout, stderr = capfdbinary.readouterr()
    assert stdout.decode() == f"{hub.url}/anna/mine\n"
    assert "not told: /home/anna/letters/love.txt becomes love.txt" in stderr.decode()
    assert b"letters" not in b"".join(pushed(hub).values())
    config = json.loads(pushed(hub)[CONFIG])
    assert config["recipe"] == {"corpus": ["love.txt", "hamlet"], "seed": 1, "lr": 0.01}
    assert "letters" not in hub.repos["anna/mine"].commits[-1].message
    assert "/home/anna" in (trained / "best" / CONFIG).read_text()  # here it stays


def test_what_is_pushed_runs_and_its_card_loads_it_in_plain_torch(
    hub, trained, tmp_path, monkeypatch
):
    push("mine", "anna/mine", "--license", "mit", "--dataset", "anna/letters")
    there = tmp_path / "there"
    there.mkdir()
    for name, content in pushed(hub).items():
        (there / name).write_bytes(content)
    session = load(there).session(seed=0)
    session.feed("abcd")
    monkeypatch.chdir(there)
    found: dict[str, Any] = {}
    lines = (there / CARD).read_text().split("```python\n")[1].partition("```")[0]
    exec(lines, found)
    assert found["logits"].shape[-1] == len(session.logits)
    assert abs(found["logits"].detach().numpy().ravel()[-1] - session.logits[-1]) < 1e-4

    data = ModelCard.load(there / CARD).data
    assert (data.library_name, data.pipeline_tag) == ("rnntui", "text-generation")
    assert (data.license, data.datasets) == ("mit", ["anna/letters"])
    assert "rnntui" in data.tags
    (result,) = data.eval_results
    assert (result.metric_type, result.metric_value, result.dataset_name) == (
        "val_loss",
        1.5,
        "love",
    )


def test_what_was_pushed_is_pulled_and_writes_the_same(hub, trained):
    push("mine", "anna/mine")
    there = load(pull(HubName("anna/mine")).folder)
    here = load(trained)
    assert "".join(there.generate("abc", 40, seed=1)) == "".join(here.generate("abc", 40, seed=1))


def test_a_card_of_ones_own_goes_with_what_the_hub_needs_in_its_header(hub, trained):
    (trained / "best" / CARD).write_text(CARD_TEXT)
    push("mine", "anna/mine")
    card = ModelCard(pushed(hub)[CARD].decode())
    assert card.text.strip() == "# Mine"
    assert (card.data.license, card.data.library_name) == ("mit", "rnntui")
    assert hub.repos["anna/mine"].tags.count("rnntui") == 2  # as library, and as tag


def test_a_dry_run_shows_all_and_asks_nobody(hub, trained, capfdbinary):
    app(["push", "mine", "anna/mine", "--private", "--dry-run"], standalone_mode=False)
    shown = capfdbinary.readouterr()[0].decode()
    for part in ("private, new", "model.safetensors", "kB", "love.txt", "56 characters of its",
                 "library_name: rnntui", "names no licence"):  # fmt: skip
        assert part in shown
    assert not hub.asked


def test_it_asks_on_a_terminal_and_takes_no_for_an_answer(hub, trained, refusal):
    assert "no terminal to ask on" in refusal("push", "mine", "anna/mine").complaint
    assert not hub.asked
    line = subprocess.list2cmdline(command("push", "mine", "anna/mine"))
    child = subprocess.run(
        ["script", "-qec", line, "/dev/null"], input=b"n\n", capture_output=True, timeout=120
    )
    assert child.returncode == 130
    assert b"push it to anna/mine? [y/N]" in child.stdout
    assert "anna/mine" not in hub.repos


def test_a_second_push_replaces_and_a_card_that_differs_there_is_kept(hub, trained, capfdbinary):
    push("mine", "anna/mine")
    theirs = pushed(hub)[CARD].replace(b"# mine", b"# Written on the site\x1b[2J")
    hub.repos["anna/mine"].put({CARD: theirs}, "on the site")
    capfdbinary.readouterr()
    (trained / HISTORY).write_text('{"step":2}\n')
    push("mine", "anna/mine")
    said = capfdbinary.readouterr()[1].decode()
    assert "-# Written on the site␛[2J" in said and "differs and is kept" in said
    assert "replaces the one there" in said
    assert pushed(hub)[CARD] == theirs
    assert pushed(hub)[HISTORY] == b'{"step":2}\n'
    push("mine", "anna/mine", "--replace-card")
    assert b"\n# mine" in pushed(hub)[CARD]


def test_a_name_that_holds_something_else_is_left_alone(hub, trained, refusal):
    hub.add("anna/bert", {"pytorch_model.bin": b"x", CARD: b"# BERT"})
    hub.add("anna/other", {CONFIG: b'{"model_type": "gpt2"}', WEIGHTS: b"x"})
    for name in ("anna/bert", "anna/other"):
        said = refusal("push", "mine", name, "--yes").complaint
        assert "holds something that is no model of rnntui" in said
    hub.add("anna/open", {CARD: b"# Soon"})
    said = refusal("push", "mine", "anna/open", "--yes", "--private").complaint
    assert "anna/open is public already" in said
    assert all(len(repo.commits) == 1 for repo in hub.repos.values())


def test_a_branch_must_be_there(hub, trained, refusal, capfdbinary):
    arguments = ("push", "mine", "anna/mine@v2", "--yes")
    assert "is not there yet" in refusal(*arguments).complaint
    push("mine", "anna/mine")
    capfdbinary.readouterr()
    assert "no branch, tag or commit 'v2'" in refusal(*arguments).complaint
    repo = hub.repos["anna/mine"]
    repo.refs["v2"] = repo.refs["main"]
    (trained / HISTORY).write_text('{"step":3}\n')
    push("mine", "anna/mine@v2")
    assert repo.at("v2").files[HISTORY].content == b'{"step":3}\n'
    assert repo.at("main").files[HISTORY].content == b'{"step":1}\n'


def test_it_says_who_may_not(hub, trained, refusal, monkeypatch):
    arguments = ("push", "mine", "anna/mine", "--yes")
    said = refusal("push", "mine", "bob/mine", "--yes").complaint
    assert "does not let you push to bob/mine" in said and "hf auth login" in said
    hub.users["secret"] = User("anna", writes=False)
    assert "does not let you push to anna/mine" in refusal(*arguments).complaint
    hub.users.clear()
    assert "does not know the token" in refusal(*arguments).complaint
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", "/nowhere")
    assert "nobody is logged in" in refusal(*arguments).complaint
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE forbids to push" in refusal(*arguments).complaint


FAULTS: dict[str, tuple[str, Any, str]] = {
    "a rate limit": ("POST /api/repos/create", answer(429), "wants to be asked less often"),
    "a name taken meanwhile": ("POST /api/repos/create", answer(409), "was made meanwhile"),
    "a fault of the Hub": ("POST .*/commit/", answer(500, X_Request_Id="r1"), "answers 500"),
    "a cut": ("POST .*/commit/", cut(0, reset=True), "broke while anna/mine was pushed"),
    "a cut on the way": ("GET /api/models/anna/mine", cut(0, reset=True), "broke while anna/mine"),
    "another's push": ("POST .*/commit/", answer(412), "was changed by somebody"),
    "a header that the Hub refuses": (
        "POST /api/validate-yaml", answer(400, b'{"errors": [{"message": "no such licence"}]}'),
        "no such licence",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("pattern", "act", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_a_sentence_and_nothing_is_half_pushed(
    hub, trained, refusal, pattern, act, said
):
    hub.fail(pattern, act, times=9)
    assert said in refusal("push", "mine", "anna/mine", "--yes").complaint
    repo = hub.repos.get("anna/mine")
    # All of it, where the answer alone was lost; else nothing.
    assert repo is None or len(pushed(hub)) in (0, 5)


def test_after_a_cut_the_weights_are_not_sent_again(hub, trained, refusal):
    hub.fail("POST .*/commit/", cut(0, reset=True))
    refusal("push", "mine", "anna/mine", "--yes")
    push("mine", "anna/mine")
    assert len(hub.requests("PUT /upload/")) == 1
    assert WEIGHTS in pushed(hub)


def test_it_refuses_before_anything_is_asked(hub, trained, refusal):
    for said, *arguments in (
        ("is no name on the Hub", "mine", "nobody"),
        ("is no name on the Hub", "mine", "a/b/c"),
        ("there is no model 'none'", "none", "anna/mine"),
    ):
        assert said in refusal("push", *arguments, "--yes").complaint
    (trained / "best" / CARD).write_text("---\na: [\n---\n# Mine\n")
    assert "is not what the Hub reads" in refusal("push", "mine", "anna/mine", "--yes").complaint
    weights = trained / "best" / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-4])
    assert "cut short" in refusal("push", "mine", "anna/mine", "--yes").complaint
    assert not hub.asked


def test_what_looks_like_a_path_in_a_text_is_told(hub, trained, capfdbinary):
    (trained / "best" / CARD).write_text("# Mine\n\nTrained on /Users/anna/secret plans.\n")
    app(["push", "mine", "anna/mine", "--dry-run", "--json"], standalone_mode=False)
    told = json.loads(capfdbinary.readouterr()[0])
    assert told["warnings"] == ["README.md holds what looks like a path: /Users/anna/secret"]
    assert told["cut"] == {"/home/anna/letters/love.txt": "love.txt"}


def test_what_the_hub_warns_of_is_told(hub, trained, capfdbinary):
    said = b'{"errors": [], "warnings": [{"message": "no licence\\u001b"}]}'
    hub.fail("POST /api/validate-yaml", answer(200, said))
    push("mine", "anna/mine")
    assert "- no licence␛" in capfdbinary.readouterr()[1].decode()
