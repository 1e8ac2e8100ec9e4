"""The settings file, the environment above it, and what the app remembers between starts.

The settings file is the person's: it is checked strictly, and written back with its comments. The
remembered state is ours: one that is damaged is set aside, since nothing in it may keep the app
from starting.

It imports neither NumPy nor textual, so that `rnntui config` and the first paint stay quick.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

from rnntui import paths
from rnntui.display import one_line
from rnntui.errors import BadOption, RnntuiError
from rnntui.files import check_plain, file_problem, write_atomically
from rnntui.knobs import EVERY_KNOB, Knobs, Value, resolve
from rnntui.typed import prepared


class SettingsError(RnntuiError):
    """A settings file or variable with a wrong key or value."""


def _doc(about: str, choice: str, **bounds: Any) -> Meta:
    return Meta(description=about, extra={"choice": choice}, **bounds)


def _knob(name: str) -> Meta:
    """A knob documents and checks itself."""
    return _doc(EVERY_KNOB[name].about, EVERY_KNOB[name].choice)


@prepared
class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of `settings.toml`. A knob that is None is left to the model and the defaults."""

    theme: Annotated[
        str,
        _doc("The colours.", "a theme's name, as the app's command palette lists them",
             pattern=r"^[^\x00-\x1f\x7f-\x9f]*\Z"),
    ] = "textual-dark"  # fmt: skip
    model: Annotated[
        str, _doc("The model to open with.", "a name `rnntui list` shows, a folder, or owner/repo")
    ] = ""
    animations: Annotated[bool, _doc("Whether things glide into place.", "true or false")] = True
    frames_per_second: Annotated[
        int,
        _doc("Redraws a second while text streams; fewer for a slow line.", "1 to 60", ge=1, le=60),
    ] = 60
    sentiment: Annotated[
        bool,
        _doc("Whether the sentiment of what is written is shown, if a model that judges is here.",
             "true or false"),
    ] = True  # fmt: skip
    pace: Annotated[float | None, _knob("pace")] = None
    temperature: Annotated[float | None, _knob("temperature")] = None
    top_n: Annotated[int | None, _knob("top_n")] = None
    top_p: Annotated[float | None, _knob("top_p")] = None
    min_p: Annotated[float | None, _knob("min_p")] = None
    repetition_penalty: Annotated[float | None, _knob("repetition_penalty")] = None
    seed: Annotated[int | None, _knob("seed")] = None
    length: Annotated[int | None, _knob("length")] = None
    candidates: Annotated[int | None, _knob("candidates")] = None
    relevance: Annotated[float | None, _knob("relevance")] = None
    horizon: Annotated[int | None, _knob("horizon")] = None
    band: Annotated[int | None, _knob("band")] = None
    window: Annotated[int | None, _knob("window")] = None
    history: Annotated[int | None, _knob("history")] = None
    keymap: Annotated[
        dict[str, str],
        _doc("Keys of your own: an action's id, then its keys, as the app's help names them.",
             'a table of lines such as "write.stop" = "escape,ctrl+c"'),
    ] = {}  # fmt: skip


KEYS: tuple[str, ...] = Settings.__struct_fields__
"""Every key, in the order of the reference."""

Source = Literal["environment", "settings", "default"]
"""Who set a key."""

_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})


@cache
def _hints() -> dict[str, Any]:
    return get_type_hints(Settings, include_extras=True)


@cache
def _meta(key: str) -> Meta:
    hint = _hints()[key]
    return next(part for part in get_args(hint) if isinstance(part, Meta))


def describe(key: str) -> str:
    """Return what a key is for."""
    return _meta(key).description or ""


def choice(key: str) -> str:
    """Return what a key may be."""
    return str((_meta(key).extra or {})["choice"])


def variable(key: str) -> str:
    """Return the name of the environment variable that overrides a key."""
    return f"RNNTUI_{key.upper()}"


def path() -> Path:
    """The settings file, there or not."""
    return paths.config() / "settings.toml"


