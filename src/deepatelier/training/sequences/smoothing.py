"""Exponential smoothing: forecasts from every place of a series, with parameters that were fitted before."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepatelier.extras import from_extra

__all__ = ["Smoothing", "chosen_smoothing", "fitted_smoothing"]

_STARTS = ("estimated", "legacy-heuristic")

_Values = NDArray[np.float64]


@dataclass(frozen=True)
class Smoothing:
    """Exponential smoothing with an additive season and an additive, damped trend (Holt and Winters).

    ::

        l_t = α·(x_t − s_{t−m}) + (1 − α)·(l_{t−1} + φ·b_{t−1})
        b_t = β·(l_t − l_{t−1}) + (1 − β)·φ·b_{t−1}
        s_t = γ·(x_t − l_{t−1} − φ·b_{t−1}) + (1 − γ)·s_{t−m}
        x̂_{t+h} = l_t + (φ + … + φ^h)·b_t + s_{t−m+1+(h−1 mod m)}

    Source: Hyndman and Athanasopoulos, 'Forecasting: Principles and Practice', section 8.3, and 8.2 for the damped
    trend. It is equal to ``statsmodels.tsa.holtwinters.ExponentialSmoothing`` with the same parameters.

    Attributes:
        alpha, beta, gamma, phi: α, β, γ and φ.
        level, trend: l_0 and b_0.
        season: s_{1−m} … s_0; (0,) without a season.
    """

    alpha: float
    beta: float
    gamma: float
    phi: float
    level: float
    trend: float
    season: tuple[float, ...]

    def forecasts(self, values: _Values, origins: Iterable[int], horizon: int) -> _Values:
        """Return the forecasts after the first t values, for each t of the origins in ascending order, (N, H).

        Args:
            values: The series, (T,).
            origins: The numbers of values before each forecast.
            horizon: H.
        """
        wanted, found = set(origins), []
        level, trend, season, m = self.level, self.trend, list(self.season), len(self.season)
        damping = np.cumsum(self.phi ** np.arange(1, horizon + 1))
        for t in range(len(values) + 1):
            if t in wanted:
                found.append(level + damping * trend + [season[(t + h) % m] for h in range(horizon)])
            if t < len(values):
                before, slope = level, self.phi * trend
                level = self.alpha * (values[t] - season[t % m]) + (1 - self.alpha) * (before + slope)
                trend = self.beta * (level - before) + (1 - self.beta) * slope
                season[t % m] = self.gamma * (values[t] - before - slope) + (1 - self.gamma) * season[t % m]
        return np.array(found)


def fitted_smoothing(values: _Values, season: int, damped: bool, start: str) -> Smoothing:
    """Return the smoothing whose parameters statsmodels has fitted to values, by the squared error of one step ahead.

    Args:
        values: The values, (T,).
        season: The period of a season; 1 is none. Without two seasons of values, there is none.
        damped: Whether the trend is damped.
        start: Where the optimization starts: ``estimated`` or ``legacy-heuristic``, as statsmodels calls it.

    Raises:
        SurroundingsError: statsmodels is not installed.
    """
    smoother = from_extra("statsmodels.tsa.holtwinters", "text").ExponentialSmoothing
    has_season = 1 < season <= len(values) // 2
    options = {"seasonal": "add", "seasonal_periods": season} if has_season else {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of convergence: what it finds is judged by its forecasts
        model = smoother(values, trend="add", damped_trend=damped, initialization_method=start, **options)
        return _smoothing(model.fit().params, damped=damped, has_season=has_season)


def chosen_smoothing(values: _Values, origins: Sequence[int], horizon: int, season: int, end: int) -> Smoothing:
    """Return the best of four smoothings, fitted to the values before an end.

    They are those with and without damping, from both starts, because the squared error has several local minima. As a
    network is chosen by the validation part, so are these: by the mean absolute error of their forecasts of it, with
    parameters fitted to what is before it.

    Args:
        values: The series, (T,).
        origins: The numbers of values before each forecast of the validation part.
        horizon: The number of values of a forecast.
        season: The period of a season; 1 is none.
        end: The number of values to which the best one is fitted at last.
    """
    truth = np.stack([values[origin : origin + horizon] for origin in origins])
    known = values[: max(origins) + horizon]
    errors = {}
    for damped, start in itertools.product((False, True), _STARTS):
        smoothing = fitted_smoothing(values[: origins[0]], season, damped, start)
        error = float(np.abs(smoothing.forecasts(known, origins, horizon) - truth).mean())
        errors[damped, start] = error if math.isfinite(error) else math.inf
    return fitted_smoothing(values[:end], season, *min(errors, key=errors.__getitem__))


def _smoothing(known: dict[str, object], *, damped: bool, has_season: bool) -> Smoothing:
    def number(name: str) -> float:
        return float(known[name])  # type: ignore[arg-type]

    seasons = tuple(float(each) for each in known["initial_seasons"]) if has_season else (0.0,)  # type: ignore[attr-defined]
    return Smoothing(
        number("smoothing_level"),
        number("smoothing_trend"),
        number("smoothing_seasonal") if has_season else 0.0,
        number("damping_trend") if damped else 1.0,
        number("initial_level"),
        number("initial_trend"),
        seasons,
    )
