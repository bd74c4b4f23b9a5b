"""A recurrent network that continues a series, with bands."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from deepatelier.errors import OptionError
from deepatelier.networks.recurrent.recurrent_network import LAYERS

__all__ = ["BASES", "LEVELS", "Forecaster", "band_widening", "base_forecast", "widened"]

LEVELS = (0.1, 0.5, 0.9)
"""The quantiles that are forecast: 80 % of the values should lie between the outer ones."""

BASES = ("last", "season")
"""The forecasts to which the network adds its own."""


def base_forecast(base: str, window: Tensor, horizon: int, season: int) -> Tensor:
    """Return a forecast without a network, (B, horizon).

    ``last``: ŷ_{T+h} = x_T. ``season``: ŷ_{T+h} = x_{T+h−m·k}, the last value at the same place of a season of m
    values.

    Args:
        base: One of `BASES`.
        window: The last values, (B, T); T is at least one season with ``season``.
        horizon: The number of values to forecast.
        season: m.
    """
    if base == "last":
        return window[:, -1:].expand(-1, horizon)
    ahead = torch.arange(horizon, device=window.device)
    return window[:, -season:][:, ahead % season]


def band_widening(quantiles: Tensor, targets: Tensor) -> float:
    """Return by how much bands must be widened on both sides to hold 80 % of the values; below 0 they are too wide.

    It is the 0.8 quantile of max(ŷ_0.1 − y, y − ŷ_0.9).

    Source: Romano, Patterson and Candès, 'Conformalized Quantile Regression' (2019), equation 6.

    Args:
        quantiles: The forecasts of values that were not trained on, (B, H, 3).
        targets: The values, (B, H).
    """
    outside = torch.maximum(quantiles[..., 0] - targets, targets - quantiles[..., 2])
    return outside.double().quantile(LEVELS[2] - LEVELS[0]).item()


def widened(quantiles: Tensor, widening: float) -> Tensor:
    """Return quantiles, (B, H, 3), with wider bands, which hold at least the middle quantile."""
    below, middle, above = quantiles.unbind(dim=-1)
    return torch.stack(
        [torch.minimum(below - widening, middle), middle, torch.maximum(above + widening, middle)], dim=-1
    )


class Forecaster(nn.Module):
    """Quantiles of the next values: ŷ = base + s·W·h_T, with h_T the last output of recurrent layers over a window.

    The layers read (x_t − x_T)/s, so neither the level of a series nor its unit matters. W starts at zero: before the
    training, the middle quantile is the base. The outer quantiles are the middle one minus and plus s·softplus(·), so
    they never cross.

    Source: a direct forecast of several quantiles by a recurrent network is that of Wen, Torkkola, Narayanaswamy and
    Madeka, 'A Multi-Horizon Quantile Recurrent Forecaster' (2017).

    Departures from the source: the decoder is one matrix, and the network adds to a base forecast, as in residual
    learning, since a few hundred values do not suffice to learn a trend and a season as well.

    Args:
        layers: The name of the recurrent layers, one of `LAYERS`.
        horizon: The number of values to forecast.
        season: The number of values in a season; 1 if there is none.
        base: One of `BASES`.
        scale: s, in the unit of the series.
        width: The number of units of a layer.
        num_layers: The number of layers.
        dropout: The dropout probability, between layers and before W.

    Shape: (B, T) to (B, horizon, 3), the quantiles `LEVELS`.

    Raises:
        OptionError: There is no such base.
    """

    def __init__(
        self,
        layers: str,
        horizon: int,
        season: int = 1,
        base: str = "last",
        scale: float = 1.0,
        width: int = 64,
        num_layers: int = 1,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if base not in BASES:
            raise OptionError(f"There is no base {base!r}. Choose one of {', '.join(BASES)}.")
        self.horizon, self.season, self.base, self.scale = horizon, season, base, scale
        between = dropout if num_layers > 1 else 0.0
        self.recurrent = LAYERS[layers](1, width, num_layers, bidirectional=False, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(width, horizon * len(LEVELS))
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, window: Tensor) -> Tensor:
        """Return the quantiles, (B, horizon, 3), for the last values, (B, T)."""
        _, (h, *_) = self.recurrent(((window - window[:, -1:]) / self.scale)[..., None])
        found = self.output(self.dropout(h[-1])).view(-1, self.horizon, len(LEVELS))
        middle = base_forecast(self.base, window, self.horizon, self.season) + self.scale * found[..., 1]
        below, above = (self.scale * functional.softplus(found[..., each]) for each in (0, 2))
        return torch.stack([middle - below, middle, middle + above], dim=-1)
