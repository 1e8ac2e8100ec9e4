"""One thread for torch and NumPy: what these tests run is too small for two to help."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from rnntui.inference.blas import one_thread


@pytest.fixture(autouse=True)
def single_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with one_thread():
        yield
    torch.set_num_threads(before)
