"""The form of a new run: what is wrong is told before it starts, and nothing typed is lost."""

from __future__ import annotations

import subprocess

import pytest

from rnntui.paths import shipped_models
from rnntui.runs.folder import RunFolder
from rnntui.tui.screens.write import WriteScreen
from rnntui.tui.train import new_run
from rnntui.tui.train.key_list import KeyList
from rnntui.tui.train.new_run import NewRun
from rnntui.tui.train.processes import Launch
from rnntui.tui.train.screen import TrainScreen

from .train_stage import TrainStage, end_trainings, play, text_file

SHIPS = (shipped_models() / "imdb-lstm").exists()


@pytest.fixture(autouse=True)
def no_trainings_left(home):
    yield
    end_trainings(home)


async def open_form(stage: TrainStage) -> NewRun:
    await stage.press("n")
    await stage.until("fitted to the text", "Corpus", "Name")
    assert isinstance(stage.app.screen, NewRun)
    return stage.app.screen


async def set_key(stage: TrainStage, name: str, text: str) -> None:
    """Go to a key, and type a value."""
    rows = stage.app.screen.query_one(KeyList)
    rows.focus()
    rows.highlighted = [key.name for key in rows.keys].index(name)
    await stage.pilot.pause()
    await stage.press("enter")
    stage.app.screen.query_one("#value").value = ""  # type: ignore[attr-defined]
    await stage.type(text)
    await stage.press("enter")


class TestKeys:
    @pytest.mark.parametrize("size", [(80, 24), (160, 45)])
    def test_documentation_stands_beside_the_key(self, home, size):
        async def scene(stage: TrainStage) -> None:
            await open_form(stage)
            await stage.press("tab", "tab", "down", "down", "down", "down")
            await stage.until("units in each layer", "integer, 1 to 65536", "default 256")
            await stage.until("^J start", "F1 help")

        play(scene, size)

    def test_a_value_is_typed_turned_and_given_back(self, home):
        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            await set_key(stage, "hidden", "64")
            assert form.plan.changes == {"hidden": 64}
            await stage.until("›hidden              64            you")
            await stage.press("r")
            assert form.plan.changes == {}
            await stage.press("up", "up", "up", "left")  # cell, from lstm to gru
            assert form.plan.changes == {"cell": "gru"}
            await stage.press("right")
            assert form.plan.changes == {}

        play(scene)

    def test_a_digit_begins_to_type(self, home):
        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            form.query_one(KeyList).focus()
            await stage.press("l", "3", "2", "enter")
            assert form.plan.changes == {"layers": 32}

        play(scene)

    def test_a_letter_goes_to_the_next_key_that_begins_with_it(self, home):
        async def scene(stage: TrainStage) -> None:
            rows = (await open_form(stage)).query_one(KeyList)
            rows.focus()
            gone_to = []
            for _ in range(4):
                await stage.press("h")
                gone_to.append(rows.current.name)
            assert gone_to == ["hidden", "head_hidden", "head_activation", "hidden"]

        play(scene)

    def test_what_the_recipe_says_is_no_change(self, home):
        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            form.query_one("#recipe").value = "hamlet-gru"  # type: ignore[attr-defined]
            await stage.until("Hamlet by two GRU layers", "the recipe says")
            await set_key(stage, "hidden", "128")
            assert form.plan.changes == {}
            await set_key(stage, "epochs", "3")
            assert form.plan.changes == {"epochs": 3}

        play(scene)

    def test_fitted_keys_are_fitted_until_they_are_typed(self, home):
        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            await stage.until("epochs              from the text fitted")
            await set_key(stage, "epochs", "20")  # the schema's default, and yet a choice
            assert form.plan.changes == {"epochs": 20}
            await stage.press("r")
            assert form.plan.changes == {}

        play(scene)

    def test_a_bad_value_is_told_at_once_and_keeps_the_run_from_starting(self, home, tmp_path):
        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            form.corpus.value = str(text_file(tmp_path))
            await set_key(stage, "hidden", "0")
            await stage.until("hidden = 0; choose 1 to 65536")
            await stage.press("ctrl+j")
            await stage.until("hidden = 0")
            assert form.launch is None
            await stage.press("r")
            assert not stage.notice
            await set_key(stage, "recurrent_dropout", "0.5")
            await set_key(stage, "weight_drop", "0.5")
            await stage.until("both regularise the recurrence; choose one of them")

        play(scene)

    def test_a_number_takes_no_letters_and_nothing_is_the_recipes_own(self, home):
        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            await set_key(stage, "hidden", "7many1,.2")
            assert form.plan.changes == {"hidden": 712}
            await set_key(stage, "hidden", "many")
            assert form.plan.changes == {} and not stage.notice
            await set_key(stage, "dropout", "x0.5; 1e-1")
            assert form.plan.changes == {"dropout": 0.51e-1}
            await stage.press("r")
            await set_key(stage, "sample_temperatures", "0.5, x0.8")
            assert form.plan.changes == {"sample_temperatures": [0.5, 0.8]}
            await stage.press("h", "full_stop")  # a point begins no integer
            assert stage.app.focused is form.query_one(KeyList)

        play(scene)

    def test_all_keys_are_given_back_at_once(self, home):
        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            await set_key(stage, "hidden", "0")
            await set_key(stage, "layers", "3")
            await stage.until("✗ this run: hidden = 0", "R reset all")
            await stage.press("R")
            assert form.plan.changes == {} and not stage.notice
            await stage.until("layers              2             default")

        play(scene)

    def test_escape_leaves_a_value_as_it_was_and_then_the_form(self, home):
        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            form.query_one(KeyList).focus()
            await stage.press("l", "9", "escape")
            assert form.plan.changes == {}
            await stage.press("escape")
            await stage.until(lambda: isinstance(stage.app.screen, TrainScreen))

        play(scene)