@dataclass(frozen=True)
class Configured:
    """What the person has configured, each key checked."""

    file: Mapping[str, Any]
    """The keys that the settings file names."""
    environment: Mapping[str, Any]
    """The keys that variables set, which come before those of the file."""

    @property
    def settings(self) -> Settings:
        """Every key, by precedence."""
        return Settings(**{**self.file, **self.environment})

    def source(self, key: str) -> Source:
        """Return where a key's value comes from."""
        if key in self.environment:
            return "environment"
        return "settings" if key in self.file else "default"

    def knobs(
        self,
        options: Mapping[str, Any] | None = None,
        suggested: Mapping[str, Any] | None = None,
        remembered: Mapping[str, Any] | None = None,
    ) -> Knobs:
        """Return the knobs, as `rnntui.knobs.resolve` does."""
        return resolve(options, self.environment, self.file, suggested, remembered)


def read(environ: Mapping[str, str] | None = None) -> Configured:
    """Read the settings file and the environment; a missing file is an empty one.

    Args:
        environ: instead of the process's own.

    Raises:
        SettingsError: a key is unknown or a value wrong, named with what it may be.
        FileProblem: the file cannot be read.
    """
    file = _check(_load(), str(path()))
    return Configured(file, _read_environment(os.environ if environ is None else environ))


def _load() -> dict[str, Any]:
    """Return what the settings file says, not checked yet."""
    file = path()
    check_plain(file)
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise file_problem(error, file, "read") from error
    except ValueError as error:  # no TOML, no UTF-8, or an integer of thousands of digits
        raise SettingsError(f"{file} is not TOML: {error}", "mend that line") from None
    except RecursionError:
        raise SettingsError(f"{file} is nested too deeply", "mend it") from None


def _read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    for key in KEYS:
        text = environ.get(variable(key), "")
        if text.strip() and key != "keymap":  # set to nothing means not set
            values[key] = parse(key, text, variable(key))
    return values


def parse(key: str, text: str, where: str) -> Any:
    """Return the value of a key from what a person typed.

    Args:
        key: any but `keymap`.
        text: as typed.
        where: the variable it comes from, for messages; "" for what a command says.

    Raises:
        SettingsError: the key is unknown, or the value wrong.
    """
    _known(key, where)
    if key in EVERY_KNOB:
        try:
            return EVERY_KNOB[key].parse(text)
        except BadOption as error:
            raise SettingsError(f"{_at(where)}{error.what}", error.fix) from None
    value: Any = _unicode(text.strip())
    if key in ("animations", "sentiment") and value.lower() in _YES | _NO:
        value = value.lower() in _YES
    if key == "frames_per_second":
        with contextlib.suppress(ValueError):
            value = int(value)
    return _check({key: value}, where)[key]


def _at(where: str) -> str:
    """The place that a message begins with, if there is one."""
    return f"{where}: " if where else ""


def _unicode(text: str) -> str:
    """Replace bytes that are no UTF-8, which Python smuggles through as half surrogate pairs."""
    return text.encode("utf-8", "replace").decode()


def _known(key: str, where: str) -> None:
    if key in KEYS:
        return
    near = difflib.get_close_matches(key.replace("-", "_").lower(), KEYS, 1, 0.5)
    raise SettingsError(
        f"{_at(where)}{one_line(key, 40)!r} is no setting",
        f"did you mean {near[0]}?" if near else "`rnntui config` lists them",
    )


