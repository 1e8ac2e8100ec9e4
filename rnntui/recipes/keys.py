"""The keys that every task's recipe has, and what must hold between them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rnntui.checkpoints.config import Activation, Cell, Head, Network, Nonlinearity
from rnntui.errors import RecipeError

Optimizer = Literal["adamw", "adam", "rmsprop", "sgd"]
Schedule = Literal["cosine", "step", "plateau", "constant"]
ClipMode = Literal["none", "value", "norm", "global-norm"]
Precision = Literal["auto", "fp32", "bf16"]
Device = Literal["auto", "cpu", "cuda", "mps"]

SHARE = Meta(ge=0, lt=1)
"""The bounds of a dropout probability."""


class TrainingKeys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of every task's recipe."""

    about: Annotated[str, Meta(description="what the recipe is for, in a line")] = ""
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1, description="makes a run repeatable")] = 1

    cell: Annotated[Cell, Meta(description="recurrent cell")] = "lstm"
    nonlinearity: Annotated[Nonlinearity, Meta(description="of the plain rnn cell")] = "tanh"
    layers: Annotated[int, Meta(ge=1, le=32, description="recurrent layers")] = 2
    hidden: Annotated[int, Meta(ge=1, le=65536, description="units in each layer")] = 256
    embedding: Annotated[
        int, Meta(ge=0, le=65536, description="width of the embedding; 0 for one-hot")
    ] = 0
    tied: Annotated[bool, Meta(description="output layer shares the embedding's matrix")] = False
    bidirectional: Annotated[bool, Meta(description="read windows in both directions")] = False
    head_hidden: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=65536)], ...],
        Meta(description="widths of hidden layers between the stack and the output"),
    ] = ()
    head_activation: Annotated[Activation, Meta(description="of the hidden head layers")] = "relu"
    dropout: Annotated[float, SHARE, Meta(description="between layers, one mask for all steps")] = (
        0.25
    )
    input_dropout: Annotated[
        float, SHARE, Meta(description="on the input, one mask for all steps")
    ] = 0.0
    output_dropout: Annotated[
        float, SHARE, Meta(description="before the head, one mask for all steps")
    ] = 0.25
    recurrent_dropout: Annotated[
        float, SHARE, Meta(description="on the hidden state, one mask for all steps")
    ] = 0.0
    weight_drop: Annotated[
        float, SHARE, Meta(description="on the recurrent matrices, one mask a batch")
    ] = 0.0

    batch_size: Annotated[
        int, Meta(ge=1, le=1 << 20, description="streams or windows side by side")
    ] = 16
    epochs: Annotated[int, Meta(ge=0, le=1_000_000, description="readings of the text")] = 20
    minutes: Annotated[
        float, Meta(ge=0, le=1e6, description="train this long instead of a number of epochs")
    ] = 0.0
    optimizer: Annotated[Optimizer, Meta(description="how gradients become steps")] = "adamw"
    lr: Annotated[float, Meta(gt=0, le=1e3, description="learning rate at its highest")] = 3e-3
    momentum: Annotated[
        float, Meta(ge=0, lt=1, description="of sgd; beta1 of adam; smoothing of rmsprop")
    ] = 0.9
    beta2: Annotated[float, Meta(ge=0, lt=1, description="of adam and adamw")] = 0.99
    weight_decay: Annotated[
        float, Meta(ge=0, le=10, description="of matrices, never of biases")
    ] = 0.01
    schedule: Annotated[Schedule, Meta(description="what the learning rate does")] = "cosine"
    warmup: Annotated[int, Meta(ge=0, description="steps from zero to the full rate")] = 100
    lr_end: Annotated[
        float, Meta(ge=0, le=1, description="cosine ends at this share of the rate")
    ] = 0.02
    decay: Annotated[
        float, Meta(gt=0, le=1, description="factor of the step and plateau schedules")
    ] = 0.5
    decay_every: Annotated[
        int, Meta(ge=1, description="epochs between steps; epochs without progress on a plateau")
    ] = 5
    clip: Annotated[float, Meta(gt=0, description="threshold of gradient clipping")] = 1.0
    clip_mode: Annotated[
        ClipMode, Meta(description="clip by value, each tensor's norm, or the global norm")
    ] = "global-norm"
    ema: Annotated[float, SHARE, Meta(description="decay of the averaged weights; 0 for none")] = (
        0.998
    )
    early_stop: Annotated[
        int, Meta(ge=0, description="stop after so many evaluations without progress; 0 never")
    ] = 0
    split: Annotated[
        tuple[float, float, float], Meta(description="shares of train, validation and test part")
    ] = (0.85, 0.05, 0.1)
    precision: Annotated[Precision, Meta(description="auto measures which is faster")] = "auto"
    threads: Annotated[
        int, Meta(ge=0, le=4096, description="CPU threads; 0 measures which number is fastest")
    ] = 0
    device: Annotated[Device, Meta(description="auto takes a GPU where there is one")] = "auto"
    save_minutes: Annotated[
        float, Meta(ge=0, description="minutes between saves inside an epoch")
    ] = 3.0

    def network(self) -> Network:
        """The shape of the network this recipe trains."""
        return Network(
            cell=self.cell,
            nonlinearity=self.nonlinearity,
            layers=self.layers,
            hidden=self.hidden,
            embedding=self.embedding,
            bidirectional=self.bidirectional,
            tied=self.tied,
            dropout=self.dropout,
            input_dropout=self.input_dropout,
            output_dropout=self.output_dropout,
            recurrent_dropout=self.recurrent_dropout,
            weight_drop=self.weight_drop,
            head=Head(self.head_hidden, self.head_activation),
        )

    def check(self) -> None:
        """Raise RecipeError where keys that are fine alone contradict each other."""
        if self.nonlinearity != "tanh" and self.cell != "rnn":
            raise RecipeError(
                f"nonlinearity = {self.nonlinearity!r} with cell = {self.cell!r}",
                "only the plain rnn has a choice: set cell to rnn, or leave nonlinearity out",
            )
        if self.recurrent_dropout and self.weight_drop:
            raise RecipeError(
                "recurrent_dropout and weight_drop both regularise the recurrence",
                "choose one of them",
            )
        if not self.epochs and not self.minutes:
            raise RecipeError("epochs is 0 and minutes too", "set one of them")
        if self.schedule == "plateau" and not self.split[1]:
            raise RecipeError(
                "a plateau schedule watches the validation loss, and the validation part is empty",
                "give split a validation share, or choose another schedule",
            )
        if self.early_stop and not self.split[1]:
            raise RecipeError(
                "early_stop watches the validation loss, and the validation part is empty",
                "give split a validation share, or set early_stop to 0",
            )