class TestCorpus:
    def test_the_form_opens_at_the_corpus_each_time(self, home):
        async def scene(stage: TrainStage) -> None:
            for typed in ("hamlet", "own.txt"):  # typed over what stands there
                form = await open_form(stage)
                assert stage.app.focused is form.corpus
                await stage.type(typed)
                assert form.corpus.value == typed and form.plan.changes == {}
                await stage.press("escape")

        play(scene)

    def test_names_are_completed_walked_through_and_told(self, home):
        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            await stage.type("haml")
            await stage.press("tab")
            assert form.corpus.value == "hamlet"
            await stage.until("hamlet: 163 kB, will be downloaded; Hamlet, as in NLTK")
            await stage.press("tab")  # it is a name: nothing is missing
            assert stage.app.focused is form.called
            form.corpus.focus()
            await stage.press("down")
            assert form.corpus.value not in ("hamlet", "")

        play(scene)

    def test_a_file_is_told_with_its_size_and_a_wrong_name_at_the_start(self, home, tmp_path):
        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            form.corpus.value = str(text_file(tmp_path))
            await stage.until("a file of 3.2 kB")
            form.corpus.value = "no-such-thing"
            await stage.until("✗ there is no corpus or file no-such-thing")
            await stage.press("ctrl+j")
            await stage.until("there is no corpus or file no-such-thing; type another")
            assert form.launch is None

        play(scene)

    def test_a_recipe_for_reviews_has_other_keys_and_other_corpora(self, home, tmp_path):
        reviews = tmp_path / "films.csv"
        reviews.write_text("review,label\nx,1\n")

        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            form.corpus.value = "hamlet"
            await set_key(stage, "sample_length", "100")
            await set_key(stage, "hidden", "64")
            form.query_one("#recipe").value = "imdb-lstm"  # type: ignore[attr-defined]
            await stage.until("imdb, as the recipe says", "imdb-lstm-2" if SHIPS else "imdb-lstm")
            # What only texts have is gone; what both have stays.
            assert form.plan.changes == {"hidden": 64}
            assert form.corpus.value == ""
            await set_key(stage, "pooling", "max")
            assert form.plan.changes == {"hidden": 64, "pooling": "max"}
            form.corpus.focus()
            await stage.press("down")
            assert form.corpus.value == "imdb"
            form.corpus.value = str(reviews)[:-2]
            await stage.pilot.pause()
            await stage.press("tab")
            assert form.corpus.value == str(reviews)
            form.corpus.value = "hamlet"
            await stage.until("hamlet is no set of reviews")
            form.query_one("#recipe").value = ""  # type: ignore[attr-defined]
            await stage.until("a name, or a file")
            assert form.plan.changes == {"hidden": 64}

        play(scene)


