"""What the loop promises besides resuming."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from rnntui import load
from rnntui.checkpoints.folder import read_checkpoint
from rnntui.data.corpus import read_corpus
from rnntui.data.streams import Batch, Windows
from rnntui.errors import CorpusError, DivergedError, RecipeError, RunError
from rnntui.recipes.schema import TextRecipe, as_dict, make_recipe
from rnntui.runs import history
from rnntui.runs.folder import RunFolder
from rnntui.training import text, throughput
from rnntui.training.events import Evaluated, Finished, Sampled, Started, Stepped
from rnntui.training.resume import read_counters
from rnntui.training.start import new_run
from rnntui.training.text import TextTask

from .conftest import SMALL

Train = Callable[..., tuple[RunFolder, list[Any]]]


def task(corpus: Path, **changes: Any) -> TextTask:
    recipe = TextRecipe(**{**SMALL, **changes})
    return TextTask(recipe, read_corpus([corpus]), torch.device("cpu"))


def test_a_network_learns(train: Train) -> None:
    _, events = train("run", epochs=8, lr=0.01)
    losses = [e.line.val_loss for e in events if isinstance(e, Evaluated)]
    assert losses[-1] < losses[0] - 0.5
    assert losses[-1] < math.log(20)


def test_the_validation_loss_is_what_the_loaded_checkpoint_scores(
    train: Train, corpus: Path
) -> None:
    folder, events = train("run", ema=0.0, split=(0.5, 0.4, 0.1))
    finished = events[-1]
    model = load(folder.path)
    ids = read_corpus([corpus]).ids[1000:1800]
    # The trainer's lanes read 256 symbols before they are scored; this text has one lane.
    assert model.score_ids(ids).nats_per_char == pytest.approx(finished.best_loss, abs=1e-4)


def test_averaged_weights_are_what_is_validated_and_saved(train: Train, corpus: Path) -> None:
    folder, events = train("run", ema=0.95, split=(0.5, 0.4, 0.1))
    model = load(folder.best)
    ids = read_corpus([corpus]).ids[1000:1800]
    assert model.score_ids(ids).nats_per_char == pytest.approx(events[-1].best_loss, abs=1e-4)


def test_evaluation_and_measuring_leave_the_training_state_alone(corpus: Path) -> None:
    one, two = task(corpus), task(corpus)
    for step in range(3):
        loss_one, _ = one.loss(0, step, "fp32")
        two.validate(lambda: None)
        two.probe("fp32")
        loss_two, _ = two.loss(0, step, "fp32")
        assert torch.equal(loss_one, loss_two)
    assert torch.equal(one.generator.get_state(), two.generator.get_state())


def test_a_run_tells_its_start_steps_evaluations_samples_and_end(train: Train) -> None:
    folder, events = train("run")
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert sum(isinstance(e, Evaluated) for e in events) == 4
    assert sum(isinstance(e, Sampled) for e in events) == 2
    steps = [e for e in events if isinstance(e, Stepped)]
    assert [e.step for e in steps] == list(range(1, len(steps) + 1))
    assert steps[-1].progress == 1
    lines = list(history.read(folder.history))
    assert [line.epoch for line in lines] == [1, 2, 3, 4]
    assert lines[-1].step == len(steps)
    assert all(line.grad_norm_clipped <= line.grad_norm for line in lines)


def test_best_keeps_the_lowest_validation_loss(train: Train) -> None:
    folder, _ = train("run", epochs=12, lr=0.05, schedule="constant")
    lines = list(history.read(folder.history))
    best = min(lines, key=lambda line: line.val_loss or math.inf)
    assert read_checkpoint(folder.best).config.metrics["step"] == best.step
    assert read_checkpoint(folder.last).config.metrics["step"] == lines[-1].step


def test_a_validation_loss_that_is_no_number_is_never_the_best(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = iter([math.nan, 3.0, math.inf, 2.0])
    monkeypatch.setattr(TextTask, "validate", lambda self, check: next(losses))
    recipe = TextRecipe(**{**SMALL, "corpus": (str(corpus),), "early_stop": 2})
    with new_run(recipe, RunFolder(tmp_path / "run")) as training:
        told = [e.best for e in training.run() if isinstance(e, Evaluated)]
    assert told == [False, True, False, True]
    assert (training.at.best_loss, training.at.since_best) == (2.0, 0)


def test_early_stopping_ends_a_run_that_makes_no_progress(train: Train) -> None:
    _, events = train("run", epochs=50, lr=1e-12, early_stop=2, ema=0.0, warmup=0)
    assert events[-1].why == "early stop"
    assert events[-1].epoch < 50


def test_minutes_bound_a_run_and_still_end_in_an_evaluation(train: Train) -> None:
    folder, events = train("run", minutes=0.02)
    assert events[-1].why == "time is up"
    assert events[-1].seconds == pytest.approx(1.2, abs=1.0)
    assert list(history.read(folder.history))[-1].step == events[-1].step


@pytest.mark.parametrize("mode", ["value", "norm", "global-norm", "none"])
def test_gradients_are_clipped_as_named(mode: Any) -> None:
    from rnntui.training.optimizer import clip_gradients

    one, two = (torch.nn.Parameter(torch.zeros(2)) for _ in range(2))
    one.grad, two.grad = torch.tensor([3.0, 4.0]), torch.tensor([0.0, 12.0])
    before, after = clip_gradients([one, two], mode, 1.0)
    assert before == pytest.approx(13)
    clipped = {
        "none": ([3, 4], [0, 12]),
        "value": ([1, 1], [0, 1]),
        "norm": ([0.6, 0.8], [0, 1]),
        "global-norm": ([3 / 13, 4 / 13], [0, 12 / 13]),
    }[mode]
    assert one.grad.tolist() == pytest.approx(clipped[0], abs=1e-4)
    assert two.grad.tolist() == pytest.approx(clipped[1], abs=1e-4)
    assert after == pytest.approx(math.hypot(*clipped[0], *clipped[1]), abs=1e-3)


def test_learning_rates_follow_their_schedules() -> None:
    from rnntui.training.optimizer import learning_rate

    def rate(schedule: Any, **at: Any) -> float:
        recipe = TextRecipe(
            lr=1.0, schedule=schedule, warmup=10, lr_end=0.1, decay=0.5, decay_every=3
        )
        place = {"step": 100, "epoch": 0, "progress": 0.0, "drops": 0, **at}
        return learning_rate(recipe, **place)

    assert rate("constant", step=0) == pytest.approx(0.1)
    assert rate("constant") == 1
    assert rate("cosine", progress=0.5) == pytest.approx(0.55)
    assert rate("cosine", progress=1.0) == pytest.approx(0.1)
    assert rate("step", epoch=7) == 0.25
    assert rate("plateau", drops=2) == 0.25


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_good_checkpoint(
    train: Train, tmp_path: Path, corpus: Path
) -> None:
    folder, _ = train("fine", epochs=1)
    good = read_checkpoint(folder.last).weights
    recipe = TextRecipe(
        **{**SMALL, "corpus": (str(corpus),), "optimizer": "sgd", "lr": 1e3, "cell": "rnn",
           "nonlinearity": "relu", "clip_mode": "none", "warmup": 0}
    )  # fmt: skip
    bad = RunFolder(tmp_path / "bad")
    lowered = pytest.raises(DivergedError, match=r"at step \d+; .*lower --lr")
    with lowered, new_run(recipe, bad) as training:
        list(training.run())
    assert not bad.lock.exists()
    assert all(math.isfinite(w.sum()) for w in good.values())
    read_checkpoint(bad.last)  # refuses weights that are not numbers


def test_weights_that_are_no_numbers_never_replace_good_ones(tmp_path: Path, corpus: Path) -> None:
    recipe = TextRecipe(**{**SMALL, "corpus": (str(corpus),), "save_minutes": 1e-6})
    folder = RunFolder(tmp_path / "run")
    with (
        pytest.raises(DivergedError, match="the weights became nan at step 3; "),
        new_run(recipe, folder) as training,
    ):
        for event in training.run():
            if isinstance(event, Stepped) and event.step == 3:
                with torch.no_grad():
                    training.parameters[0][0, 0] = math.nan
    assert read_checkpoint(folder.last).config.metrics["step"] == 2
    assert read_counters(folder.state).step == 2


def test_a_run_stopped_in_its_first_epoch_leaves_the_averaged_weights(
    tmp_path: Path, corpus: Path
) -> None:
    recipe = TextRecipe(**{**SMALL, "corpus": (str(corpus),)})
    folder = RunFolder(tmp_path / "run")
    with new_run(recipe, folder) as training:
        for event in training.run():
            if isinstance(event, Stepped):
                training.stop()
        assert training.average
        averaged = training.average.values["head.bias"].numpy()
    checkpoint = read_checkpoint(folder.last)
    assert checkpoint.config.metrics["step"] == 1
    assert (checkpoint.weights["head.bias"] == averaged).all()


def test_a_corpus_too_short_is_told_how_long_it_must_be(tmp_path: Path) -> None:
    short = tmp_path / "short.txt"
    short.write_text("to be or not to be", "utf-8")
    with pytest.raises(CorpusError, match=r"has 18 symbols, too few .* it needs 152 "):
        task(short)
    with pytest.raises(CorpusError, match="it needs"):
        task(short, window=10)
    exact = tmp_path / "exact.txt"
    exact.write_text("ab" * 76, "utf-8")
    task(exact)


def test_a_folder_that_holds_a_run_is_not_overwritten(train: Train) -> None:
    train("run", steps=3)
    with pytest.raises(RunError, match="holds a run already"):
        train("run", steps=3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bidirectional": True}, "backward direction would read"),
        ({"tied": True, "embedding": 10}, "set embedding to 24"),
        ({"nonlinearity": "relu"}, "only the plain rnn has a choice"),
        ({"early_stop": 3, "split": (0.9, 0.0, 0.1)}, "early_stop watches"),
        ({"epochs": 0}, "epochs is 0"),
        ({"lr": float("nan")}, "lr is nan"),
    ],
)
def test_contradictions_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        make_recipe({**as_dict(TextRecipe(**SMALL)), **changes}, "options")


def test_threads_are_chosen_by_measuring_and_left_set() -> None:
    calls: list[int] = []
    before = torch.get_num_threads()
    try:
        chosen = throughput.choose_threads(lambda: calls.append(torch.get_num_threads()))
        assert torch.get_num_threads() == chosen
        assert set(calls) >= {1, throughput.available_threads()}
    finally:
        torch.set_num_threads(before)


def test_samples_are_drawn_at_every_temperature_from_the_recipe_s_prompt(train: Train) -> None:
    folder, events = train("run", sample_prompt="the ")
    sampled = next(e for e in events if isinstance(e, Sampled))
    assert list(sampled.texts) == [0.5, 1.0]
    assert all(t.startswith("the ") and len(t) == 24 for t in sampled.texts.values())
    text = folder.samples.read_text("utf-8")
    assert text.count("## epoch") == 2
    assert sampled.texts[0.5] in text


def test_a_prompt_of_strangers_is_told_before_the_training(corpus: Path) -> None:
    told = task(corpus, sample_prompt="THE Ä☃").warnings()
    assert any("read T as t" in w and w.startswith("sample_prompt: ") for w in told)
    assert any("left out of the prompt" in w and "☃" in w for w in told)
    assert not any("prompt" in w for w in task(corpus, sample_prompt="the ").warnings())


def test_validation_reads_so_many_windows_and_always_the_same(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: dict[str, Any] = {"window": 12, "weight_drop": 0.0, "split": (0.5, 0.4, 0.1)}
    one = task(corpus, **settings)
    whole = one.validate(lambda: None)
    monkeypatch.setattr(text, "_WINDOWS", 200)
    read = windows_read(monkeypatch)
    few = one.validate(lambda: None)
    assert 150 <= sum(read) <= 200
    assert one.validate(lambda: None) == few
    assert few == pytest.approx(whole, abs=0.2)


def windows_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collects the sizes of the batches of windows that are read from here on."""
    sizes: list[int] = []
    real = Windows.batch

    def batch(self: Windows, epoch: int, step: int) -> Batch:
        made = real(self, epoch, step)
        sizes.append(len(made.y))
        return made

    monkeypatch.setattr(Windows, "batch", batch)
    return sizes
