"""rnntui: a terminal workbench for recurrent networks.

Importing the package costs nothing: `load` and the names it needs arrive on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnntui.inference.loading import load

__all__ = ["__version__", "load"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # `import rnntui` must stay free of NumPy (60 ms), which `--help` and `list` never need.
    if name == "load":
        from rnntui.inference.loading import load

        return load
    raise AttributeError(f"module 'rnntui' has no attribute {name!r}")
