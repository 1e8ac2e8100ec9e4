"""The settings file, the variables above it, `rnntui config`, and what the app remembers."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from typer.testing import CliRunner

from rnntui import settings
from rnntui.cli import config as command
from rnntui.files import FileProblem
from rnntui.knobs import KNOBS, Knobs
from rnntui.settings import KEYS, Settings, SettingsError, State


def write(text: str) -> None:
    """Make the settings file say this."""
    settings.path().parent.mkdir(parents=True, exist_ok=True)
    settings.path().write_text(text, "utf-8")


def complaint(environ: dict[str, str] | None = None) -> str:
    """What reading the settings complains of."""
    with pytest.raises(SettingsError) as refused:
        settings.read(environ or {})
    return str(refused.value)


def test_without_a_file_everything_is_a_default():
    configured = settings.read({})
    assert configured.settings == Settings()
    assert {configured.source(key) for key in KEYS} == {"default"}
    assert configured.knobs() == Knobs()
    assert not settings.path().exists()


def test_every_key_says_what_it_is_for_and_what_it_may_be():
    for key in KEYS:
        assert settings.describe(key).endswith((".", "names them.")) and settings.choice(key)


def test_every_knob_is_a_setting():
    assert set(KNOBS) <= set(KEYS)


def test_the_file_is_read_and_each_knob_says_so():
    write('theme = "nord"\ntemperature = 1\ntop_n = 12\nframes_per_second = 10\n')
    configured = settings.read({})
    assert configured.settings.theme == "nord"
    assert configured.settings.frames_per_second == 10
    assert configured.source("theme") == "settings"
    knobs = configured.knobs(suggested={"temperature": 0.5, "min_p": 0.1})
    assert knobs["temperature"] == (1.0, "settings")
    assert knobs["min_p"] == (0.1, "model")


def test_an_option_beats_a_variable_and_that_the_file():
    write("temperature = 0.5\ntop_n = 3\ntop_p = 0.5\n")
    configured = settings.read({"RNNTUI_TEMPERATURE": "0.6", "RNNTUI_TOP_N": "4"})
    knobs = configured.knobs({"temperature": 0.7})
    assert knobs["temperature"] == (0.7, "option")
    assert knobs["top_n"] == (4, "environment")
    assert knobs["top_p"] == (0.5, "settings")
    assert configured.settings.temperature == 0.6
    assert configured.source("top_n") == "environment"


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [("THEME", "nord", "nord"), ("ANIMATIONS", "off", False), ("ANIMATIONS", "1", True),
     ("FRAMES_PER_SECOND", " 12 ", 12), ("PACE", "full", 0), ("SEED", "random", None)],
)  # fmt: skip
def test_a_variable_is_read_as_typed(variable, text, value):
    configured = settings.read({f"RNNTUI_{variable}": text})
    assert configured.environment == {variable.lower(): value}


def test_other_variables_and_empty_ones_are_left_alone():
    environ = {"RNNTUI_HOME": "/x", "RNNTUI_DATA": "/y", "RNNTUI_PACE": " ", "RNNTUI_KEYMAP": "z"}
    assert settings.read(environ).environment == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [("temprature = 1", "'temprature' is no setting; did you mean temperature?"),
     ("pony = 1", "'pony' is no setting; `rnntui config` lists them"),
     ("temperature = -1", "temperature is -1; choose 0 (greedy) to 1000"),
     ("temperature = true", "temperature is True; choose 0"),
     ('top_n = "many"', "top-n is many; choose 1 or more, or 0 for all"),
     ("animations = 2", "animations is 2; choose true or false"),
     ("frames_per_second = 100", "frames_per_second is 100; choose 1 to 60"),
     ("theme = 3", "theme is 3; choose a theme's name"),
     (r'theme = "\u001b[31m"', "theme is '\\x1b[31m'; choose a theme's name"),
     (r'theme = "nord\n"', "choose a theme's name"),
     ("keymap = 3", "keymap is 3; choose a table"),
     ('[keymap]\n"write.stop" = 3', "keymap is {'write.stop': 3}; choose a table"),
     ("theme", "is not TOML: "), ("seed = " + "9" * 5000, "is not TOML: ")],
)  # fmt: skip
def test_a_wrong_file_is_told_by_file_key_and_what_it_may_be(text, said):
    write(text)
    told = complaint()
    assert told.startswith(str(settings.path())) and said in told and "\n" not in told


def test_a_file_that_is_no_text_is_told(tmp_path):
    write("")
    settings.path().write_bytes(b"\xff\xfe")
    assert "is not TOML" in complaint()
    settings.path().unlink()
    settings.path().mkdir()
    with pytest.raises(FileProblem, match="it is a folder"):
        settings.read({})


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [("TEMPERATURE", "hot", "RNNTUI_TEMPERATURE: temperature is hot; choose 0"),
     ("FRAMES_PER_SECOND", "many", "RNNTUI_FRAMES_PER_SECOND: frames_per_second is 'many'; choose"),
     ("ANIMATIONS", "maybe", "RNNTUI_ANIMATIONS: animations is 'maybe'; choose true or false")],
)  # fmt: skip
def test_a_wrong_variable_is_told_by_its_name(variable, text, said):
    assert complaint({f"RNNTUI_{variable}": text}).startswith(said)


def test_a_keymap_may_be_written_with_or_without_quotes():
    write('[keymap]\nwrite.stop = "ctrl+x"\n"knobs.reset" = "d"\n')
    assert settings.read({}).settings.keymap == {"write.stop": "ctrl+x", "knobs.reset": "d"}


COMMENTED = """\
# Mine.
theme = "nord"  # dark

