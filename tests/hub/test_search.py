"""Searching the loopback Hub, as the app's Models mode does."""

from __future__ import annotations

import pytest

from rnntui.checkpoints.config import parameter_count
from rnntui.checkpoints.hub.errors import HubError
from rnntui.checkpoints.hub.names import HubName
from rnntui.checkpoints.hub.pull import pull
from rnntui.checkpoints.hub.search import search
from rnntui.checkpoints.hub.watch import Watch
from tests.conftest import small_config
from tests.hub.models import model_files
from tests.hub.server import Hub, answer


def test_models_of_ours_are_found_by_words_and_the_rest_is_not(hub: Hub, tmp_path):
    files = model_files(tmp_path / "made")
    hub.add("anna/tiny", files, downloads=5, likes=2)
    hub.add("bob/tiny-too", files, downloads=9, gated=True)
    hub.add("bob/other", files)
    hub.add("bob/odd", {"README.md": files["README.md"]})
    hub.add("eve/tiny-gpt", {"README.md": b"---\ntags: [gpt]\n---\n"})
    hub.add("eve/tiny-secret", files, private=True)
    pull(HubName("anna/tiny"))
    too, tiny = search("tiny")
    odd_one_out = search("odd")[0]
    assert (str(too.name), too.gated, too.here) == ("bob/tiny-too", True, False)
    assert (str(tiny.name), tiny.task, tiny.downloads, tiny.likes) == ("anna/tiny", "text", 5, 2)
    assert tiny.parameters == parameter_count(small_config()) and odd_one_out.parameters == 0
    assert tiny.here and not tiny.gated and not tiny.private
    assert tiny.updated and tiny.updated.year == 2026
    assert [str(found.name) for found in search()] == [
        "bob/tiny-too",
        "anna/tiny",
        "bob/other",
        "bob/odd",
    ]
    assert search("nothing like it") == []


def test_a_card_that_makes_no_sense_hides_no_other(hub: Hub, tmp_path):
    hub.add("anna/tiny", model_files(tmp_path / "made"))
    card = b"---\nlibrary_name: rnntui\ntags: 7\nmodel-index: 3\n---\n"
    hub.add("eve/odd", {"README.md": card})
    assert [str(found.name) for found in search()] == ["anna/tiny", "eve/odd"]


def test_a_search_is_cancelled(hub: Hub):
    watch = Watch()
    watch.cancel.set()
    with pytest.raises(HubError) as caught:
        search("tiny", watch=watch)
    assert caught.value.reason == "cancelled" and not hub.asked


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"3", b'[{"id": 7}]', b'["x"]', b"[{}]"])
def test_an_answer_that_is_no_hubs(hub: Hub, body):
    hub.fail("GET /api/models", answer(200, body))
    try:
        assert search("tiny") == []
    except HubError as error:
        assert error.fix
