"""Going on, going back and branching: exactly, as long as the engine remembers; else by reading."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

import rnntui
from rnntui.engine.client import CONTEXT, Engine, Run, draw_seed
from rnntui.engine.parts import Place, Sampling, Settings
from rnntui.engine.protocol import Finished, Started
from rnntui.engine.trail import SPACING, Places, Trail
from rnntui.inference.models import TextModel
from rnntui.inference.sampling import Sampling as RealSampling
from tests.conftest import MakeModel
from tests.engine.conftest import Play
from tests.engine.helpers import events_of, text_of


def settings(length: int, **sampling: float) -> Settings:
    return Settings(Sampling(**sampling), length)


async def started(run: Run) -> Started:
    async for event in run:
        if isinstance(event, Started):
            return event
    raise AssertionError("it never started")


def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(play: Play, make_model: MakeModel):
    make_model()
    plain = "".join(rnntui.load("tiny").generate("x", 4000, seed=1))

    async def scene(engine: Engine) -> str:
        text, place = "", None
        for _ in range(5):
            prompt = ("x" + text)[-CONTEXT:]
            run = engine.generate(
                "tiny", prompt, settings(4000 - len(text)), after=place,
                seed=None if place else 1,
            )  # fmt: skip
            text += await text_of(run, frames=6)
            await asyncio.sleep(0.02)  # the engine is frames ahead of what was taken
            run.stop()
            assert isinstance((await events_of(run))[-1], Finished)
            place = run.place
        return text

    text = play(scene)
    assert len(text) > 100
    assert plain.startswith(text)


def test_going_back_in_a_run_and_on_again_writes_the_same(play: Play, make_model: MakeModel):
    make_model(symbols=tuple(range(256)))  # where a character is several symbols, too

    async def scene(engine: Engine) -> list[tuple[str, str]]:
        run = engine.generate("tiny", "x", settings(1500), seed=1)
        text = await text_of(run)
        seen = []
        for back in (1, 2, 37, 255, 256, 700, 1500):
            again = engine.generate("tiny", "lost", settings(back), after=run.back(back))
            assert (await started(again)).resumed
            seen.append((text[-back:], await text_of(again)))
        return seen

    for first, again in play(scene):
        assert again == first


def test_going_back_passes_settings_that_were_turned_in_between(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> tuple[str, str]:
        run = engine.generate("tiny", "x", settings(3000), seed=1)
        text = ""
        for temperature in (0.2, 2.0, 0.0, 1.0, 0.5):
            run.steer(settings(3000, temperature=temperature))
            text += await text_of(run, frames=2)
        run.steer(settings(3000, temperature=0.5))
        text += await text_of(run)
        again = engine.generate("tiny", "lost", settings(60, temperature=0.5), after=run.back(60))
        return text[-60:], await text_of(again)

    first, again = play(scene)
    assert again == first


def test_regenerating_and_branching_equal_new_texts_with_those_seeds(
    play: Play, make_model: MakeModel
):
    make_model()
    api = rnntui.load("tiny")

    async def scene(engine: Engine) -> tuple[list[str], str, list[str]]:
        run = engine.generate("tiny", "Once", settings(300), seed=1)
        text = await text_of(run)
        regenerated = [
            await text_of(engine.generate("tiny", "lost", settings(80), after=run.origin, seed=s))
            for s in (1, 2)
        ]
        branches = [
            engine.generate("tiny", "lost", settings(80), after=run.place, seed=5, stream=k)
            for k in range(3)
        ]
        return regenerated, text, await asyncio.gather(*map(text_of, branches))

    regenerated, text, branches = play(scene)
    assert regenerated == ["".join(api.generate("Once", 80, seed=s)) for s in (1, 2)]
    assert len(set(branches)) == 3
    for k, branch in enumerate(branches):
        session = api.session(5, k)
        session.feed("Once" + text)
        assert branch == session.next_many(80, api.sampling())


def test_undoing_past_a_runs_beginning_goes_to_the_run_before(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> tuple[str, str]:
        first = engine.generate("tiny", "Once", settings(50), seed=1)
        text = await text_of(first)
        second = engine.generate("tiny", "", settings(50), after=first.place, then=" upon")
        await text_of(second)
        assert second.back(1000) == second.origin
        undone = engine.generate("tiny", "", settings(50), after=first.back(20))
        return text[-20:], await text_of(undone)

    old, new = play(scene)
    assert new.startswith(old)


def test_text_typed_after_a_place_is_read_there(play: Play, make_model: MakeModel):
    make_model()
    session = rnntui.load("tiny").session(1)
    session.feed("Once")
    wanted = session.next_many(50, RealSampling())
    session.feed(" upon")
    wanted += " upon" + session.next_many(50, RealSampling())

    async def scene(engine: Engine) -> str:
        first = engine.generate("tiny", "Once", settings(50), seed=1)
        text = await text_of(first)
        then = engine.generate("tiny", "lost", settings(50), after=first.place, then=" upon")
        return text + " upon" + await text_of(then)

    assert play(scene) == wanted


def test_another_model_goes_on_with_the_text_it_reads(play: Play, make_model: MakeModel):
    make_model("one")
    make_model("two", hidden=12)

    async def scene(engine: Engine) -> tuple[str, str, bool]:
        first = engine.generate("one", "Once", settings(50), seed=1)
        text = await text_of(first)
        other = engine.generate("two", "Once" + text, settings(50), after=first.place, seed=3)
        begun = await started(other)
        return text, await text_of(other), begun.resumed

    text, other, resumed = play(scene)
    assert not resumed
    assert other == "".join(rnntui.load("two").generate("Once" + text, 50, seed=3))


def test_a_model_trained_further_is_read_anew_and_old_places_are_not_mixed_with_it(
    play: Play, make_model: MakeModel
):
    folder = make_model()

    async def scene(engine: Engine) -> tuple[list[str], list[bool]]:
        first = engine.generate("tiny", "Once", settings(30), seed=1)
        texts = [await text_of(first)]
        make_model("other", hidden=12)
        for name in ("config.json", "model.safetensors"):
            (folder.parent / "other" / name).replace(folder / name)
        kept = engine.generate("tiny", "Once", settings(30), after=first.origin)
        resumed = [(await started(kept)).resumed]
        texts.append(await text_of(kept))
        await engine.load("tiny")
        fresh = engine.generate("tiny", "Once", settings(30), after=first.origin, seed=1)
        resumed.append((await started(fresh)).resumed)
        return [*texts, await text_of(fresh)], resumed

    (old, kept, fresh), resumed = play(scene)
    assert resumed == [True, False]
    assert kept == old
    assert fresh == "".join(rnntui.load("tiny").generate("Once", 30, seed=1))


def test_the_engine_keeps_four_models_and_lets_the_oldest_go(play: Play, make_model: MakeModel):
    names = [make_model(f"m{n}").name for n in range(5)]

    async def scene(engine: Engine) -> list[bool]:
        runs = [engine.generate(name, "x", settings(5), seed=1) for name in names]
        await asyncio.gather(*map(text_of, runs))
        again = [
            engine.generate(name, "x", settings(5), after=run.place)
            for name, run in reversed(list(zip(names, runs, strict=True)))
        ]
        return [(await started(run)).resumed for run in again]

    assert play(scene, alone=True) == [True, True, True, True, False]


@pytest.fixture
def model(make_model: MakeModel) -> TextModel:
    make_model()
    return rnntui.load("tiny")


def write(model: TextModel, trail: Trail, session: object, frames: int, frame: int) -> str:
    text, sampling = "", RealSampling()
    for _ in range(frames):
        text += session.next_many(frame, sampling)  # type: ignore[attr-defined]
        trail.advance(session, sampling, frame)  # type: ignore[arg-type]
    return text


def test_memory_of_an_endless_run_is_bounded_and_its_beginning_stays(model: TextModel):
    session = model.session(1)
    trail = Trail(model, session)
    text = write(model, trail, session, 300, 100)
    assert len(trail._marks) <= 64
    recent = trail.session_at(len(text) - 12_000)
    assert recent and recent.next_many(200, RealSampling()) == text[-12_000:-11_800]
    origin = trail.session_at(0)
    assert origin and origin.next_many(200, RealSampling()) == text[:200]
    assert trail.session_at(SPACING * 5) is None
    assert trail.session_at(len(text)) and trail.session_at(len(text) + 1) is None


def test_only_the_last_runs_are_remembered(model: TextModel):
    places = Places()
    for run in range(40):
        places.add(run, Trail(model, model.session(run)))
        places.find(3)  # in use
    assert [run for run in range(40) if places.find(run)] == [3, *range(9, 40)]
    places.forget(replace(model))
    assert places.find(39)
    places.forget(model)
    assert not places.find(39)


def test_seeds_for_branches_can_be_typed():
    assert 0 <= draw_seed() < 2**31
    assert draw_seed() != draw_seed()
    assert Place(1, 0) == Place(1, 0)
