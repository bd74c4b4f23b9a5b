"""A recurrent network that continues a series, with bands."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from deepatelier.networks.recurrent.recurrent_network import LAYERS

__all__ = ["LEVELS", "Forecaster", "band_widening", "base_forecast", "widened"]

LEVELS = (0.1, 0.5, 0.9)
"""The quantiles that are forecast: 80 % of the values should lie between the outer ones."""


def base_forecast(base: Literal["last", "season"], window: Tensor, horizon: int, season: int) -> Tensor:
    """Return a forecast without a network, (B, horizon).

    ``last``: ŷ_{T+h} = x_T. ``season``: ŷ_{T+h} = x_{T+h−m·k}, the last value at the same place of a season of m
    values.

    Args:
        base: ``last`` or ``season``.
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
    """Quantiles of the next values of a series, from its last T values.

    The middle one is x_T + s·(W·h_T + A·z), with z_t = (x_t − x_T)/s, h_T the last output of recurrent layers over z,
    and A a linear autoregression for each step ahead. Only z is read, so neither the level of a series nor its unit
    matters. W and A start at zero: before the training, the middle quantile is the last value. The outer quantiles are
    the middle one minus and plus s·softplus(·), so they never cross.

    Source: a direct forecast of several quantiles by a recurrent network is that of Wen, Torkkola, Narayanaswamy and
    Madeka, 'A Multi-Horizon Quantile Recurrent Forecaster' (2017); the linear beside the recurrent part is that of Lai,
    Chang, Yang and Liu, 'Modeling Long- and Short-Term Temporal Patterns with Deep Neural Networks' (2018).

    Departures from the sources: the decoder is one matrix, and there is no convolution.

    Args:
        layers: The name of the recurrent layers, one of `LAYERS`.
        window: T.
        horizon: The number of values to forecast.
        season: The number of values in a season, for the evaluation; 1 if there is none.
        scale: s, in the unit of the series.
        width: The number of units of a layer.
        num_layers: The number of layers.
        dropout: The dropout probability, between layers and before W.

    Shape: (B, T) to (B, horizon, 3), the quantiles `LEVELS`.
    """

    def __init__(
        self,
        layers: str,
        window: int,
        horizon: int,
        season: int = 1,
        scale: float = 1.0,
        width: int = 64,
        num_layers: int = 1,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.horizon, self.season, self.scale = horizon, season, scale
        between = dropout if num_layers > 1 else 0.0
        self.recurrent = LAYERS[layers](1, width, num_layers, bidirectional=False, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(width, horizon * len(LEVELS))
        self.linear = nn.Linear(window, horizon, bias=False)
        for parameter in (self.output.weight, self.output.bias, self.linear.weight):
            nn.init.zeros_(parameter)

    def forward(self, window: Tensor) -> Tensor:
        """Return the quantiles, (B, horizon, 3), for the last values, (B, T)."""
        relative = (window - window[:, -1:]) / self.scale
        _, (h, *_) = self.recurrent(relative[..., None])
        found = self.output(self.dropout(h[-1])).view(-1, self.horizon, len(LEVELS))
        middle = window[:, -1:] + self.scale * (found[..., 1] + self.linear(relative))
        below, above = (self.scale * functional.softplus(found[..., each]) for each in (0, 2))
        return torch.stack([middle - below, middle, middle + above], dim=-1)