class TestStarting:
    def test_a_training_that_does_not_begin_says_why_and_the_form_stays(self, home, tmp_path):
        short = tmp_path / "short.txt"
        short.write_text("ab")

        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            form.corpus.value = str(short)
            await set_key(stage, "hidden", "6")
            await stage.press("ctrl+j")
            await stage.until("starting short")
            await stage.until(lambda: "✗" in stage.notice)
            assert "short" in stage.notice
            assert "Traceback" not in stage.notice
            assert stage.app.screen is form
            assert form.plan.changes == {"hidden": 6}
            await stage.press("escape")
            await stage.until(lambda: isinstance(stage.app.screen, TrainScreen))
            again = await open_form(stage)  # and is there again as it was
            assert again.corpus.value == str(short)
            assert again.plan.changes == {"hidden": 6}

        play(scene)

    def test_a_training_begins_is_watched_and_outlives_the_app(self, home, tmp_path):
        run = RunFolder(home / "data" / "runs" / "mine")

        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            form.corpus.value = str(text_file(tmp_path))
            form.called.value = "mine"
            for name, value in (("hidden", "6"), ("layers", "1"), ("epochs", "100000"),
                                ("threads", "1"), ("precision", "fp32"), ("seq_len", "16"),
                                ("sample_every", "0"), ("early_stop", "0")):  # fmt: skip
                await set_key(stage, name, value)
            await stage.press("ctrl+j")
            await stage.until("mine · running, process", "1 running", "validation")

        play(scene)
        recipe = run.read_recipe()
        assert (recipe.hidden, recipe.layers, recipe.epochs) == (6, 1, 100_000)

        async def later(stage: TrainStage) -> None:
            await stage.choose("mine")
            await stage.until("mine · running, process")
            await stage.press("s")
            await stage.until("mine saves and ends after the step it is in")
            await stage.press("s")
            await stage.until("mine · stopped")

        play(later)

    def test_a_training_that_begins_out_of_sight_closes_its_form_when_it_is_seen_again(
        self, home, tmp_path, monkeypatch
    ):
        begun: list[bool] = []
        monkeypatch.setattr(Launch, "trains", property(lambda self: bool(begun)))

        def begin(arguments: list[str], folder: RunFolder) -> Launch:
            return Launch(folder, subprocess.Popen(["sleep", "60"]), tmp_path / "log")

        monkeypatch.setattr(new_run, "begin", begin)

        async def scene(stage: TrainStage) -> None:
            form = await open_form(stage)
            form.corpus.value = str(text_file(tmp_path))
            await stage.press("ctrl+j")
            await stage.until("PyTorch is being loaded")
            await stage.press("f2")
            begun.append(True)
            await stage.until(lambda: form.begun)
            assert isinstance(stage.app.screen, WriteScreen)
            assert form.launch
            form.launch.process.kill()
            form.launch.process.wait()
            await stage.press("f6")
            await stage.until(lambda: isinstance(stage.app.screen, TrainScreen))

        play(scene)

    def test_the_form_may_be_left_while_a_training_starts(self, home, tmp_path):
        async def scene(stage: TrainStage) -> None:
            for name in ("left", "ended"):
                form = await open_form(stage)
                form.corpus.value = str(text_file(tmp_path))
                form.called.value = name
                await set_key(stage, "hidden", "6")
                await set_key(stage, "epochs", "1")
                await stage.press("ctrl+j", "escape")
                await stage.until("starting", name)
            await stage.until(lambda: stage.screen.runs.highlighted_option.id.endswith("ended"))  # type: ignore[union-attr]
            await stage.press("s")
            await stage.until("ended will not begin")
            await stage.choose("left")
            await stage.until("left · finished")
            assert "ended" not in [each.name for each in stage.screen.runs.summaries]

        play(scene)