temperature = 0.5  # calm
[keymap]
# stop quickly
write.stop = "ctrl+x"
"""


def test_saving_keeps_comments_and_order():
    write(COMMENTED)
    settings.save("temperature", "0,8")
    settings.save("keymap.write.stop", "escape")
    settings.save("pace", "full")
    text = settings.path().read_text()
    for kept in ("# Mine.", "# dark", "# calm", "# stop quickly"):
        assert kept in text
    assert text.index("theme") < text.index("temperature = 0.8") < text.index("pace")
    read = settings.read({})
    assert read.file == {
        "theme": "nord", "temperature": 0.8, "pace": 0.0, "keymap": {"write.stop": "escape"}
    }  # fmt: skip


def test_a_key_taken_out_is_a_default_again():
    write(COMMENTED)
    settings.save("temperature", None)
    settings.save("keymap.write.stop", None)
    settings.save("length", None)
    read = settings.read({})
    assert read.file == {"theme": "nord", "keymap": {}}
    settings.save("keymap.write.stop", "x")
    assert settings.read({}).settings.keymap == {"write.stop": "x"}


def test_random_and_endless_are_what_is_left_when_nothing_is_set():
    write("seed = 5\nlength = 6\n")
    settings.save("seed", "random")
    settings.save("length", "endless")
    assert settings.read({}).file == {}


def test_a_file_that_is_wrong_elsewhere_is_not_written(tmp_path):
    write("pony = 1\n")
    with pytest.raises(SettingsError, match="pony"):
        settings.save("theme", "nord")
    assert settings.path().read_text() == "pony = 1\n"
    write("not toml")
    with pytest.raises(SettingsError, match="is not TOML"):
        settings.save("theme", "nord")


def test_a_keymap_that_is_no_table_is_told_before_it_is_written():
    write("keymap = 3\n")
    with pytest.raises(SettingsError, match="choose a table"):
        settings.save("keymap.write.stop", "x")


def test_bytes_that_are_no_text_are_replaced():
    assert settings.save("theme", "a\udcff") == "a?"
    assert settings.save("keymap.x", "a\udcff") == "a?"
    assert settings.read({}).settings.theme == "a?"


def test_the_wrong_key_itself_can_be_mended():
    write("temperature = -1\n")
    settings.save("temperature", "1")
    assert settings.read({}).file == {"temperature": 1.0}


def test_a_linked_file_is_replaced_where_it_lies(tmp_path):
    real = tmp_path / "dotfiles" / "settings.toml"
    real.parent.mkdir()
    real.write_text('theme = "nord"\n')
    settings.path().parent.mkdir(parents=True)
    settings.path().symlink_to(real)
    settings.save("pace", "50")
    assert settings.path().is_symlink() and "pace = 50.0" in real.read_text()


@profile(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(key=st.sampled_from([k for k in KEYS if k != "keymap"]), text=st.text(max_size=20))
def test_whatever_is_typed_is_saved_as_itself_or_refused_in_a_sentence(home, key, text):
    try:
        value = settings.save(key, text)
    except SettingsError as problem:
        assert problem.fix and "\n" not in str(problem)
    else:
        assert settings.read({}).file.get(key) == value


def run(*arguments: str) -> tuple[str, str]:
    """What `rnntui config ...` prints on stdout, and on stderr."""
    result = CliRunner().invoke(command.app, list(arguments))
    if result.exception is not None:
        raise result.exception
    return result.stdout, result.stderr


def test_the_command_lists_every_key_with_its_source(monkeypatch):
    write('pace = 50\n[keymap]\n"write.stop" = "x"\n')
    monkeypatch.setenv("RNNTUI_TOP_N", "5")
    table, _ = run()
    rows = {line.split()[0]: line for line in table.splitlines()}
    assert rows.keys() == {"key", *KEYS}
    assert "50 /s" in rows["pace"] and "settings" in rows["pace"]
    assert "environment" in rows["top_n"]
    assert "1.00" in rows["temperature"] and "default" in rows["temperature"]
    assert "write.stop=x" in rows["keymap"]
    listed = {row["key"]: row for row in json.loads(run("--json")[0])}
    assert listed["top_n"]["value"] == 5 and listed["top_n"]["source"] == "environment"
    assert listed["seed"]["value"] is None and listed["animations"]["value"] is True


def test_the_command_sets_unsets_finds_and_checks(monkeypatch):
    assert run("path")[0] == f"{settings.path()}\n"
    assert "no such file" in run("validate")[1]
    monkeypatch.setenv("RNNTUI_TEMPERATURE", "0.5")
    assert "RNNTUI_TEMPERATURE is set and goes first" in run("set", "temperature", "0.7")[1]
    assert "1 key, nothing wrong" in run("validate")[1]
    run("set", "top-n", "3")
    assert settings.read({}).file == {"temperature": 0.7, "top_n": 3}
    run("unset", "top-n")
    run("unset", "temperature")
    assert settings.read({}).file == {}
    with pytest.raises(SettingsError, match="did you mean temperature"):
        run("set", "temprature", "1")
    with pytest.raises(SettingsError, match="is a table"):
        run("set", "keymap", "x")


STATE = State(
    model="shakespeare-lstm", knobs={"temperature": 0.7, "seed": None}, prompt="é\n", sizes={"a": 4}
)


def test_what_is_remembered_comes_back():
    assert settings.recall() == State()
    settings.remember(STATE)
    assert settings.recall() == STATE
    assert settings.read({}).knobs(remembered=STATE.knobs)["temperature"] == (0.7, "you")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"prompt": 3}', b"\xff", b"[" * 100_000])
def test_a_damaged_memory_is_set_aside_and_forgotten(content):
    file = settings.state_path()
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    assert settings.recall() == State()
    assert not file.exists()
    assert file.with_name("state.json.damaged").read_bytes() == content


def test_a_newer_version_s_memory_is_read_for_what_is_known():
    settings.state_path().parent.mkdir(parents=True)
    settings.state_path().write_text('{"model": "m", "later": [1]}')
    assert settings.recall() == State(model="m")


def test_half_a_surrogate_in_a_prompt_is_no_reason_to_fail():
    settings.remember(State(prompt="a\ud83db"))
    assert settings.recall().prompt == "a?b"


def test_a_folder_in_the_place_of_the_memory_is_no_reason_not_to_start():
    settings.state_path().mkdir(parents=True)
    assert settings.recall() == State()


def test_the_settings_load_nothing_heavy():
    code = "import sys, rnntui.settings; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert not set(done.stdout.split()) & {"numpy", "textual", "torch", "tomlkit", "rich"}
