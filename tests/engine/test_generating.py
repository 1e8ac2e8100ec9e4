"""A run through the real engine: the same text as everywhere, steered, stopped, slowed, paced."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

import rnntui
from rnntui.engine.client import Engine, EngineError
from rnntui.engine.parts import Alternative, Sampling, Settings
from rnntui.engine.protocol import Error, Finished, Frame, Generate, Reading, Started
from tests.conftest import MakeModel, Rnntui
from tests.engine.conftest import Play
from tests.engine.helpers import events_of, text_of


def test_text_is_that_of_the_python_api_and_the_command_line(
    play: Play, make_model: MakeModel, rnntui: Rnntui
):
    make_model()
    options = ["--temperature", "0.7", "--top-p", "0.9", "--min-p", "0.02", "--seed", "7"]
    done = rnntui("generate", "tiny", "--prompt", "Hé said", "--length", "500", "--json", *options)
    sampling = Sampling(temperature=0.7, top_p=0.9, min_p=0.02)

    async def scene(engine: Engine) -> list[str]:
        plain = Settings(sampling, 500)
        judged = Settings(sampling, 500, figures=True, alternatives=5)
        runs = [engine.generate("tiny", "Hé said", s, seed=7) for s in (plain, judged)]
        return [await text_of(run) for run in runs]

    text = json.loads(done.text)["text"]
    assert play(scene) == [text, text]


def test_bytes_and_streams_are_those_of_the_api(play: Play, make_model: MakeModel):
    make_model(symbols=tuple(range(256)))
    expected = rnntui.load("tiny").session(3, stream=2)
    expected.feed("naïve")

    async def scene(engine: Engine) -> str:
        settings = Settings(length=200, figures=True, alternatives=3)
        return await text_of(engine.generate("tiny", "naïve", settings, seed=3, stream=2))

    assert play(scene) == expected.next_many(200, rnntui.load("tiny").sampling())


def test_a_run_tells_its_seed_its_figures_and_what_may_come_next(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> list[object]:
        settings = Settings(Sampling(top_n=2), 60, figures=True, alternatives=4)
        return await events_of(engine.generate("tiny", "añb❄", settings))

    started, *frames, finished = play(scene)
    assert isinstance(started, Started) and isinstance(finished, Finished)
    assert "ñ" in started.notes[0] and "❄" in started.notes[1]
    assert finished == Finished(finished.run, "length", 60, started.seed)
    assert [frame.seq for frame in frames] == list(range(len(frames)))
    text = "".join(frame.text for frame in frames)
    model = rnntui.load("tiny")
    session = model.session(started.seed)
    session.feed("añb❄")
    traced = session.trace(60, model.sampling(top_n=2))
    assert text == traced.text
    nats = [n for frame in frames for n in frame.figures.nats]
    assert nats == pytest.approx(traced.nats.tolist(), abs=1e-4)
    assert [r for frame in frames for r in frame.figures.rank] == traced.rank.tolist()
    assert frames[-1].nats_per_char == pytest.approx(traced.nats.mean(), abs=1e-3)
    for frame in frames:
        assert len(frame.alternatives) == 4
        assert sum(a.kept for a in frame.alternatives) == pytest.approx(1, abs=1e-5)
        assert [a.kept > 0 for a in frame.alternatives] == [True, True, False, False]


def test_the_first_frame_is_one_character_and_the_later_ones_many(
    play: Play, make_model: MakeModel
):
    make_model()

    async def scene(engine: Engine) -> list[int]:
        run = engine.generate("tiny", "", Settings(length=3000))
        return [len(e.text) for e in await events_of(run) if isinstance(e, Frame)]

    sizes = play(scene)
    assert sizes[0] == 1
    assert len(sizes) < 1000


def test_steering_changes_only_what_comes_after(play: Play, make_model: MakeModel):
    make_model()
    plain = "".join(rnntui.load("tiny").generate("x", 3000, seed=1))

    async def scene(engine: Engine) -> tuple[str, str, int]:
        run = engine.generate("tiny", "x", Settings(length=3000), seed=1)
        before = await text_of(run, frames=3)
        run.steer(Settings(length=3000))  # changes nothing
        before += await text_of(run, frames=3)
        run.steer(Settings(Sampling(temperature=0), 2500))
        after = await text_of(run)
        return before, after, run.finished.characters

    before, after, characters = play(scene)
    whole = before + after
    assert plain.startswith(before)
    assert characters == len(whole) == 2500
    assert whole[-500:] != plain[2000:2500]


def test_a_bad_setting_in_mid_run_is_refused_and_the_run_goes_on(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> tuple[list[object], list[object]]:
        run = engine.generate("tiny", "", Settings())
        await text_of(run, frames=2)
        run.steer(Settings(Sampling(top_p=0), 5000))
        seen = []
        async for event in run:
            seen.append(event)
            if isinstance(event, Error):
                run.steer(Settings(length=run.characters + 2000))
        bad = engine.generate("tiny", "", Settings(Sampling(temperature=-1)))
        return seen, await events_of(bad)

    seen, refused = play(scene)
    assert [e.what for e in seen if isinstance(e, Error)] == ["top-p is 0"]
    assert seen[-1].why == "length"
    assert [type(e) for e in refused] == [Error, Finished]
    assert refused[0].fix == "choose 0 (greedy) or more"


def test_stopping_is_quick_and_drops_what_is_on_its_way(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> tuple[float, list[object], int]:
        run = engine.generate("tiny", "", Settings())
        await text_of(run, frames=5)
        await asyncio.sleep(0.2)  # frames pile up
        taken, begun = run.characters, time.perf_counter()
        run.stop()
        rest = await events_of(run)
        run.stop()
        run.steer(Settings())
        seconds = time.perf_counter() - begun
        await engine.models()  # the engine has seen the stop; nothing more of the run may come
        return seconds, rest, taken

    seconds, rest, taken = play(scene)
    assert seconds < 2  # the budget is `bench_app`'s to hold
    assert [(type(e), e.why, e.characters) for e in rest] == [(Finished, "stopped", taken)]


def test_a_reader_that_takes_nothing_gets_no_more_frames_than_its_credit(
    play: Play, make_model: MakeModel
):
    make_model()

    async def scene(engine: Engine) -> tuple[int, int]:
        run = engine.generate("tiny", "", Settings())
        await events_of(run, frames=1)
        await asyncio.sleep(0.5)
        waiting = run._queue.qsize()
        await text_of(run, frames=20)  # taking them lets it go on
        return waiting, run.characters

    waiting, characters = play(scene)
    assert waiting <= 4
    assert characters > 20


def test_a_paused_run_rests_and_goes_on(play: Play, make_model: MakeModel):
    make_model()
    expected = "".join(rnntui.load("tiny").generate("", 2000, seed=9))

    async def scene(engine: Engine) -> tuple[str, bool]:
        run = engine.generate("tiny", "", Settings(length=2000, pace=400), seed=9)
        text = await text_of(run, frames=4)
        run.pause()
        await engine.models()
        while not run._queue.empty():
            text += await text_of(run, frames=1)
        await asyncio.sleep(0.3)
        rested = run._queue.empty()
        run.resume()
        run.steer(Settings(length=2000))
        return text + await text_of(run), rested

    assert play(scene) == (expected, True)


def test_two_runs_and_a_paced_one_write_side_by_side(play: Play, make_model: MakeModel):
    make_model("one")
    make_model("two", hidden=12)

    async def scene(engine: Engine) -> list[str]:
        order: list[str] = []

        async def follow(name: str, settings: Settings) -> None:
            run = engine.generate(name, "", settings)
            async for event in run:
                if isinstance(event, Frame):
                    order.append(name)
                if order.count("one") > 20 and order.count("two") > 20:
                    run.stop()

        await asyncio.gather(
            follow("one", Settings()), follow("two", Settings()), follow("two", Settings(pace=50))
        )
        return order

    order = play(scene)
    assert "two" in order[:12] and "one" in order[:12]
    assert abs(order.count("one") - order.count("two")) < 25


def test_the_pace_is_kept(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> tuple[float, list[Frame]]:
        run = engine.generate("tiny", "", Settings(pace=100, length=100))
        frames = [e for e in await events_of(run, frames=1) if isinstance(e, Frame)]
        begun = time.perf_counter()
        frames += [e for e in await events_of(run) if isinstance(e, Frame)]
        return time.perf_counter() - begun, frames

    seconds, frames = play(scene)
    assert seconds > 0.9  # the machine may be busy; it is never faster
    assert len(frames) > 1


def test_a_stop_text_ends_the_run_before_it_whatever_the_frames(play: Play, make_model: MakeModel):
    make_model()
    api = rnntui.load("tiny")
    plain = "".join(api.generate("go", 3000, seed=4))
    stop = plain[2000:2003]
    expected = "".join(api.generate("go", 3000, seed=4, stop=stop))

    async def scene(engine: Engine) -> tuple[str, Finished, str]:
        run = engine.generate("tiny", "go", Settings(length=3000, stop=stop, figures=True), seed=4)
        text = await text_of(run)
        on = engine.generate("tiny", "gone", Settings(length=100), after=run.place)
        return text, run.finished, await text_of(on)

    text, finished, on = play(scene)
    assert text == expected
    assert (finished.why, finished.characters) == ("stop", len(expected))
    assert (text + on) == plain[: len(expected) + 100]


def test_a_stop_text_changed_in_mid_run_loses_no_character(play: Play, make_model: MakeModel):
    make_model()
    plain = "".join(rnntui.load("tiny").generate("go", 2000, seed=4))

    async def scene(engine: Engine) -> str:
        # Each held back part of the text could be the beginning of these.
        stops = [plain[i : i + 2] + "\x00" for i in range(3)]
        run = engine.generate("tiny", "go", Settings(length=2000, stop=stops[0]), seed=4)
        text = ""
        for stop in stops:
            text += await text_of(run, frames=2)
            run.steer(Settings(length=2000, stop=stop))
        return text + await text_of(run)

    assert play(scene) == plain


def test_a_length_of_nothing_writes_nothing(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> list[object]:
        return await events_of(engine.generate("tiny", "x", Settings(length=0)))

    assert [type(event) for event in play(scene)] == [Started, Finished]


def test_a_pasted_megabyte_is_read_with_progress_while_another_run_writes(
    play: Play, make_model: MakeModel
):
    make_model()

    async def scene(engine: Engine) -> tuple[list[object], int]:
        await engine.load("tiny")
        long = engine.generate("tiny", "What is it? " * 100_000, Settings(length=5))
        other = engine.generate("tiny", "", Settings(pace=500))
        await text_of(other, frames=5)
        seen = []
        async for event in long:
            seen.append(event)
            if isinstance(event, Reading):
                break  # reading all of it would take the test ten seconds
        long.stop()
        return seen, other.characters

    seen, characters = play(scene)
    assert isinstance(seen[-1], Reading) and 0 < seen[-1].done < seen[-1].total == 1_200_000
    assert characters >= 5


def test_a_long_prompt_read_in_pieces_is_the_same_as_in_one(play: Play, make_model: MakeModel):
    make_model(lowercase=True, symbols=tuple("\n abcdefghijklmnopqrstuvwxyzσς"))
    prompt = "ΟΔΟΣ Straße 'İ' " * 200
    expected = "".join(rnntui.load("tiny").generate(prompt, 50, seed=2))

    async def scene(engine: Engine) -> str:
        return await text_of(engine.generate("tiny", prompt, Settings(length=50), seed=2))

    assert play(scene) == expected


def test_ghost_text_is_the_greedy_continuation_and_newer_questions_cancel_older(
    play: Play, make_model: MakeModel
):
    make_model()
    model = rnntui.load("tiny")

    async def scene(engine: Engine) -> tuple[list[str], list[str]]:
        typed = "To be or not to be"
        asked = [engine.complete("tiny", typed[:n]) for n in range(1, len(typed) + 1)]
        together = await asyncio.gather(*asked)
        singly = [await engine.complete("tiny", typed[:n]) for n in range(10, len(typed) + 1)]
        with pytest.raises(EngineError, match="no model 'gone'"):
            await engine.complete("gone", "x")
        return together, [*singly, await engine.complete("tiny", typed)]

    together, singly = play(scene)
    greedy = "".join(model.generate("To be or not to be", 24, temperature=0)).partition("\n")[0]
    assert greedy.startswith(singly[-1]) and singly[-1]
    assert together[-1] == singly[-2] == singly[-1]
    assert set(together[:-1]) <= {""}


def test_looking_at_a_place_shows_what_other_settings_would_do(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> tuple[object, object]:
        run = engine.generate("tiny", "abc", Settings(length=500, alternatives=6), seed=1)
        last = (await events_of(run))[-2]
        with pytest.raises(EngineError, match="forgotten"):
            await engine.look(run.back(-1), Sampling())
        return last.alternatives, await engine.look(run.place, Sampling(top_n=1), 6)

    seen, looked = play(scene)
    assert [a.raw for a in looked.alternatives] == [a.raw for a in seen]
    assert [a.kept for a in looked.alternatives] == [1, 0, 0, 0, 0, 0]
    assert looked.alternatives[0] == Alternative(seen[0].symbol, seen[0].raw, 1.0)
    assert looked.entropy > 0


def test_the_library_and_a_models_facts_are_told(play: Play, make_model: MakeModel, home: Path):
    make_model("one", lowercase=True)
    (home / "data" / "runs" / "bad").mkdir()
    (home / "data" / "runs" / "bad" / "config.json").write_text("{")

    async def scene(engine: Engine) -> tuple[object, object, object]:
        facts = await engine.load("one")
        again = await engine.load("one")
        await engine.unload("one")
        await engine.unload("never there")
        return facts, again, await engine.models()

    facts, again, models = play(scene)
    assert (facts.name, facts.task, facts.unit, facts.lowercase) == ("one", "text", "char", True)
    assert facts.parameters == rnntui.load("one").parameters and facts == again
    own = {m.name: m for m in models if m.source == "own"}
    assert own["one"].bytes > 0 and own["one"].parameters == facts.parameters
    assert own["bad"].task == "?" and "not JSON" in own["bad"].problem


def test_a_models_name_and_its_folder_mean_one_model_in_memory(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> bool:
        facts = await engine.load("tiny")
        run = engine.generate("tiny", "x", Settings(length=5))
        await text_of(run)
        on = engine.generate(facts.folder, "x", Settings(length=5), after=run.place)
        return next(e for e in await events_of(on) if isinstance(e, Started)).resumed

    assert play(scene)


def test_run_numbers_cannot_be_used_twice_at_once(play: Play, make_model: MakeModel):
    make_model()

    async def scene(engine: Engine) -> list[object]:
        run = engine.generate("tiny", "", Settings(pace=300))
        await text_of(run, frames=2)
        engine._send(Generate(run.id, "tiny"))
        seen = []
        async for event in run:
            seen.append(event)
            if isinstance(event, Error):
                break
        return [seen[-1], *await events_of(run, frames=2)]

    error, *frames = play(scene)
    assert "under way" in error.what and len(frames) == 2
