"""The text to score a model on: dialogues by the template it learned, or any other text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rnntui.checkpoints.chat import Chat
from rnntui.checkpoints.config import Config
from rnntui.data.corpus import Corpus, read_corpus
from rnntui.data.dialogues.corpus import collect, with_template, write_text
from rnntui.data.dialogues.reading import holds_dialogues
from rnntui.data.reading import Errors
from rnntui.data.vocabulary import Vocabulary


def corpus_to_score(
    config: Config, vocabulary: Vocabulary, files: Sequence[Path], errors: Errors = "strict"
) -> tuple[Corpus, bool]:
    """Return the text of some files as a model reads it, and whether it is what the model learned.

    Dialogues of the model's own corpora are its own whichever of those are read, since each
    dialogue belongs to the same part everywhere.

    Raises:
        CorpusError: a file cannot be read, or there is nothing in them.
        FileProblem: the cache cannot be written.
    """
    if config.chat is not None and all(file.is_file() and holds_dialogues(file) for file in files):
        corpus = read_dialogues_as(files, config.chat, vocabulary, errors)
        learned = set(config.chat.sources.values())
        return corpus, corpus.chat is not None and set(corpus.chat.sources.values()) <= learned
    corpus = read_corpus(files, errors=errors, vocabulary=vocabulary)
    return corpus, corpus.sha256 == config.data.sha256


def read_dialogues_as(
    files: Sequence[Path], chat: Chat, vocabulary: Vocabulary, errors: Errors = "strict"
) -> Corpus:
    """Read dialogues by a model's template and vocabulary, to score them.

    They are cut as that model's were: what it learned is in the training part, whatever other
    dialogues are read.

    Raises:
        CorpusError: as `collect`.
        FileProblem: the cache cannot be written.
    """
    dialogues = collect(files, errors)
    text = write_text(dialogues, chat, files[0])
    return with_template(read_corpus([text], vocabulary=vocabulary), dialogues, chat)


def rendered(files: Sequence[Path], chat: Chat, errors: Errors = "strict") -> Path:
    """Return the file of some dialogues' text, written by a template.

    Raises:
        CorpusError: as `collect`.
        FileProblem: the cache cannot be written.
    """
    return write_text(collect(files, errors), chat, files[0])
