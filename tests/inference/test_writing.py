"""Whole texts by the Python API: length, stop text, seeds, and models that are none."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntui
from rnntui.checkpoints.config import Config, Suggested, VocabularyConfig
from rnntui.checkpoints.folder import write_checkpoint
from rnntui.errors import BadOption, CheckpointError
from rnntui.inference import blas
from rnntui.inference.blas import MeasuredThreads, _libraries, threads
from rnntui.inference.models import build_text_model
from rnntui.inference.sampling import Sampling
from rnntui.inference.stopping import StopText
from tests.inference.helpers import make_config, make_model, make_weights


@given(
    st.text("ab", max_size=40), st.text("ab", max_size=4), st.lists(st.integers(1, 5), min_size=1)
)
def test_the_stop_text_is_found_however_the_text_is_cut(
    text: str, stop: str, cuts: list[int]
) -> None:
    filter_, released, rest = StopText(stop), "", text
    for size in itertools.cycle(cuts):
        if not rest:
            break
        released += filter_.push(rest[:size])
        rest = rest[size:]
    released += filter_.flush()
    found = text.find(stop) if stop else -1
    assert released == (text if found < 0 else text[:found])
    assert filter_.stopped == (found >= 0)


def test_text_is_held_back_only_while_it_may_be_the_stop_text() -> None:
    stop = StopText("abc")
    assert [stop.push(c) for c in "xabab"] == ["x", "", "", "ab", ""]
    assert stop.flush() == "ab"


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_generation_ends_before_the_stop_text(size: int) -> None:
    model = make_model()
    whole = "".join(model.generate("abc", 500, seed=3))
    stop = whole[100 : 100 + size]
    text = model.generate("abc", 500, seed=3, stop=stop)
    assert "".join(text) == whole[: whole.find(stop)]
    assert text.stopped
    (many,) = (model.generate_many(1, "abc", 500, seed=3, stop=stop),)
    list(many)
    assert many.texts == [whole[: whole.find(stop)]]


def test_a_stop_text_that_never_comes_changes_nothing() -> None:
    model = make_model()
    whole = "".join(model.generate("abc", 300, seed=3))
    assert "".join(model.generate("abc", 300, seed=3, stop=whole[-3:] + "Z" * 5)) == whole
    assert "".join(model.generate("abc", 300, seed=3, stop="")) == whole


@pytest.mark.parametrize("length", [0, 1, 63, 64, 200])
def test_a_text_has_the_length_asked_for(length: int) -> None:
    model = make_model()
    assert len(list(model.generate("abc", length, seed=1))) == length
    many = model.generate_many(3, "abc", length, seed=1)
    pieces = list(many)
    assert [len(text) for text in many.texts] == [length] * 3
    assert many.texts == ["".join(p[k] for p in pieces) for k in range(3)]


def test_an_endless_text_goes_on() -> None:
    text = make_model().generate("abc", None, seed=1)
    assert len("".join(itertools.islice(text, 3000))) == 3000


def test_a_drawn_seed_can_be_read_and_gives_the_text_again() -> None:
    model = make_model()
    first = model.generate("abc", 100)
    again = model.generate("abc", 100, seed=first.seed)
    assert list(first) == list(again)
    assert model.generate("abc", 1).seed != model.generate("abc", 1).seed


def test_api_session_and_streams_write_the_same_text() -> None:
    model = make_model()
    session = model.session(5)
    session.feed("abc")
    text = session.next_many(150, Sampling(0.8))
    assert "".join(model.generate("abc", 150, seed=5, temperature=0.8)) == text
    many = model.generate_many(2, "abc", 150, seed=5, sampling=Sampling(0.8))
    list(many)
    assert many.texts[0] == text


def test_the_model_s_own_suggestion_is_the_default() -> None:
    config = msgspec.structs.replace(make_config(), sampling=Suggested(temperature=0, top_n=3))
    model = build_text_model(config, make_weights(config), "random")
    assert model.sampling() == Sampling(0, top_n=3)
    assert model.sampling(temperature=1.2, top_n=0) == Sampling(1.2)
    greedy = ["".join(model.generate("abc", 50, seed=seed)) for seed in (1, 2)]
    assert greedy[0] == greedy[1]


def test_a_lower_case_model_stops_at_an_upper_case_stop_text() -> None:
    config = make_config()
    vocabulary = msgspec.structs.replace(config.vocabulary, lowercase=True)
    config = msgspec.structs.replace(config, vocabulary=vocabulary)
    model = build_text_model(config, make_weights(config), "random")
    whole = "".join(model.generate("ABC", 300, seed=3))
    stop = whole[100:103]
    assert (
        "".join(model.generate("ABC", 300, seed=3, stop=stop.upper())) == whole[: whole.find(stop)]
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [({"length": -1}, "length is -1"), ({"temperature": -1.0}, "temperature is -1"),
     ({"seed": -4}, "seed is -4")],
)  # fmt: skip
def test_bad_options_are_refused_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(BadOption, match=message):
        make_model().generate("abc", **options)


def test_a_folder_loads_as_rnntui_load_and_writes_what_memory_writes(tmp_path: Path) -> None:
    config = make_config()
    weights = make_weights(config)
    write_checkpoint(tmp_path / "mine", config, weights)
    model = rnntui.load(str(tmp_path / "mine"))
    assert model.name == "mine"
    assert model.parameters == sum(w.size for w in weights.values())
    built = build_text_model(config, weights, "mine")
    assert list(model.generate("a", 50, seed=1)) == list(built.generate("a", 50, seed=1))
    assert list(rnntui.load(tmp_path / "mine").generate("a", 5, seed=1))


def test_a_run_s_best_checkpoint_is_called_after_the_run(tmp_path: Path) -> None:
    config = make_config()
    write_checkpoint(tmp_path / "my-run" / "best", config, make_weights(config))
    assert rnntui.load(tmp_path / "my-run" / "best").name == "my-run"


def test_a_network_that_cannot_do_its_task_is_refused_in_a_sentence(tmp_path: Path) -> None:
    config = msgspec.structs.replace(make_config(), task="forecast")
    write_checkpoint(tmp_path, config, make_weights(config))
    with pytest.raises(CheckpointError, match="a forecaster must read windows"):
        rnntui.load(tmp_path)


def test_a_suggestion_that_makes_no_sense_is_the_model_s_fault() -> None:
    config = msgspec.structs.replace(make_config(), sampling=Suggested(top_p=3.0))
    with pytest.raises(CheckpointError, match="top-p is 3"):
        build_text_model(config, make_weights(config), "bad")


def test_a_model_of_words_is_refused() -> None:
    words = VocabularyConfig("word", ("the", "cat"))
    config = Config("text", make_config().network, vocabulary=words)
    with pytest.raises(CheckpointError, match="writes words"):
        build_text_model(config, make_weights(config), "bad")


def test_a_suspended_text_leaves_the_caller_its_threads() -> None:
    libraries = _libraries()
    if not libraries:
        pytest.skip("no BLAS here whose threads can be set")
    with threads(2):
        text = make_model().generate("abc", 200, seed=1)
        next(text)
        assert [library.num_threads for library in libraries] == [2] * len(libraries)
        with pytest.raises(ZeroDivisionError), threads(1):
            assert {library.num_threads for library in libraries} == {1}
            raise ZeroDivisionError
        assert {library.num_threads for library in libraries} == {2}


@pytest.mark.parametrize("faster", [1, 2])
def test_a_long_job_gets_the_faster_of_one_thread_and_many(
    faster: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not _libraries():
        pytest.skip("no BLAS here whose threads can be set")
    monkeypatch.setattr(blas, "_trial", lambda count: 1.0 if count == faster else 2.0)
    pace = MeasuredThreads(2)
    for _ in range(2):
        with pace.block():
            assert {library.num_threads for library in _libraries()} == {faster}


def test_a_trial_takes_a_moment_and_leaves_the_threads_alone() -> None:
    before = [library.num_threads for library in _libraries()]
    assert 0 < blas._trial(2) < 5
    assert [library.num_threads for library in _libraries()] == before


def test_inference_imports_no_torch() -> None:
    code = (
        "import sys, pkgutil, importlib, rnntui.inference as package\n"
        "for module in pkgutil.iter_modules(package.__path__):\n"
        "    importlib.import_module('rnntui.inference.' + module.name)\n"
        "heavy = {'torch', 'typer', 'rich', 'textual'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_thread_limit_can_be_set_before_numpy_is_there() -> None:
    code = (
        "import sys, os\n"
        "from rnntui.inference.blas import hold_to_one_thread\n"
        "assert 'numpy' not in sys.modules\n"
        "os.environ['OMP_NUM_THREADS'] = '3'\n"
        "hold_to_one_thread()\n"
        "assert os.environ['OPENBLAS_NUM_THREADS'] == '1'\n"
        "assert os.environ['OMP_NUM_THREADS'] == '3'\n"
    )
    environment = {"PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
