"""Exponential smoothing."""

import warnings

import numpy as np
import pytest

from deepatelier.training.sequences.smoothing import chosen_smoothing, fitted_smoothing


@pytest.fixture(scope="module")
def values():
    """A trend, a season of 4 and noise."""
    t = np.arange(60)
    return 10 + 0.3 * t + 2 * np.sin(np.pi * t / 2) + np.random.default_rng(0).normal(0, 0.3, 60)


@pytest.mark.parametrize("damped", [False, True])
@pytest.mark.parametrize("season", [1, 4])
def test_it_equals_statsmodels_at_every_origin(values, damped, season):
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    smoothing = fitted_smoothing(values[:40], season, damped, "estimated")
    found = smoothing.forecasts(values, [40, 47, 60], 6)
    seasonal = {"seasonal": "add", "seasonal_periods": 4, "initial_seasonal": smoothing.season} if season > 1 else {}
    for row, origin in zip(found, (40, 47, 60), strict=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = ExponentialSmoothing(
                values[:origin],
                trend="add",
                damped_trend=damped,
                initialization_method="known",
                initial_level=smoothing.level,
                initial_trend=smoothing.trend,
                **seasonal,
            ).fit(
                smoothing_level=smoothing.alpha,
                smoothing_trend=smoothing.beta,
                **({"smoothing_seasonal": smoothing.gamma} if season > 1 else {}),
                **({"damping_trend": smoothing.phi} if damped else {}),
                optimized=False,
            )
        np.testing.assert_allclose(row, model.forecast(6), rtol=1e-9)


def test_the_best_on_held_out_values_is_chosen(values):
    origins = range(40, 50)
    chosen = chosen_smoothing(values, origins, 4, 4, 54)
    assert np.abs(chosen.forecasts(values, [54], 4)[0] - values[54:58]).mean() < 0.6
    assert np.abs(values[53] - values[54:58]).mean() > 1


def test_too_few_values_for_a_season_have_none(values):
    assert fitted_smoothing(values[:7], 4, False, "estimated").season == (0.0,)
