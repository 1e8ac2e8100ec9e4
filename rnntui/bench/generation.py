"""Writing: one stream against torch and against the memory, and many streams against one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from rnntui.bench.machine import Reading, bf16_flags, has_torch
from rnntui.bench.models import CELLS, Weights, bytes_per_step, random_weights, text_config
from rnntui.bench.plan import Plan
from rnntui.bench.report import Budget, Entry, Heading, Line, Note
from rnntui.bench.timing import Job, Rounds, interleaved
from rnntui.checkpoints.config import Cell, Config
from rnntui.inference.models import TextModel, build_text_model
from rnntui.inference.sampling import Sampling
from rnntui.inference.stepper import StreamNetwork

TEMPERATURE = 0.8
_OURS = "rnntui"
_READS = ("product", "maximum")
_OFF = ", oneDNN off"
_AHEAD = Budget(1.0)


@dataclass(frozen=True)
class _Race:
    """One network's contest."""

    cell: Cell
    hidden: int
    peers: tuple[str, ...]
    """What it ran against, torch's own module first; empty without torch."""
    rounds: Rounds
    bytes: int
    """Of weights, read in a step."""

    @property
    def name(self) -> str:
        return f"{self.cell}-2x{self.hidden}"

    @property
    def label(self) -> str:
        return f"{self.cell.upper()} 2x{self.hidden}"

    @property
    def reading(self) -> str:
        """The faster way of reading as many bytes as the weights have."""
        return min(_READS, key=self.rounds.median)


def one_stream(plan: Plan) -> Iterator[Entry]:
    """Race the product's session against torch and against plain reading, all on one core."""
    yield Heading("one stream, one core, fp32 (2 layers, one-hot of 65, softmax and draw included)")
    torch_here = has_torch()
    if not torch_here:
        yield Note("torch is not installed, so that there is nothing to compare with")
    races = []
    for cell in CELLS:
        for hidden in plan.hidden:
            race = _race(plan, cell, hidden, torch_here)
            races.append(race)
            yield from _speed(race)
    yield Heading("one stream against memory: bytes of weights read a step / (time x bandwidth)")
    for race in races:
        yield from _memory_use(race)
    yield Note(
        "bandwidth: one thread reads a buffer as large as the weights, in turns with the writing; "
        "the faster of an inner product and a maximum. A ceiling above is how many times as fast "
        "as stepping torch.nn a network would be that did nothing but read its weights so"
    )


def _race(plan: Plan, cell: Cell, hidden: int, torch_here: bool) -> _Race:
    config = text_config(cell, hidden)
    weights = random_weights(config)
    model = build_text_model(config, weights, "random")
    assert isinstance(model.network, StreamNetwork)
    size = bytes_per_step(model.network)
    reading = Reading(size)
    jobs: dict[str, Job] = {_OURS: _session_job(model)}
    peers, held = _peers(config, weights) if torch_here else ({}, nullcontext())
    jobs |= {**peers, "product": reading.by_product, "maximum": reading.by_maximum}
    with held:
        rounds = interleaved(jobs, plan.rounds, plan.turn_seconds)
    return _Race(cell, hidden, tuple(peers), rounds, size)


def _peers(config: Config, weights: Weights) -> tuple[dict[str, Job], AbstractContextManager[None]]:
    """Return torch's contestants, its own module first, and what holds them to one thread."""
    from rnntui.bench.peers import CellPeer, ModulePeer, OneThread, Peer, PlainPeer, WithoutOneDnn

    module = f"nn.{config.network.cell.upper()}"
    kinds: dict[str, Callable[[Config, Weights, float], Peer]] = {
        module: ModulePeer,
        f"{module}Cell": CellPeer,
        "plain torch calls": PlainPeer,
        f"{module}{_OFF}": WithoutOneDnn,
    }
    return {name: make(config, weights, TEMPERATURE).write for name, make in kinds.items()}, (
        OneThread()
    )


