"""`config.json`: what a checkpoint says of itself, as immutable types checked when read.

The names are a promise to every other reader of the format ("rnntui/1"). Keys this version does not
know are ignored, so that a newer rnntui may add some; a newer *format* is refused with a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from rnntui.checkpoints.chat import Chat
from rnntui.checkpoints.forecasting import Level, Periods, Scaling, SeriesConfig, no_forecaster
from rnntui.errors import CheckpointError

FORMAT = "rnntui/1"

Count = Annotated[int, msgspec.Meta(ge=0)]
Size = Annotated[int, msgspec.Meta(ge=1, le=1 << 16)]
"""A width. The bound keeps a hostile file from asking for more than a few GB in one matrix."""
Share = Annotated[float, msgspec.Meta(ge=0, lt=1)]
"""A dropout probability."""

_MOST_SYMBOLS = 1 << 18
"""Of a vocabulary; Unicode has 150,000 characters, and this many words fill a `config.json`."""

Cell = Literal["rnn", "lstm", "gru"]
Nonlinearity = Literal["tanh", "relu", "sigmoid"]
Activation = Literal["relu", "tanh"]
Unit = Literal["char", "byte", "word"]
Task = Literal["text", "sentiment", "forecast"]
Pooling = Literal["last", "max", "mean", "last-max-mean", "attention"]
"""What the head reads of the states after each word or symbol: the last one, the largest or the
mean value of each feature, the three side by side, or a mean weighted by a score of each state."""


class Head(msgspec.Struct, frozen=True):
    """The layers between the recurrent stack and the output layer."""

    hidden: Annotated[tuple[Size, ...], msgspec.Meta(max_length=32)] = ()
    """Widths of the hidden head layers, from the stack to the output."""
    activation: Activation = "relu"


class Network(msgspec.Struct, frozen=True):
    """The shape of a network and how it was regularised."""

    cell: Cell = "lstm"
    nonlinearity: Nonlinearity = "tanh"
    """Of the plain recurrent cell only."""
    layers: Annotated[int, msgspec.Meta(ge=1, le=32)] = 2
    hidden: Size = 256
    embedding: Annotated[int, msgspec.Meta(ge=0, le=1 << 16)] = 0
    """Width of the embedding; 0 feeds one-hot vectors."""
    bidirectional: bool = False
    tied: bool = False
    """The output layer shares the embedding's matrix (Press and Wolf 2017)."""
    dropout: Share = 0.0
    """Between recurrent layers, one mask for all time steps."""
    input_dropout: Share = 0.0
    output_dropout: Share = 0.0
    recurrent_dropout: Share = 0.0
    """One mask on the hidden state for all time steps (Gal and Ghahramani 2016)."""
    weight_drop: Share = 0.0
    """On the recurrent matrices (Merity, Keskar and Socher 2018)."""
    reads: Literal["stream", "window"] = "stream"
    """Whether the state is carried through the text, or each prediction reads a window anew."""
    window: Annotated[int, msgspec.Meta(ge=1, le=1 << 20)] | None = None
    """Characters or time steps a window reader sees; null for streams."""
    pooling: Pooling | None = None
    """Of sentiment models, where `window` is how many words are read at once: a longer text is
    judged window by window when `reads` is "stream", by its last window when it is "window"."""
    head: Head = Head()

    @property
    def directions(self) -> int:
        """2 when bidirectional, else 1."""
        return 2 if self.bidirectional else 1

    @property
    def features(self) -> int:
        """Width of what the recurrent stack puts out at each step."""
        return self.hidden * self.directions

    @property
    def pooled(self) -> int:
        """Width of what the head reads."""
        return self.features * (3 if self.pooling == "last-max-mean" else 1)


class VocabularyConfig(msgspec.Struct, frozen=True):
    """The symbols a network reads and writes, in index order."""

    unit: Unit
    symbols: tuple[str | int, ...]
    lowercase: bool = False
    pad: int | None = None
    unknown: int | None = None


class DataConfig(msgspec.Struct, frozen=True):
    """The corpus a network was trained on, enough to recognise it again."""

    name: str = ""
    sha256: str = ""
    """Of the text as encoded: UTF-8, without BOM, newlines as LF, lower-cased if the model is."""
    split: tuple[float, float, float] = (0.85, 0.05, 0.1)
    """Shares of training, validation and test part, contiguous and in this order."""


class Suggested(msgspec.Struct, frozen=True, omit_defaults=True):
    """Sampling settings found good for a model; what is None it has no opinion on."""

    temperature: float | None = None
    top_n: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    prompt: str | None = None


