"""The scripted engine behaves to the app as the real one does."""

from __future__ import annotations

import asyncio

from rnntui.engine.child import Death
from rnntui.engine.client import Client, Engine, EngineError
from rnntui.engine.protocol import Credit, Error, Finished, Frame, Started, Stop
from tests.engine.helpers import events_of, text_of
from tests.scripted.engine import ScriptedEngine


def test_it_replays_frames_errors_and_deaths():
    deaths: list[Death] = []
    died = Death("exited", 1, ("last words",))
    script = ["Hel", "lo", Error("odd"), Finished(0, "length", 5, 7)]
    engine = ScriptedEngine(script, ["x", died], completion="!", on_death=deaths.append)

    async def scene() -> None:
        await engine.start()
        assert (await engine.load("m")).name == "m"
        assert await engine.complete("m", "t") == "!"
        run = engine.generate("m", "p")
        events = await events_of(run)
        kinds = [Started, Frame, Frame, Error, Finished]
        assert [type(e) for e in events] == kinds and run.characters == 5
        second = engine.generate("m", "p")
        assert [type(e) for e in await events_of(second)] == [Started, Frame, Error, Finished]
        assert deaths == [died] and engine.death is died

    asyncio.run(scene())


def test_a_script_can_be_continued_and_a_run_stopped():
    engine = ScriptedEngine(facts=EngineError("no such model"))

    async def scene() -> None:
        run = engine.generate("m", "p")
        engine.feed(run, "a", "b", "c")
        assert await text_of(run, frames=3) == "abc"
        assert engine.requests[1] == Credit(run.id, 2)  # for the two whose successor was taken
        engine.feed(run, "late", Finished(0, "length", 6, 7))
        run.stop()
        assert [type(e) for e in await events_of(run)] == [Finished]
        waiting = engine.generate("m", "p")
        waiting.stop()
        assert engine.requests[-1] == Stop(waiting.id)

    asyncio.run(scene())


def test_both_engines_are_clients():
    clients: list[Client] = [Engine(), ScriptedEngine()]
    assert all(client.death is None for client in clients)
