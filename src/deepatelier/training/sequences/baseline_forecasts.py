"""Forecasts of several methods for the same origins of a series."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from torch import Tensor

from deepatelier.extras import from_extra
from deepatelier.networks.recurrent.forecaster import base_forecast
from deepatelier.training.sequences.forecast_fitting import Windows

__all__ = ["baselines"]


def baselines(windows: Windows, origins: Tensor) -> dict[str, Tensor]:
    """Return the forecasts of the last value, of the last season and of exponential smoothing, (origins, horizon) each.

    Exponential smoothing is additive, with a damped trend and, if there is a season, a seasonal term. Its factors are
    fitted to the values before the first origin, and kept; at each origin it has seen all values before it.

    Source: Winters, 'Forecasting Sales by Exponentially Weighted Moving Averages' (1960); Gardner and McKenzie,
    'Forecasting trends in time series' (1985), for the damped trend. statsmodels computes it.

    Args:
        windows: The series.
        origins: The numbers of the first values to forecast, ascending.
    """
    past, _ = windows.take(origins)
    season, horizon = windows.series.season, windows.horizon
    found = {"last value": base_forecast("last", past, horizon, season)}
    if season > 1:
        found["last season"] = base_forecast("season", past, horizon, season)
    found["exponential smoothing"] = _smoothed(windows, origins.tolist())
    return found


def _smoothed(windows: Windows, origins: list[int]) -> Tensor:
    season = windows.series.season
    options: dict[str, Any] = {"trend": "add", "damped_trend": True}
    if season > 1 and origins[0] >= 2 * season:
        options |= {"seasonal": "add", "seasonal_periods": season}
    smoothing = from_extra("statsmodels.tsa.holtwinters", "text").ExponentialSmoothing
    values = windows.series.values
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the search of the factors has not converged
        known = smoothing(values[: origins[0]], **options).fit().params
        factors = {name: known[name] for name in ("smoothing_level", "smoothing_trend", "damping_trend")}
        start = {"initial_level": known["initial_level"], "initial_trend": known["initial_trend"]}
        if "seasonal" in options:
            factors["smoothing_seasonal"] = known["smoothing_seasonal"]
            start["initial_seasonal"] = known["initial_seasons"]
        forecasts = [
            smoothing(values[:origin], **options, initialization_method="known", **start)
            .fit(optimized=False, **factors)
            .forecast(windows.horizon)
            for origin in origins
        ]
    return torch.from_numpy(np.array(forecasts)).float()
