"""What a recipe for reviews may say, and that of the language model it may begin with."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rnntui.checkpoints.config import Head, Network, Pooling
from rnntui.errors import RecipeError
from rnntui.recipes.keys import SHARE, TrainingKeys


class SentimentRecipe(
    TrainingKeys,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="task",
    tag="sentiment",
):
    """The keys of a recipe for reviews."""

    layers: Annotated[int, Meta(ge=1, le=32, description="recurrent layers")] = 1
    hidden: Annotated[int, Meta(ge=1, le=65536, description="units in each layer")] = 128
    embedding: Annotated[int, Meta(ge=1, le=65536, description="width of the words' vectors")] = 128
    bidirectional: Annotated[bool, Meta(description="read reviews in both directions")] = False
    output_dropout: Annotated[float, SHARE, Meta(description="before the head")] = 0.4
    batch_size: Annotated[
        int, Meta(ge=1, le=1 << 20, description="reviews side by side; streams of words")
    ] = 32
    epochs: Annotated[int, Meta(ge=0, le=1_000_000, description="readings of the reviews")] = 8
    lr: Annotated[float, Meta(gt=0, le=1e3, description="learning rate at its highest")] = 1e-3
    early_stop: Annotated[
        int, Meta(ge=0, description="stop after so many evaluations without progress; 0 never")
    ] = 3
    split: Annotated[
        tuple[float, float, float],
        Meta(description="shares of train, validation and test; a data set's own test half stands"),
    ] = (0.8, 0.1, 0.1)

    corpus: Annotated[
        tuple[str, ...], Meta(description="a named data set, a CSV, or a folder like aclImdb")
    ] = ()
    unlabelled: Annotated[
        tuple[str, ...], Meta(description="more reviews, without labels, for --pretrain")
    ] = ()
    text_column: Annotated[str, Meta(description="column of the texts, where no usual name")] = ""
    label_column: Annotated[str, Meta(description="column of the labels, likewise")] = ""
    errors: Annotated[
        Literal["strict", "replace"], Meta(description="invalid UTF-8: refuse, or read as U+FFFD")
    ] = "strict"
    objective: Annotated[
        Literal["verdict", "words"],
        Meta(description="learn verdicts, or (a language model to start from) the next word"),
    ] = "verdict"
    words: Annotated[
        int, Meta(ge=10, le=200_000, description="words of the vocabulary, the commonest")
    ] = 20_000
    skip_words: Annotated[
        int, Meta(ge=0, le=1 << 20, description="leave so many of the very commonest out")
    ] = 0
    max_words: Annotated[
        int, Meta(ge=1, le=1 << 16, description="words of a review that are read at once")
    ] = 400
    keep: Annotated[
        Literal["first", "last", "both"],
        Meta(description="what training reads of a longer review; both: a quarter and the end"),
    ] = "last"
    long_texts: Annotated[
        Literal["windows", "last"],
        Meta(description="judge all of a longer text, window by window, or its end alone"),
    ] = "windows"
    pooling: Annotated[
        Pooling, Meta(description="what the head reads of the states after each word")
    ] = "last-max-mean"
    embedding_dropout: Annotated[
        float, SHARE, Meta(description="share of the vocabulary left out in a step")
    ] = 0.1
    label_smoothing: Annotated[
        float, SHARE, Meta(description="share of each label given to the other class")
    ] = 0.0
    vectors: Annotated[
        str, Meta(description="a file of GloVe or word2vec vectors to begin with")
    ] = ""
    freeze: Annotated[bool, Meta(description="leave the vectors as they came")] = False
    start_from: Annotated[
        str, Meta(description="a run whose language model the network begins with")
    ] = ""
    pretrain: Annotated[
        int, Meta(ge=0, le=10_000, description="epochs of a language model of words first")
    ] = 0
    pretrain_minutes: Annotated[
        float, Meta(ge=0, le=1e6, description="minutes of it, instead of epochs")
    ] = 0.0
    pretrain_lr: Annotated[
        float, Meta(gt=0, le=1e3, description="its learning rate at its highest")
    ] = 3e-3
    pretrain_batch: Annotated[
        int, Meta(ge=1, le=1 << 20, description="streams it reads side by side")
    ] = 32
    seq_len: Annotated[
        int, Meta(ge=1, le=1 << 20, description="its steps of truncated back-propagation")
    ] = 70
    samples: Annotated[
        int, Meta(ge=1, le=1 << 20, description="words it tells the next one from, in a step")
    ] = 2048

    @property
    def pretrains(self) -> bool:
        """Whether a language model is trained before the verdicts."""
        return self.objective == "verdict" and bool(self.pretrain or self.pretrain_minutes)

    def network(self) -> Network:
        """The shape of the network this recipe trains."""
        shape = super().network()
        if self.objective == "words":
            # The output layer is the embedding again, behind one small layer: 20,000 words on 512
            # units would have 10 M weights of their own.
            head = Head((self.embedding,), "tanh")
            return msgspec.structs.replace(shape, tied=True, head=head)
        return msgspec.structs.replace(
            shape,
            reads="window" if self.long_texts == "last" else "stream",
            window=self.max_words,
            pooling=self.pooling,
        )

    def language_model(self) -> SentimentRecipe:
        """The recipe of the language model that comes first: one direction, light dropout.

        It sees millions of words once or twice, so that there is little to regularise.
        """
        return msgspec.structs.replace(
            self,
            about=f"the language model of words that {self.about or 'a classifier'} starts from",
            objective="words",
            bidirectional=False,
            head_hidden=(),
            dropout=min(self.dropout, 0.1),
            input_dropout=min(self.input_dropout, 0.1),
            output_dropout=min(self.output_dropout, 0.1),
            recurrent_dropout=0.0,
            weight_drop=0.0,
            embedding_dropout=0.0,
            batch_size=self.pretrain_batch,
            epochs=self.pretrain,
            minutes=self.pretrain_minutes,
            lr=self.pretrain_lr,
            optimizer="adamw",
            schedule="cosine",
            early_stop=0,
            pretrain=0,
            pretrain_minutes=0.0,
        )

    def check(self) -> None:
        """Raise RecipeError where keys that are fine alone contradict each other."""
        super().check()
        for wrong, what, fix in self._contradictions():
            if wrong:
                raise RecipeError(what, fix)

    def _contradictions(self) -> tuple[tuple[bool, str, str], ...]:
        """(whether it is one, what, what to do) of each."""
        words = self.objective == "words"
        starts = [k for k in ("vectors", "start_from") if getattr(self, k)]
        starts += ["pretrain"] if self.pretrain or self.pretrain_minutes else []
        return (
            (self.tied, "tied = true", "a verdict is no word: leave tied out"),
            (
                bool(self.pretrain and self.pretrain_minutes),
                "pretrain and pretrain_minutes both say how long",
                "set one of them to 0",
            ),
            (
                words and bool(starts),
                f"objective = 'words' with {' and '.join(starts)}",
                "the language model is what others start from: leave it out",
            ),
            (
                words and self.bidirectional,
                "objective = 'words' with bidirectional = true: it would read the next word",
                "leave bidirectional out",
            ),
            (
                words and self.samples >= self.words,
                f"samples = {self.samples} of {self.words} words",
                "set samples below words",
            ),
            (
                len(starts) > 1,
                f"{' and '.join(starts)} all say what the network begins with",
                "give one of them",
            ),
            (
                self.freeze and not starts,
                "freeze = true with vectors drawn at random",
                "give --vectors, or let them be trained",
            ),
            (
                self.long_texts == "last" and self.keep != "last",
                f"long_texts = 'last' with keep = {self.keep!r}: it would learn another end",
                "set keep to last, or long_texts to windows",
            ),
        )
