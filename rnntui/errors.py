"""The errors a user can cause, each a sentence about what happened and one about what to do.

They are raised deep and printed once, at the edge (`cli.main`), as `error: what; what to do` with
exit code 2. Anything else that escapes is a bug of ours and may show its traceback.
"""

from __future__ import annotations


class RnntuiError(Exception):
    """Something the user can mend.

    Args:
        what: what happened, naming the file, key or value.
        fix: the next step, as an instruction. It may be empty where `what` already says it.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        self.what = what
        self.fix = fix
        super().__init__(f"{what}; {fix}" if fix else what)


class BadOption(RnntuiError):
    """An option or argument with a value that makes no sense, alone or beside another."""


class CorpusError(RnntuiError):
    """A text that cannot be read, or is too short for what was asked."""


class CheckpointError(RnntuiError):
    """A model folder that is missing, damaged, foreign, or of another format version."""


class RecipeError(RnntuiError):
    """A recipe with a wrong key, type or value."""


class RunError(RnntuiError):
    """A run folder that cannot be written, resumed, or is in use."""


class StoreError(RnntuiError):
    """Kept sessions that cannot be read or written, or one that is not there."""


class DivergedError(RnntuiError):
    """Training met a loss that is not a number; the last good checkpoint is kept."""


class MissingExtra(RnntuiError):
    """An option needs a package that is not part of the core."""


class MissingTorch(RnntuiError):
    """The command needs PyTorch, which the core does without."""