class Config(msgspec.Struct, frozen=True):
    """All of `config.json`."""

    task: Task
    network: Network
    format: str = FORMAT
    vocabulary: VocabularyConfig | None = None
    data: DataConfig = DataConfig()
    recipe: dict[str, Any] = {}
    """The recipe as trained, every key with its value."""
    metrics: dict[str, Any] = {}
    sampling: Suggested = Suggested()
    chat: Chat | None = None
    """Of models that learned dialogues: how one is written down."""
    scaling: Scaling | None = None
    """Of forecasters, as are the next four: what a window is divided by."""
    quantiles: tuple[Level, ...] | None = None
    """The levels the network puts out at each step; none of a network that puts out a point."""
    horizon: Periods | None = None
    """How many steps it puts out at once."""
    season: Periods | None = None
    """Periods in a season; null where it knows of none."""
    series: SeriesConfig | None = None

    @property
    def inputs(self) -> int:
        """Width of what the first recurrent layer reads."""
        if self.series is not None:
            series = self.series
            return 1 + 2 * len(series.cycles) + len(series.lags) + len(series.covariates)
        return self.network.embedding or self.symbols

    @property
    def symbols(self) -> int:
        """V: how many symbols or words the network reads."""
        if self.vocabulary is None:
            raise CheckpointError("the model has no vocabulary", "it is damaged: fetch it again")
        return len(self.vocabulary.symbols)

    @property
    def outputs(self) -> int:
        """Width of the output layer: the symbols of a text model, the one logit of a verdict, each
        quantile of each step of a forecast.
        """
        if self.task == "forecast":
            return (self.horizon or 1) * max(1, len(self.quantiles or ()))
        return 1 if self.task == "sentiment" else self.symbols


def parse_config(raw: bytes, where: str) -> Config:
    """Read `config.json`.

    Args:
        raw: the file's bytes.
        where: the file's path, for messages.

    Raises:
        CheckpointError: it is no JSON, of another format or version, or a value is out of range.
    """
    try:
        version = _version(raw, where)
        if not version.startswith("rnntui/"):
            raise CheckpointError(
                f"{where} is not the configuration of an rnntui model", "name another folder"
            )
        if version != FORMAT:
            raise CheckpointError(
                f"{where} has format {version[:40]}, this rnntui reads {FORMAT}", "update rnntui"
            )
        config = _CONFIG.decode(raw)
    except msgspec.ValidationError as error:
        # Cut, since it quotes values, and a hostile value may be long.
        raise CheckpointError(f"{where}: {str(error)[:200]}", _AGAIN) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{where} is not JSON ({error})", _AGAIN) from None
    except RecursionError:
        raise CheckpointError(f"{where} is nested too deeply", _AGAIN) from None
    _check(config, where)
    return config


_AGAIN = "the model is damaged: fetch or train it again"


class _Head(msgspec.Struct):
    """The one key that every version of the format has; the rest is skipped, not built."""

    format: str = ""
    recipe: msgspec.Raw = msgspec.Raw(b"")
    metrics: msgspec.Raw = msgspec.Raw(b"")
    chat: msgspec.Raw = msgspec.Raw(b"")


_CONFIG, _HEAD = msgspec.json.Decoder(Config), msgspec.json.Decoder(_Head)

_FREE_LIMIT = 1 << 18
"""Bytes that a value of no fixed form may have: ours have a few thousand, and built, empty objects
take 40 times the memory of their text."""


def _version(raw: bytes, where: str) -> str:
    """Return what `config.json` names as its format, "" where that is missing or no string."""
    try:
        head = _HEAD.decode(raw)
    except msgspec.ValidationError:
        return ""
    for name in ("recipe", "metrics", "chat"):
        if len(getattr(head, name)) > _FREE_LIMIT:
            raise CheckpointError(f"{where}: {name} is larger than any model's", _AGAIN)
    return head.format


