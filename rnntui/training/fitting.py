"""Keys fitted to the text of a run without a recipe. Imports no torch, since help names them."""

from __future__ import annotations

FITTED = ("batch_size", "dropout", "output_dropout", "epochs", "early_stop", "sample_every")
"""The keys that `fitted_keys` sets."""


def fitted_keys(symbols: int, *, validated: bool) -> dict[str, int | float]:
    """Return keys that suit a text of some length, where nobody asked for others.

    A short text in wide batches has few steps an epoch (38,000 characters in 32 streams of 128:
    seven, and twenty epochs of them learn nothing), and is soon known by heart (in twelve epochs of
    40 steps). So it gets narrower batches, more dropout, and an end when validation says so.

    Args:
        symbols: the text's length.
        validated: whether it has a validation part to say so.
    """
    short = symbols < 200_000
    epochs = max(4, min(30, 20_000_000 // max(1, symbols)))
    return {
        "batch_size": 8 if short else 16 if symbols < 4_000_000 else 32,
        "dropout": 0.5 if short else 0.25,
        "output_dropout": 0.5 if short else 0.25,
        "epochs": epochs,
        "early_stop": 6 if validated else 0,
        "sample_every": max(1, epochs // 10),
    }
