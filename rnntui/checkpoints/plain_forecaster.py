"""The lines of plain torch that load a forecaster, for its card."""

from __future__ import annotations

from rnntui.checkpoints.config import Config

_LARGEST = 8
"""Bound of a distance's logarithm, as `networks.forecaster.LARGEST`."""


def plain_torch(config: Config) -> str:
    """Return the lines that load a forecaster's checkpoint and read a window of scaled values."""
    network = config.network
    kind = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}[network.cell]
    options = f"{config.inputs}, {network.hidden}, {network.layers}"
    options += f", nonlinearity={network.nonlinearity!r}" if network.cell == "rnn" else ""
    options += ", bidirectional=True" if network.bidirectional else ""
    half = network.hidden
    both = f"torch.cat([states[-1, :{half}], states[0, {half}:]])"
    activation = "torch.relu" if network.head.activation == "relu" else "torch.tanh"
    hidden = "".join(
        f'ends = {activation}(weights["head.{i}.weight"] @ ends + weights["head.{i}.bias"])\n'
        for i, _ in enumerate(network.head.hidden)
    )
    return (
        "import torch\n"
        "from safetensors.torch import load_file\n\n"
        'weights = {k: v.float() for k, v in load_file("model.safetensors").items()}\n'
        f"rnn = torch.nn.{kind}({options})\n"
        'rnn.load_state_dict({k[4:]: v for k, v in weights.items() if k.startswith("rnn.")})\n'
        "# Values scaled as config.json says (docs/format.md has the formulas); clocks, lags and\n"
        "# other columns beside them.\n"
        f"window = torch.linspace(-1, 1, {network.window})[:, None].repeat(1, {config.inputs})\n"
        "states, _ = rnn(window)  # (time, features)\n"
        f"ends = {both if network.bidirectional else 'states[-1]'}\n"
        f"{hidden}"
        'raw = weights["head.weight"] @ ends + weights["head.bias"]\n'
        f"{_forecast(config)}"
        "print(forecast)  # in the scale of the window\n"
    )


def _forecast(config: Config) -> str:
    """From the outputs to the steps ahead: quantiles are told by their distances."""
    quantiles = config.quantiles or ()
    if not quantiles:
        return "forecast = raw  # one value a step\n"
    median = quantiles.index(0.5)
    return (
        f"raw = raw.view({config.horizon}, {len(quantiles)})  # (steps, quantiles)\n"
        f"median, gaps = raw[:, {median}:{median + 1}], raw.clamp(-{_LARGEST}, {_LARGEST}).exp()\n"
        f"below = median - gaps[:, :{median}].flip(1).cumsum(1).flip(1)\n"
        f"above = median + gaps[:, {median + 1}:].cumsum(1)\n"
        "forecast = torch.cat([below, median, above], 1)\n"
    )
