"""Sharing by the engine: against the loopback Hub, with the real client, in a real process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rnntui.engine.client import Engine, EngineError
from rnntui.engine.parts import Settings
from rnntui.engine.protocol.sharing import Transfer
from tests.conftest import MakeModel
from tests.engine.helpers import text_of
from tests.hub.conftest import hub
from tests.hub.models import model_files
from tests.hub.server import Hub, held
from tests.hub.store import User

__all__ = ["hub"]

Scene = Callable[[Engine], Awaitable[Any]]


def play(scene: Scene) -> Any:
    """Play a scene with an engine of its own, which sees this test's Hub."""

    async def whole() -> Any:
        engine = Engine()
        await engine.start()
        try:
            async with asyncio.timeout(120):
                return await scene(engine)
        finally:
            await engine.close()

    return asyncio.run(whole())


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a held answer waits for; opened at the end in any case."""
    event = threading.Event()
    yield event
    event.set()


async def moving(engine: Engine, true: Callable[[tuple[Transfer, ...]], object]) -> None:
    """Wait until the transfers are so."""
    while not true(await engine.sharing.transfers()):
        await asyncio.sleep(0.02)


def test_a_model_is_found_looked_at_fetched_and_writes(hub: Hub, tmp_path: Path) -> None:
    files = model_files(tmp_path / "made")
    hub.add("anna/tiny", files, downloads=5, likes=2)
    hub.add("bob/other", files)

    async def scene(engine: Engine) -> str:
        sharing = engine.sharing
        offers = await sharing.search("tiny")
        assert offers
        assert [(o.name, o.task, o.downloads, o.here) for o in offers] == [
            ("anna/tiny", "text", 5, False)
        ]
        seen = await sharing.describe("anna/tiny")
        assert seen and seen.card == "# Tiny\n\nIt writes."
        assert dict(seen.facts)["network"] == "lstm 1×8, one-hot"
        assert not hub.requests("/lfs/")  # no weights
        assert not [model for model in await engine.models() if model.source == "hub"]

        folder = await sharing.fetch("anna/tiny")
        assert folder and await sharing.transfers() == ()
        listed = {model.name: model for model in await engine.models()}
        assert (listed["tiny"].source, listed["tiny"].folder) == ("hub", folder)
        here = await sharing.describe("tiny", folder)
        assert here and here.card == seen.card and not here.problem
        assert dict(here.facts)["from"] == "the Hub, anna/tiny"
        again = await sharing.search("")
        assert again and {o.name: o.here for o in again} == {"anna/tiny": True, "bob/other": False}
        return await text_of(engine.generate("tiny", "a", Settings(length=9), seed=1))

    assert len(play(scene)) == 9


def test_several_come_at_once_and_one_is_cancelled(
    hub: Hub, tmp_path: Path, make_model: MakeModel, gate: threading.Event
) -> None:
    make_model("own")
    files = model_files(tmp_path / "made", hidden=64)
    size = sum(map(len, files.values()))
    for name in ("anna/slow", "bob/also"):
        hub.add(name, files)
    hub.fail("GET /lfs/", held(gate, 30_000), times=2)

    async def scene(engine: Engine) -> None:
        sharing = engine.sharing
        slow = asyncio.create_task(sharing.fetch("anna/slow"))
        also = asyncio.create_task(sharing.fetch("bob/also"))
        await moving(engine, lambda t: len(t) == 2 and all(each.done > 1_000 for each in t))
        assert {(t.way, t.total) for t in await sharing.transfers()} == {("fetch", size)}
        with pytest.raises(EngineError, match="anna/slow is under way already"):
            await sharing.fetch("anna/slow")
        written = await text_of(engine.generate("own", "a", Settings(length=50), seed=1))
        assert len(written) == 50  # meanwhile
        await sharing.cancel("anna/slow")
        assert await slow is None
        assert [t.model for t in await sharing.transfers()] == ["bob/also"]
        gate.set()
        assert await also
        assert [m.name for m in await engine.models() if m.source == "hub"] == ["also"]
        assert await sharing.fetch("anna/slow")  # begins again

    play(scene)


def test_without_the_hub_it_is_said_in_a_line_and_the_rest_works(
    make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_model("own")

    async def unreachable(engine: Engine) -> None:
        for asked in (engine.sharing.search("x"), engine.sharing.describe("a/b")):
            with pytest.raises(EngineError, match="cannot be reached"):
                await asked
        with pytest.raises(EngineError, match="'no name' is no name on the Hub; write owner/name"):
            await engine.sharing.fetch("no name")
        own = next(m for m in await engine.models() if m.source == "own")
        told = await engine.sharing.describe(own.name, own.folder)
        assert told and told.task == "text" and not told.chats

    async def offline(engine: Engine) -> None:
        with pytest.raises(EngineError, match="HF_HUB_OFFLINE forbids"):
            await engine.sharing.search("x")

    play(unreachable)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    play(offline)


def test_models_are_removed_but_none_that_ships(
    hub: Hub, tmp_path: Path, make_model: MakeModel
) -> None:
    hub.add("anna/tiny", model_files(tmp_path / "made"))
    own = make_model("own")

    async def scene(engine: Engine) -> None:
        sharing = engine.sharing
        await sharing.fetch("anna/tiny")
        listed = {model.name: model for model in await engine.models()}
        assert (await sharing.removal("own", str(own))).startswith(str(own))
        pulled = listed["tiny"]
        assert await sharing.removal("tiny", pulled.folder) == "anna/tiny, pulled from the Hub"
        for shipped in (model for model in listed.values() if model.source == "shipped"):
            with pytest.raises(EngineError, match="ships with rnntui"):
                await sharing.remove(shipped.name, shipped.folder)
        assert own.exists() and Path(pulled.folder).exists()
        await engine.load("own")
        assert await sharing.remove("own", str(own)) > 0
        assert await sharing.remove("tiny", pulled.folder) > 0
        assert not own.exists() and not Path(pulled.folder).exists()
        with pytest.raises(EngineError, match="own is no longer here"):
            await sharing.remove("own", str(own))
        assert not [m for m in await engine.models() if m.source != "shipped"]

    play(scene)


def test_a_push_is_shown_sent_and_can_be_fetched(
    hub: Hub, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(make_model("mine"))

    async def scene(engine: Engine) -> None:
        with pytest.raises(EngineError, match="nobody is logged in"):
            await engine.sharing.pack("mine", folder, "anna/mine")

    play(scene)
    hub.users["hf_anna"] = User("anna")
    monkeypatch.setenv("HF_TOKEN", "hf_anna")

    async def pushes(engine: Engine) -> None:
        sharing = engine.sharing
        older = await sharing.pack("mine", folder, "anna/other")
        packed = await sharing.pack("mine", folder, "anna/mine", licence="mit", private=True)
        assert packed.private and packed.lines[0] == f"{hub.url}/anna/mine: private, new"
        assert any("model.safetensors" in line for line in packed.lines)
        assert not hub.repos
        with pytest.raises(EngineError, match="no longer here"):
            await sharing.push(older)
        done = await sharing.push(packed)
        assert done.address == f"{hub.url}/anna/mine" and done.commit
        assert b'license: "mit"' in hub.repos["anna/mine"].commits[-1].files["README.md"].content
        assert hub.repos["anna/mine"].private
        assert await sharing.fetch("anna/mine")

    play(pushes)