def _check(config: Config, where: str) -> None:
    """Raise CheckpointError where single values are fine and together make no sense."""
    network, vocabulary = config.network, config.vocabulary

    def refuse(why: str) -> CheckpointError:
        return CheckpointError(f"{where}: {why}", _AGAIN)

    if config.task == "text" and vocabulary is None:
        raise refuse("a text model needs a vocabulary")
    if vocabulary is not None:
        if not 1 <= len(vocabulary.symbols) <= _MOST_SYMBOLS:
            raise refuse(f"a vocabulary of {len(vocabulary.symbols)} symbols")
        if len(set(vocabulary.symbols)) != len(vocabulary.symbols):
            raise refuse("the vocabulary lists a symbol twice")
        if vocabulary.unit == "byte":
            if not all(isinstance(s, int) and 0 <= s <= 255 for s in vocabulary.symbols):
                raise refuse("a vocabulary of bytes must list integers from 0 to 255")
        elif not all(isinstance(s, str) for s in vocabulary.symbols):
            raise refuse("the vocabulary must list strings")
        elif vocabulary.unit == "char" and any(len(str(s)) != 1 for s in vocabulary.symbols):
            raise refuse("a vocabulary of characters must list single characters")
        if _surrogate(vocabulary.symbols):
            raise refuse("the vocabulary holds a surrogate, which is no character")
    if network.bidirectional and network.reads == "stream" and config.task == "text":
        raise refuse("a bidirectional text network must read windows")
    if network.reads == "window" and config.task == "text" and network.window is None:
        raise refuse("a network that reads windows must say how long they are")
    if config.task == "text" and network.pooling not in (None, "last"):
        raise refuse(f"a text network cannot pool by {network.pooling}")
    if config.task == "sentiment":
        why = _no_sentiment_model(config)
        if why:
            raise refuse(why)
    if config.task == "forecast":
        why = _no_forecast_model(config)
        if why:
            raise refuse(why)
    if network.tied and config.task == "text" and network.embedding != head_width(network):
        raise refuse("tied weights need an embedding as wide as what the output layer reads")
    if min(config.data.split) < 0 or abs(sum(config.data.split) - 1) > 1e-6:
        raise refuse(f"data.split {list(config.data.split)} does not cut a text in three")
    if config.chat is not None and vocabulary is not None and vocabulary.unit == "char":
        unknown = sorted(set(config.chat.marks) - set(map(str, vocabulary.symbols)))
        if unknown:
            raise refuse(f"the chat template has {unknown[0]!r}, which the vocabulary lacks")
    suggested = config.sampling
    for name in ("temperature", "top_p", "min_p", "repetition_penalty"):
        value = getattr(suggested, name)
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise refuse(f"sampling.{name} is {value}")


def _no_sentiment_model(config: Config) -> str:
    """Return why a configuration is no sentiment model's, "" where it is."""
    network, vocabulary = config.network, config.vocabulary
    if vocabulary is None or vocabulary.unit != "word":
        return "a sentiment model needs a vocabulary of words"
    if (vocabulary.pad, vocabulary.unknown) != (0, 1) or len(vocabulary.symbols) < 2:
        return "a vocabulary of words must have pad at 0 and unknown at 1"
    if network.pooling is None or network.window is None:
        return "a sentiment model must say how it pools, and its window"
    return "a verdict cannot be tied to the embedding" if network.tied else ""


def _no_forecast_model(config: Config) -> str:
    """Return why a configuration is no forecaster's, "" where it is."""
    network = config.network
    if network.reads != "window" or network.window is None:
        return "a forecaster must read windows, and say how long they are"
    if network.tied or network.embedding or config.vocabulary is not None:
        return "a forecaster reads numbers, not symbols"
    if network.pooling not in (None, "last"):
        return f"a forecaster cannot pool by {network.pooling}"
    return no_forecaster(
        config.scaling, config.quantiles, config.horizon, config.season, config.series
    )


def _surrogate(symbols: Sequence[str | int]) -> bool:
    """Whether any of the symbols holds what no UTF-8 can."""
    try:
        "".join(s for s in symbols if isinstance(s, str)).encode()
    except UnicodeEncodeError:
        return True
    return False


def head_width(network: Network) -> int:
    """Width of what the output layer reads: the last hidden head layer's, or the pooled states'."""
    return network.head.hidden[-1] if network.head.hidden else network.pooled


def tensor_shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every tensor a checkpoint of this configuration holds.

    The names are torch.nn's own for one module `rnn` of all layers, so that plain torch loads it.
    """
    network = config.network
    hidden, outputs = network.hidden, config.outputs
    gates = {"rnn": 1, "lstm": 4, "gru": 3}[network.cell] * hidden
    shapes: dict[str, tuple[int, ...]] = {}
    if network.embedding:
        shapes["embedding.weight"] = (config.symbols, network.embedding)
    width = config.inputs
    for layer in range(network.layers):
        for suffix in ("", "_reverse")[: network.directions]:
            shapes[f"rnn.weight_ih_l{layer}{suffix}"] = (gates, width)
            shapes[f"rnn.weight_hh_l{layer}{suffix}"] = (gates, hidden)
            shapes[f"rnn.bias_ih_l{layer}{suffix}"] = (gates,)
            shapes[f"rnn.bias_hh_l{layer}{suffix}"] = (gates,)
        width = network.features
    if network.pooling == "attention":
        shapes["pooling.weight"] = (1, width)
        shapes["pooling.bias"] = (1,)
    width = network.pooled
    for index, size in enumerate(network.head.hidden):
        shapes[f"head.{index}.weight"] = (size, width)
        shapes[f"head.{index}.bias"] = (size,)
        width = size
    shapes["head.weight"] = (outputs, width)
    shapes["head.bias"] = (outputs,)
    return shapes


def parameter_count(config: Config) -> int:
    """Return the number of trainable parameters, a matrix used twice counted once."""
    count = sum(math.prod(shape) for shape in tensor_shapes(config).values())
    if config.network.tied:
        count -= math.prod(tensor_shapes(config)["embedding.weight"])
    return count