def _check(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the values in their types; raise SettingsError for the first that is wrong."""
    checked: dict[str, Any] = {}
    for key, value in values.items():
        _known(key, where)
        try:
            if key in EVERY_KNOB:
                checked[key] = EVERY_KNOB[key].check(value)
                continue
            if key == "keymap" and isinstance(value, dict):
                value = _flat(value)
            checked[key] = getattr(msgspec.convert({key: value}, Settings), key)
        except BadOption as error:
            raise SettingsError(f"{_at(where)}{error.what}", error.fix) from None
        except msgspec.ValidationError:
            raise SettingsError(
                f"{_at(where)}{key} is {one_line(repr(value))}", f"choose {choice(key)}"
            ) from None
    return checked


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Join the tables that TOML makes of `write.stop = "escape"`, written without quotes."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def save(key: str, text: str | None) -> Any:
    """Write one key into the settings file; comments and order stay. Returns the value.

    Args:
        key: a setting, or `keymap.` and the id of an action.
        text: as typed; None takes the key out.

    Raises:
        SettingsError: the key or the value is wrong, or the file already is.
        FileProblem: the file cannot be written.
    """
    import tomlkit  # 40 ms, needed by those who write alone

    table, _, binding = key.partition(".")
    if table != "keymap":
        key = key.replace("-", "_")  # as options are written
    value: Any = None if text is None else _unicode(text)
    present = _load()
    if table == "keymap":
        if not binding:
            raise SettingsError("keymap is a table", "set keymap.ID, such as keymap.write.stop")
        _check({"keymap": present.get("keymap", {})}, str(path()))
    elif text is None:
        _known(key, "")
    else:
        value = parse(key, text, "")
    # A settings file is often a link into a folder of such files: that file is replaced, and the
    # link stays.
    file = path().resolve()
    document = tomlkit.parse(file.read_text("utf-8-sig")) if file.exists() else tomlkit.document()
    if table == "keymap":
        _put(document.setdefault("keymap", tomlkit.table()), binding, value)
    else:
        _put(document, key, value)
    content = tomlkit.dumps(document)
    _check(tomllib.loads(content), str(file))  # what else was wrong is mended first, not kept
    write_atomically(file, content)
    return value


def _put(table: Any, key: str, value: Any) -> None:
    """Set a key of a tomlkit table, or take it out, also one written as a dotted path."""
    head, _, rest = key.partition(".")
    if key not in table and rest and isinstance(table.get(head), Mapping):
        _put(table[head], rest, value)
    elif value is None:
        table.pop(key, None)
    else:
        table[key] = value


# ---- what the app remembers ----


class Forecasting(msgspec.Struct, frozen=True, kw_only=True):
    """What the app remembers of its Forecast mode."""

    reading: dict[str, str | int] = {}
    """The file, the column, and how it is read: fields of `protocol.forecast.Source`."""
    model: str = ""
    """The last model that forecast; "" for the default."""
    knobs: dict[str, Value] = {}
    """What the person had turned."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the app remembers between starts. Replaced as a whole, never changed."""

    model: str = ""
    """The last model that wrote, as it was named."""
    judge: str = ""
    """The last one that judged; "" for the default."""
    talker: str = ""
    """The last one that was talked with; "" for the default."""
    knobs: dict[str, Value] = {}
    """What the person had turned: `Knobs.you`. Handed to `resolve` as `remembered`."""
    chat_knobs: dict[str, Value] = {}
    """The same of the Chat mode, whose models want other settings than those that write."""
    forecast: Forecasting = Forecasting()
    """The Forecast mode's."""
    prompt: str = ""
    """The last prompt."""
    review: str = ""
    """The text that was judged last."""
    sizes: dict[str, int] = {}
    """Widths and heights the person has chosen, by the part's id."""


_STATE = msgspec.json.Decoder(State)


def state_path() -> Path:
    """The file of what the app remembers, there or not."""
    return paths.state() / "state.json"


def recall() -> State:
    """Return what the app remembers; nothing where there is none, or it cannot be read.

    A damaged file is set aside as `state.json.damaged`, for whoever wants to look.
    """
    file = state_path()
    try:
        return _STATE.decode(file.read_bytes())
    except OSError:
        return State()
    except (msgspec.MsgspecError, ValueError, RecursionError):
        with contextlib.suppress(OSError):  # it cannot be renamed: then it is overwritten
            file.replace(file.with_name(file.name + ".damaged"))
        return State()


def remember(state: State) -> None:
    """Write what the app is to remember.

    Raises:
        FileProblem: the file cannot be written.
    """
    clean = msgspec.structs.replace(
        state, prompt=_unicode(state.prompt), review=_unicode(state.review)
    )
    # Leaving must not wait for a busy disk.
    write_atomically(state_path(), msgspec.json.encode(clean), durable=False)
