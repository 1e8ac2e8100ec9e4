"""A language model of words comes first: it learns, resumes, and hands its layers on."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch.nn import functional

from rnntui.checkpoints.folder import read_checkpoint
from rnntui.errors import CorpusError, RecipeError, RnntuiError, RunError
from rnntui.networks.exchange import export_weights
from rnntui.networks.sampled import sampled_loss
from rnntui.runs import history
from rnntui.runs.folder import RunFolder
from rnntui.training.events import Evaluated, Finished, Started, Stepped
from rnntui.training.review_data import PRETRAINED, read_review_data
from rnntui.training.sentiment import SentimentTask
from rnntui.training.words import WordsTask

from .reviews import recipe, resume, texts, train, write_reviews


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_reviews(tmp_path / "films.csv")


@pytest.fixture
def more(tmp_path: Path) -> Path:
    """Unlabelled reviews, three of them reviews of the test half."""
    lines = [text for text, _ in texts(60, seed=7)] + [text for text, _ in texts(3, seed=2)]
    file = tmp_path / "unsup.txt"
    file.write_text("\n".join(f"{line} aha" for line in lines[:60]) + "\n" + "\n".join(lines[60:]))
    return file


def weights(folder: Path) -> dict[str, np.ndarray]:
    return read_checkpoint(RunFolder(folder).best).weights


def same(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], two[name]) for name in one)


def test_it_learns_from_training_and_unlabelled_reviews_and_never_from_others(corpus, more):
    data = read_review_data(recipe(corpus, unlabelled=(str(more),), pretrain=1))
    ((unlabelled, rows),) = data.more
    assert rows.tolist() == list(range(60))  # the three of the test half are left out
    assert "aha" in data.words.symbols
    task = WordsTask(
        recipe(corpus, unlabelled=(str(more),), objective="words"), data, torch.device("cpu")
    )
    lengths = data.labelled.corpus.lengths[data.rows("train")]
    assert (
        len(task.train) == lengths.sum() + len(lengths) + unlabelled.corpus.lengths[:60].sum() + 60
    )
    assert (task.train == 0).sum() == 180 + 60  # a mark before each review
    counts = np.bincount(task.train)
    assert counts[data.words.index["aha"]] == 60


def test_without_pretraining_nothing_unlabelled_is_read(corpus, more):
    assert read_review_data(recipe(corpus, unlabelled=(str(more),))).more == ()


def test_a_language_model_of_words_learns_alone(corpus, more, tmp_path):
    made = recipe(corpus, unlabelled=(str(more),), objective="words", batch_size=4, epochs=5)
    events = train(tmp_path / "run", made)
    losses = [e.line.val_loss for e in events if isinstance(e, Evaluated)]
    # Nineteen words drawn at random have 2.8 nats each; sixty that it knows, untrained, 3.
    assert losses[-1] < losses[0] < 2.9
    started = events[0]
    assert isinstance(started, Started) and started.data.unit == "words"
    config = read_checkpoint(tmp_path / "run" / "best").config
    assert (config.task, config.vocabulary.unit, config.network.tied) == ("text", "word", True)


def test_the_classifier_begins_with_what_the_language_model_learned(corpus, tmp_path):
    made = recipe(corpus, objective="words", batch_size=4, epochs=1)
    train(tmp_path / "words", made)
    learned = weights(tmp_path / "words")
    starts = recipe(corpus, start_from=str(tmp_path / "words"), words=30)
    task = SentimentTask(starts, read_review_data(starts), torch.device("cpu"))
    begun = export_weights(task.network)
    taken = [name for name in begun if name == "embedding.weight" or name.startswith("rnn.")]
    assert len(taken) == 5
    assert all(np.array_equal(begun[name], learned[name]) for name in taken)
    vocabulary = read_checkpoint(tmp_path / "words" / "best").config.vocabulary
    assert task.reviews.words.symbols == vocabulary.symbols
    # Both directions: the forward one is taken over, the other is drawn.
    both = recipe(corpus, start_from=str(tmp_path / "words"), bidirectional=True)
    begun = export_weights(SentimentTask(both, read_review_data(both), torch.device("cpu")).network)
    assert np.array_equal(begun["rnn.weight_hh_l0"], learned["rnn.weight_hh_l0"])
    assert not np.array_equal(begun["rnn.weight_hh_l0_reverse"], learned["rnn.weight_hh_l0"])


def test_a_language_model_of_another_shape_or_kind_is_refused(corpus, tmp_path, make_model):
    train(tmp_path / "words", recipe(corpus, objective="words", batch_size=4, epochs=1))
    wrong = recipe(corpus, start_from=str(tmp_path / "words"), hidden=16)
    with pytest.raises(RecipeError, match="has hidden 12; set the same here"):
        SentimentTask(wrong, read_review_data(wrong), torch.device("cpu"))
    letters = recipe(corpus, start_from=str(make_model("letters")))
    with pytest.raises(RecipeError, match="holds no language model of words"):
        read_review_data(letters)
    with pytest.raises(RnntuiError, match="there is no model 'nowhere'"):
        read_review_data(recipe(corpus, start_from="nowhere"))


def test_one_command_trains_both_and_others_start_from_it(corpus, more, tmp_path):
    made = recipe(corpus, unlabelled=(str(more),), pretrain=2, epochs=2)
    folder = tmp_path / "run"
    events = train(folder, made)
    assert [e.data.unit for e in events if isinstance(e, Started)] == ["words", "reviews"]
    assert [e.folder for e in events if isinstance(e, Finished)] == [folder]
    assert len(list(history.read(RunFolder(folder / PRETRAINED).history))) == 2
    assert len(list(history.read(RunFolder(folder).history))) == 2
    train(tmp_path / "again", recipe(corpus, start_from=str(folder), epochs=2))
    assert same(weights(folder), weights(tmp_path / "again"))


def steps(count: int):
    return lambda events: sum(isinstance(e, Stepped) for e in events) == count


def test_both_parts_resume_to_the_same_weights(corpus, tmp_path):
    made = recipe(corpus, pretrain=2, epochs=2)
    events = train(tmp_path / "whole", made)
    words = next(e for e in events if isinstance(e, Started)).data.parts[0]
    total = sum(isinstance(e, Stepped) for e in events)
    assert 100 < total < 400 and words > 2000
    whole = weights(tmp_path / "whole")
    each = msgspec.structs.replace(made, save_minutes=1e-9)  # a save after each step
    for at in (2, total // 2, total - 5):
        cut = tmp_path / f"cut at {at}"
        train(cut, each, steps(at))
        resume(cut, save_minutes=3)
        assert same(whole, weights(cut))


def test_a_run_stopped_in_its_first_part_says_so_and_goes_on(corpus, tmp_path):
    from rnntui.training.start import new_run

    folder = RunFolder(tmp_path / "run")
    with new_run(recipe(corpus, pretrain=1, epochs=1), folder) as training:
        for event in training.run():
            if isinstance(event, Stepped):
                training.stop()
    assert isinstance(event, Finished)
    assert (event.why, event.folder) == ("stopped", folder.path)
    with pytest.raises(RunError, match="cannot change hidden"):
        resume(folder.path, hidden=13)
    assert isinstance(resume(folder.path)[-1], Finished)
    assert folder.best.exists()


def test_too_few_words_say_how_many_it_takes(corpus, tmp_path):
    made = recipe(corpus, objective="words", batch_size=64, seq_len=100)
    with pytest.raises(CorpusError, match="one batch takes 6,401"):
        train(tmp_path / "run", made)


def test_the_sampled_loss_estimates_the_whole_one_and_its_gradient():
    generator = torch.Generator().manual_seed(3)
    weight = torch.randn(40, 6, generator=generator, requires_grad=True)
    bias = torch.randn(40, generator=generator, requires_grad=True)
    features = torch.randn(15, 6, generator=generator, requires_grad=True)
    targets = torch.randint(40, (15,), generator=generator)
    whole = functional.cross_entropy(features @ weight.T + bias, targets)
    wanted = torch.autograd.grad(whole, (features, weight, bias))
    sampled = sampled_loss(features, targets, weight, bias, 200_000, generator)
    found = torch.autograd.grad(sampled, (features, weight, bias))
    assert sampled.item() == pytest.approx(whole.item(), rel=0.01)
    for a, b in zip(found, wanted, strict=True):
        assert (a - b).norm() < 0.02 * b.norm()


def test_a_sample_that_holds_nothing_but_the_word_itself_costs_nothing():
    generator = torch.Generator().manual_seed(3)
    weight = torch.zeros(1, 2, requires_grad=True)
    targets = torch.zeros(3, dtype=torch.long)
    loss = sampled_loss(torch.ones(3, 2), targets, weight, torch.zeros(1), 5, generator)
    loss.backward()
    assert loss.item() == 0
    assert weight.grad is not None and weight.grad.isfinite().all()
