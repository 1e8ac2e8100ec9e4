"""The Models mode by its keys, over a scripted engine."""

from __future__ import annotations

import msgspec
import pytest

from rnntui.engine.child import Death
from rnntui.engine.client import EngineError
from rnntui.engine.protocol.sharing import Description
from rnntui.tui.models.compare import CompareModels
from rnntui.tui.models.push import PushForm
from rnntui.tui.models.screen import ModelsScreen
from rnntui.tui.screens.model_picker import ModelPicker
from rnntui.tui.screens.write import WriteScreen
from rnntui.tui.sentiment.screen import SentimentScreen
from rnntui.tui.train.ask import Confirm
from tests.scripted.sharing import DESCRIPTION
from tests.tui.models.stage import JUDGE, LISTED, OFFER, OWN, Play, Shelves, visit


def test_what_is_here_is_listed_and_told_of_and_nobody_asks_the_hub(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.shows("mine", "1.402 nats", "damaged: there is no", "4 models · by source")
        await shelves.shows("network", "lstm 2×8", "A card", "It writes.")
        await shelves.press("down")
        await shelves.until(lambda: ("describe", "imdb-lstm", "/m/imdb") in shelves.hub.asked)
        assert {call[0] for call in shelves.hub.asked} == {"describe"}
        assert all(call[2] for call in shelves.hub.asked)  # each a folder of its own

    visit(play, scene)


def test_typing_filters_and_escape_gives_it_up(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("slash", *"senti")
        await shelves.shows("1 of 4 models")
        assert "imdb-lstm" in shelves.shown and "mine" not in shelves.shown
        await shelves.press("enter")
        assert shelves.stage.app.focused is shelves.screen.models
        assert shelves.chosen == "imdb-lstm"
        await shelves.press("escape")
        await shelves.shows("4 models", "mine")
        await shelves.press("slash", *"zebra", "down", "enter")
        assert isinstance(shelves.stage.app.screen, ModelsScreen)  # nothing there to open
        await shelves.press("slash", "escape")
        await shelves.shows("4 models", "mine")

    visit(play, scene)


def test_s_sorts_and_the_highlight_stays_on_its_model(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("down", "s")
        await shelves.shows("by name")
        assert shelves.chosen == "imdb-lstm"
        names = [row.name for row in shelves.screen.models.here]
        assert names == ["broken", "imdb-lstm", "mine", "shakespeare-lstm"]

    visit(play, scene)


@pytest.mark.parametrize(
    ("down", "screen", "attribute"),
    [(2, WriteScreen, "model"), (1, SentimentScreen, "judge")],
)
def test_enter_opens_a_model_in_its_mode(
    play: Play, down: int, screen: type, attribute: str
) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press(*["down"] * down, "enter")
        await shelves.until(lambda: isinstance(shelves.stage.app.screen, screen))
        assert getattr(shelves.stage.app, attribute) == LISTED[down].name

    visit(play, scene)


def test_a_list_left_open_in_its_mode_gives_way_to_the_model(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        app = shelves.stage.app
        await shelves.press("f4", "ctrl+o")
        await shelves.until(lambda: isinstance(app.screen, ModelPicker))
        await app.switch_mode("models")
        await shelves.press("down", "enter")
        await shelves.until(lambda: isinstance(app.screen, SentimentScreen))
        assert app.judge == LISTED[1].name
        assert len(app.screens_of("sentiment")) == 1

    visit(play, scene)


def test_a_damaged_one_says_why_it_is_not_opened(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("down", "down", "down", "enter")
        await shelves.until(lambda: "broken is damaged: there is no config.json" in shelves.notice)
        assert isinstance(shelves.stage.app.screen, ModelsScreen)

    visit(play, scene)


def test_the_hub_is_searched_by_words_and_its_models_are_looked_at(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("h", *"tiny", "enter")
        await shelves.shows("On the Hub: 1 found", "anna/tiny", "1,204 downloads")
        assert shelves.chosen == "anna/tiny"
        await shelves.until(lambda: ("describe", "anna/tiny", "") in shelves.hub.asked)
        await shelves.press("h", "backspace", "enter")
        await shelves.shows("On the Hub: 2 found", "bob/gated", "gated")
        assert [call for call in shelves.hub.asked if call[0] == "search"] == [
            ("search", "tiny"), ("search", ""),
        ]  # fmt: skip

    visit(play, scene)


def test_without_the_hub_a_line_says_so_and_all_else_goes_on(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        shelves.hub.offers = EngineError("hub.example cannot be reached", "check the network")
        await shelves.press("h", "enter")
        await shelves.until(lambda: "hub.example cannot be reached; check" in shelves.notice)
        await shelves.shows("mine", "On the Hub: h searches")
        await shelves.press("h", *"anna/other", "enter")  # it may be in the Hub's cache
        await shelves.shows("anna/other")
        await shelves.press("enter")
        await shelves.until(lambda: "anna/other" in shelves.hub.moving)

    visit(play, scene)


def test_two_are_fetched_one_is_stopped_and_the_other_is_in_every_picker(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("h", "enter")
        await shelves.shows("2 found")
        await shelves.press("enter", "down", "enter")
        await shelves.until(lambda: len(shelves.hub.moving) == 2)
        shelves.hub.progress("anna/tiny", 500_000, 1_000_000, 250_000.0)
        await shelves.shows("50 % of 1.0 MB, 250 kB/s", "asking the Hub ...", "2 on the way")
        await shelves.press("x")
        await shelves.until(lambda: ("cancel", "bob/gated") in shelves.hub.asked)
        await shelves.until(lambda: "bob/gated was stopped" in shelves.notice)
        assert "anna/tiny" in shelves.hub.moving
        await shelves.press("up", "enter")
        assert "on its way" in shelves.notice

        pulled = msgspec.structs.replace(
            OWN, name="tiny", source="hub", folder="/hub/tiny", repo="anna/tiny"
        )
        shelves.stage.engine._listed = (*LISTED, pulled)
        shelves.hub.end("anna/tiny", "/hub/tiny")
        await shelves.until(lambda: "anna/tiny is here as tiny" in shelves.notice)
        await shelves.until(lambda: shelves.chosen == "tiny")
        await shelves.until(lambda: not shelves.screen.shelf.transfers)
        await shelves.shows("here")
        await shelves.press("f2", "ctrl+o")
        picker = shelves.stage.app.screen
        assert isinstance(picker, ModelPicker)
        assert "tiny" in [choice.name for choice in picker.choices]

    visit(play, scene)


def test_a_fetch_that_fails_says_why_and_one_that_ends_elsewhere_is_told_there(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("h", "enter")
        await shelves.shows("2 found")
        await shelves.press("enter", "down", "enter")
        await shelves.until(lambda: len(shelves.hub.moving) == 2)
        shelves.hub.end("bob/gated", EngineError("bob/gated is gated", "open its page"))
        await shelves.until(lambda: shelves.notice == "✗ bob/gated is gated; open its page")
        await shelves.press("f2")
        shelves.hub.end("anna/tiny", "/hub/tiny")
        told = shelves.stage.app._notifications
        await shelves.until(lambda: any("anna/tiny is here" in note.message for note in told))

    visit(play, scene)


def test_control_c_stops_what_is_in_hand(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("h", "enter")
        await shelves.shows("2 found")
        await shelves.press("enter")
        await shelves.until(lambda: shelves.screen.shelf.transfers)
        await shelves.press("ctrl+c")
        await shelves.until(lambda: ("cancel", "anna/tiny") in shelves.hub.asked)

    visit(play, scene)


def test_marked_models_stand_beside_each_other(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        shelves.hub.descriptions["mine"] = Description(
            (("task", "text"), ("network", "gru 1×8"), ("val_loss", "1.2")), "", {}, "text", False
        )
        await shelves.press("c")
        assert "Space marks models" in shelves.notice
        await shelves.press("space", "down", "c")
        await shelves.until(lambda: isinstance(shelves.stage.app.screen, CompareModels))
        lines = [line.split() for line in shelves.shown.splitlines()]
        assert ["shakespeare-lstm", "mine"] in lines
        assert ["task", "=", "text", "text"] in lines
        assert ["val_loss", "≠", "–", "1.2"] in lines
        await shelves.press("escape")
        await shelves.shows("1 marked")

    visit(play, scene)


def test_a_model_is_removed_once_confirmed(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("down", "down", "d")
        await shelves.until(lambda: isinstance(shelves.stage.app.screen, Confirm))
        asked = shelves.stage.app.screen
        assert isinstance(asked, Confirm) and "in use" not in asked.question
        await shelves.press("n")
        assert ("remove", "mine", "/m/mine") not in shelves.hub.asked
        shelves.stage.app.model = shelves.stage.app.talker = "mine"
        await shelves.press("d")
        await shelves.until(lambda: isinstance(shelves.stage.app.screen, Confirm))
        asked = shelves.stage.app.screen
        assert isinstance(asked, Confirm) and "It is in use in Write and Chat." in asked.question
        await shelves.press("y")
        await shelves.until(lambda: "mine is gone; 800 B are free again" in shelves.notice)
        assert ("remove", "mine", "/m/mine") in shelves.hub.asked

    visit(play, scene)


def test_a_push_is_seen_agreed_to_and_ends_with_its_address(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("down", "down", "u")
        form = shelves.stage.app.screen
        assert isinstance(form, PushForm)
        await shelves.press(*"anna/mine", "enter", *"mit", "tab", "space", "ctrl+j")
        await shelves.shows("https://hub/anna/mine: public, new", "[x] private")
        assert ("pack", "mine", "anna/mine", "True", "mit", "False") in shelves.hub.asked
        await shelves.press("ctrl+j")
        await shelves.until(lambda: isinstance(shelves.stage.app.screen, Confirm))
        assert not shelves.hub.moving
        await shelves.press("y")
        await shelves.until(lambda: "anna/mine" in shelves.hub.moving)
        shelves.hub.progress("anna/mine", 400, 800)
        await shelves.shows("sending", "50 % of 800 B")
        shelves.hub.end("anna/mine", "0123456789abcdef")
        await shelves.until(lambda: "shared as https://hub/anna/mine" in shelves.notice)
        await shelves.shows("shared: https://hub/anna/mine")

    visit(play, scene)


def test_a_change_in_the_form_has_to_be_looked_at_again(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("down", "down", "u", *"anna/mine", "ctrl+j")
        form = shelves.stage.app.screen
        assert isinstance(form, PushForm)
        await shelves.until(lambda: form.packed)
        form.replace.action_turn()
        await shelves.until(lambda: not form.packed)
        await shelves.press("ctrl+j")
        await shelves.until(lambda: form.packed)
        assert [call[0] for call in shelves.hub.asked].count("pack") == 2
        await shelves.press("escape")
        assert isinstance(shelves.stage.app.screen, ModelsScreen) and not shelves.hub.moving

    visit(play, scene)


def test_one_on_the_hub_is_neither_removed_nor_shared(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.press("h", "enter")
        await shelves.shows("2 found")
        for key, doing in (("d", "delete"), ("u", "share")):
            await shelves.press(key)
            assert f"a model that is here to {doing} it" in shelves.notice

    visit(play, scene)


def test_a_dead_engine_is_said_and_nothing_is_lost(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        shelves.stage.engine._die(Death("exited", 1, ()))
        await shelves.until(lambda: "the engine ended" in shelves.notice)
        await shelves.shows("mine", "imdb-lstm")
        await shelves.press("ctrl+e")
        await shelves.until(lambda: not shelves.notice)

    visit(play, scene)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_at_every_size_the_card_opens_by_a_key(play: Play, size: tuple[int, int]) -> None:
    async def scene(shelves: Shelves) -> None:
        screen = shelves.screen
        assert screen.about.display == (size[0] > 80)
        await shelves.press("v")
        assert screen.about.display and not screen.models.display
        await shelves.shows("It writes.")
        await shelves.press("escape")
        assert screen.models.display and shelves.stage.app.focused is screen.models
        for other in ((20, 5), (1, 1), (200, 60), size):
            await shelves.stage.pilot.resize_terminal(*other)
            await shelves.stage.pilot.pause()
        await shelves.shows("mine")

    visit(play, scene, size=size)


def test_a_strangers_names_and_facts_are_shown_not_obeyed(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        evil = "\x1b[31m[bold]x[/]"
        facts = (("network", evil), (evil, "1"))
        told = msgspec.structs.replace(DESCRIPTION, facts=facts, card=evil, problem=evil)
        shelves.hub.offers = (msgspec.structs.replace(OFFER, task=evil, updated=evil),)
        shelves.hub.descriptions["anna/tiny"] = told
        await shelves.press("h", "enter")
        await shelves.shows("␛[31m[bold]x[/]", "damaged: ␛")
        assert "\x1b" not in shelves.shown

    visit(play, scene, size=(160, 45))


def test_a_click_highlights_and_a_click_on_the_highlight_opens(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.stage.pilot.click(shelves.screen.models, offset=(4, 1))
        await shelves.stage.settle()
        assert shelves.chosen == JUDGE.name
        assert isinstance(shelves.stage.app.screen, ModelsScreen)
        await shelves.stage.pilot.click(shelves.screen.models, offset=(4, 1))
        await shelves.until(lambda: isinstance(shelves.stage.app.screen, SentimentScreen))

    visit(play, scene)


def test_nothing_here_says_how_to_get_something(play: Play) -> None:
    async def scene(shelves: Shelves) -> None:
        await shelves.shows("no model is here: h searches the Hub, F6 trains one")
        await shelves.press("enter", "space", "c", "d", "u", "s", "v", "escape", "x")
        assert isinstance(shelves.stage.app.screen, ModelsScreen)

    visit(play, scene, listed=())
