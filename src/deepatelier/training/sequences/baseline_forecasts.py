"""Forecasts of several methods for the same origins of a series."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from deepatelier.networks.recurrent.forecaster import base_forecast
from deepatelier.training.sequences.forecast_fitting import Windows
from deepatelier.training.sequences.smoothing import chosen_smoothing

__all__ = ["baselines"]

_CHOOSING = 24
"""The number of forecasts by which the smoothing is chosen."""


def baselines(windows: Windows, origins: Tensor) -> dict[str, Tensor]:
    """Return the forecasts of the last value, of the last season and of exponential smoothing, (origins, horizon) each.

    Exponential smoothing is chosen by its forecasts of the validation part, as a network is; without one, by those of
    the training part. Its factors are fitted to the values before the first origin, and kept; at each origin it has
    seen all values before it. See `chosen_smoothing`.

    Args:
        windows: The series.
        origins: The numbers of the first values to forecast, ascending.
    """
    past, _ = windows.take(origins)
    season, horizon = windows.series.season, windows.horizon
    found = {"last value": base_forecast("last", past, horizon, season)}
    if season > 1:
        found["last season"] = base_forecast("season", past, horizon, season)
    held_out = windows.origins(1).tolist() or windows.origins(0).tolist()
    chosen = held_out[:: max(1, len(held_out) // _CHOOSING)]
    values, first = windows.series.values, int(origins[0])
    smoothing = chosen_smoothing(values, chosen, horizon, season, first)
    forecasts = smoothing.forecasts(values, origins.tolist(), horizon)
    found["exponential smoothing"] = torch.from_numpy(np.array(forecasts)).float()
    return found