def _session_job(model: TextModel) -> Job:
    session, sampling = model.session(seed=0), Sampling(TEMPERATURE)
    return lambda count: session.next_many(count, sampling)


def _speed(race: _Race) -> Iterator[Line]:
    speed = 1 / race.rounds.median(_OURS)
    yield Line(
        f"{race.name}/speed", f"{race.label}: {_OURS}", speed, "characters/s",
        figures={"seconds_per_character": 1 / speed},
    )  # fmt: skip
    for index, peer in enumerate(race.peers):
        ratio, (low, high) = race.rounds.ratio(peer, _OURS), race.rounds.spread(peer, _OURS)
        theirs = 1 / race.rounds.median(peer)
        detail = f"{theirs:,.0f} characters/s; half the rounds {low:.2f} to {high:.2f}"
        figures = {"characters_per_second": theirs, "quartile_1": low, "quartile_3": high}
        budget = None if peer.endswith(_OFF) else _AHEAD
        if race.cell == "lstm" and not index:
            floor = 12.0 if race.hidden >= 512 else 5.0
            budget = Budget(floor)
            ceiling = race.rounds.ratio(peer, race.reading)
            figures["ceiling"] = ceiling
            detail += f"; ceiling {ceiling:.1f}"
            if ceiling < floor:
                detail += ": this machine's memory puts the budget out of reach"
        how = "stepping " if peer.removesuffix(_OFF) == f"nn.{race.cell.upper()}" else ""
        yield Line(
            f"{race.name}/{peer}", f"{race.label}: against {how}{peer}", ratio, "x", budget, detail,
            figures,
        )  # fmt: skip


def _memory_use(race: _Race) -> Iterator[Line]:
    # Not the quotient of two medians: the rounds' own, so that a slow moment counts for both.
    share = 100 * race.rounds.ratio(race.reading, _OURS)
    rate = race.bytes / race.rounds.median(race.reading)
    budget = None
    if race.cell == "lstm" and race.hidden >= 256:
        budget = Budget(75.0 if race.hidden >= 512 else 60.0)
    yield Line(
        f"{race.name}/memory", f"{race.label}: share of memory bandwidth", share, "%", budget,
        f"{race.bytes / 1e6:.2f} MB a step, {rate / 1e9:.1f} GB/s: "
        f"at most {1 / race.rounds.median(race.reading):,.0f} characters/s",
        {"bytes_per_step": race.bytes, "bytes_per_second": rate},
    )  # fmt: skip


def many_streams(plan: Plan) -> Iterator[Entry]:
    """Compare the characters per second of many streams at once with those of one."""
    yield Heading(f"{plan.streams} streams at once against one (LSTM, one core)")
    budget = Budget(5.0 if bf16_flags() else 1.8)
    for hidden in plan.hidden:
        config = text_config("lstm", hidden)
        model = build_text_model(config, random_weights(config), "random")
        rounds = interleaved(
            {"one": _session_job(model), "many": _streams_job(model, plan.streams)},
            plan.rounds,
            plan.turn_seconds,
        )
        one, many = 1 / rounds.median("one"), plan.streams / rounds.median("many")
        yield Line(
            f"streams-2x{hidden}", f"LSTM 2x{hidden}: {plan.streams} streams against one",
            plan.streams * rounds.ratio("one", "many"), "x", budget,
            f"{many:,.0f} against {one:,.0f} characters/s",
            {"one_characters_per_second": one, "many_characters_per_second": many},
        )  # fmt: skip
    flags = ", ".join(bf16_flags())
    yield Note(f"the CPU has bf16 ({flags})" if flags else "the CPU has no bf16")


def _streams_job(model: TextModel, count: int) -> Job:
    streams, sampling = model.streams(count, seed=0), Sampling(TEMPERATURE)
    return lambda characters: streams.next_many(characters, sampling)
