"""The `state/` of a run: all that the next step depends on, so that resuming continues bit for bit.

Weights in full precision, averaged weights, optimiser, the generator of the dropout masks, the
recurrent state between two chunks, and the counters. The order of the data needs nothing: it is a
function of seed, epoch and step.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from safetensors import SafetensorError
from safetensors.torch import load, save_file
from torch import Tensor

from rnntui.errors import RunError
from rnntui.files import file_problem, replaced, write_atomically

_FORMAT = "rnntui-state/1"


class Counters(msgspec.Struct, kw_only=True):
    """Where a run stands. The one mutable thing of the loop."""

    format: str = _FORMAT
    tensors: str = ""
    """The file beside `state.json` that holds the tensors."""
    data_sha256: str = msgspec.field(default="", name="corpus_sha256")
    recipe: dict[str, Any] = {}
    """The run's keys as it trained: `recipe.toml` can be edited between two resumes."""
    step: int = 0
    epoch: int = 0
    epoch_step: int = 0
    """Steps taken inside the current epoch."""
    seconds: float = 0.0
    lr: float = 0.0
    """Of the last step."""
    evaluated: int = -1
    """The step of the last evaluation this state knows of; -1 in states that did not keep it."""
    best_loss: float | None = None
    since_best: int = 0
    """Evaluations since the best one."""
    drops: int = 0
    """How often a plateau lowered the learning rate."""
    finished: bool = False
    threads: int = 1
    precision: str = "fp32"
    loss_sum: float = 0.0
    norm_sum: float = 0.0
    clipped_sum: float = 0.0
    symbols_sum: int = 0
    steps_sum: int = 0
    seconds_at_evaluation: float = 0.0
    fastest: float = 0.0
    """Symbols per second in the fastest epoch so far, to notice when the machine grows busy."""

    def start_interval(self) -> None:
        """Empty the sums that an evaluation reports."""
        self.loss_sum = self.norm_sum = self.clipped_sum = 0.0
        self.symbols_sum = self.steps_sum = 0
        self.seconds_at_evaluation = self.seconds


_COUNTERS = msgspec.json.Decoder(Counters)


def save_state(folder: Path, counters: Counters, tensors: Mapping[str, Tensor]) -> None:
    """Write a state; `state.json` comes last and makes it the one to resume from."""
    name = f"step-{counters.step}.safetensors"
    counters.tensors = name
    _write_tensors(folder / name, tensors)
    write_atomically(folder / "state.json", msgspec.json.encode(counters))
    # Older states, and halves that a kill left; what is not ours, such as the files of another
    # program in a folder of that name, stays.
    for pattern in ("step-*.safetensors", ".step-*.safetensors.*", ".state.json.*"):
        for old in folder.glob(pattern):
            if old.name != name and old.is_file():
                old.unlink(missing_ok=True)


def _write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors straight from where they lie: a copy would double a large run's memory."""
    plain = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
    with replaced(path) as beside:
        try:
            save_file(plain, beside)
        except SafetensorError as error:
            # It words the system's refusals itself: "... No space left on device (os error 28)".
            number = re.search(r"os error (\d+)", str(error))
            code = int(number[1]) if number else errno.EIO
            raise OSError(code, os.strerror(code)) from error


def read_counters(folder: Path) -> Counters:
    """Read where a run stands.

    Raises:
        RunError: there is no state, or it is damaged or of another version.
    """
    path = folder / "state.json"
    try:
        counters = _COUNTERS.decode(path.read_bytes())
    except FileNotFoundError:
        raise RunError(
            f"{folder.parent} holds no saved state", "nothing can be resumed: begin it anew"
        ) from None
    except OSError as error:
        raise file_problem(error, path, "read") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RunError(f"{path} is damaged ({error})", "begin the run anew") from None
    if counters.format != _FORMAT:
        raise RunError(
            f"{path} has format {counters.format[:40]}, this rnntui reads {_FORMAT}",
            "resume with the rnntui that began the run",
        )
    return counters


def read_tensors(folder: Path, counters: Counters) -> dict[str, Tensor]:
    """Read the tensors a state names.

    Raises:
        RunError: they are missing or damaged.
    """
    path = folder / Path(counters.tensors).name
    try:
        return load(path.read_bytes())
    except FileNotFoundError:
        raise RunError(f"{path} is missing", "begin the run anew") from None
    except OSError as error:
        raise file_problem(error, path, "read") from error
    except SafetensorError as error:
        raise RunError(f"{path} is damaged ({error})", "begin the run anew") from None
