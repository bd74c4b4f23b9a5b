"""Evaluation of a forecaster beside forecasts without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from deepatelier.data.series import SERIES, Series
from deepatelier.devices import choose_device
from deepatelier.errors import OptionError
from deepatelier.extras import from_extra
from deepatelier.images import decode
from deepatelier.jobs import Measures, PictureProduct
from deepatelier.networks.recurrent.forecaster import widened
from deepatelier.networks.sequence_models import load_sequence_model, run_input
from deepatelier.training.curves import COLORS, png_of
from deepatelier.training.evaluated import Evaluated, is_training_data
from deepatelier.training.fitting import data_input_of
from deepatelier.training.sequences.baseline_forecasts import baselines
from deepatelier.training.sequences.forecast_fitting import Windows, check_spacing, seasonal_scale, windows_of
from deepatelier.training.sequences.forecast_job import ForecastJob

__all__ = ["evaluated", "forecast_picture"]

_SEASONS = 3
"""The number of seasons before the forecast that are drawn."""


def evaluated(job: ForecastJob, series: Series, folder: Path, part: str) -> Evaluated:
    """Return the mean absolute scaled errors over all origins of a part, beside those of baselines.

    MASE = mean |y − ŷ| / q, with q the mean of |x_t − x_{t−m}| over the training part. At 1, a forecast is as good as
    the last season is in the training part.

    Source: Hyndman and Koehler, 'Another look at measures of forecast accuracy' (2006).

    Raises:
        OptionError: The part is empty, or the series has another season than that of the training.
    """
    network, model = load_sequence_model(folder, "forecast")
    options = model.options
    check_spacing(series, model, folder)
    job = job.model_copy(update={"horizon": options["horizon"], "lookback": model.about["window"]})
    if series.season != options["season"]:
        raise OptionError(f"{series.name} has a season of {series.season}; that of {folder} is {options['season']}.")
    windows = windows_of(job, series)
    origins = windows.origins(2 if part == "test" else 1)
    if not len(origins):
        raise OptionError(f"The training in {folder} has held out no {part} part. Train with a --{part} above 0.")
    past, targets = windows.take(origins)
    device = choose_device(job.device)
    with torch.no_grad():
        quantiles = widened(network.to(device)(past.to(device)).cpu(), model.about["widening"])
    scale = seasonal_scale(windows.values[: windows.ends[0]], series.season)
    forecasts = {"network": quantiles[..., 1], **baselines(windows, origins)}
    rows: dict[str, dict[str, float | str]] = {
        name: {
            "MASE": ((each - targets).abs().mean() / scale).item(),
            "mean absolute error": (each - targets).abs().mean().item(),
            "root mean squared error": (each - targets).square().mean().sqrt().item(),
        }
        for name, each in forecasts.items()
    }
    source = data_input_of(job.dataset, SERIES, series.sha256())
    own = is_training_data(source, folder)
    other = f"This is not the series of the training: its last {windows.ends[2] - windows.ends[1]} values are the part."
    best = min(rows, key=lambda name: rows[name]["MASE"])
    inside = ((targets >= quantiles[..., 0]) & (targets <= quantiles[..., 2])).float().mean().item()
    measures: Measures = {
        "origins": len(origins),
        "values ahead": windows.horizon,
        "MASE": rows["network"]["MASE"],
        "values inside the 80 % band": inside,
        "lowest MASE": best,
    }
    return Evaluated(
        part=part if own else "end",
        dataset=series.name,
        network=str(job.network),
        measures=measures,
        rows=rows,
        inputs={
            "training": run_input(folder),
            "dataset": source,
        },
        files={"forecast": PictureProduct(forecast_picture(windows, origins, quantiles, forecasts, scale))},
        notes=(() if own else (other,))
        + (() if best == "network" else (f"{best.capitalize()} forecasts better than the network here.",)),
    )


def forecast_picture(
    windows: Windows, origins: Tensor, quantiles: Tensor, forecasts: dict[str, Tensor], scale: float
) -> Tensor:
    """Return the forecast from the last origin beside the truth, and the error by the number of steps ahead.

    Args:
        windows: The series.
        origins: The numbers of the first values to forecast, (N,).
        quantiles: The forecasts of the network, (N, H, 3).
        forecasts: The forecasts of all methods, (N, H) each, by name.
        scale: q of the scaled error.

    Returns:
        (1, 3, H, W).
    """
    figure = from_extra("matplotlib.figure", "train").Figure(figsize=(11, 8), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=(3, 2))
    series, origin = windows.series, int(origins[-1])
    shown = max(windows.horizon, _SEASONS * series.season)
    before = range(max(0, origin - shown), origin + windows.horizon)
    after = [series.time(index) for index in range(origin, origin + windows.horizon)]
    upper.plot([series.time(index) for index in before], series.values[list(before)], color="black", label="truth")
    upper.fill_between(after, *quantiles[-1, :, ::2].T.numpy(), color=COLORS[0], alpha=0.2, lw=0, label="80 % band")
    for color, (name, each) in zip(COLORS, forecasts.items(), strict=False):
        style: dict[str, Any] = {"linewidth": 2} if name == "network" else {"linewidth": 1.2, "linestyle": "--"}
        upper.plot(after, each[-1].numpy(), color=color, label=name, **style)
        _, targets = windows.take(origins)
        errors = (each - targets).abs().mean(dim=0) / scale
        lower.plot(range(1, windows.horizon + 1), errors.numpy(), color=color, label=name, **style)
    upper.axvline(series.time(origin - 1), color="#888888", linewidth=0.8)
    upper.set_title(f"{series.name}: forecast from {series.time(origin):%Y-%m-%d}, the last origin of the part")
    lower.axhline(1, color="#888888", linewidth=0.8, linestyle=":")
    lower.set_title(f"mean absolute scaled error of {len(origins)} origins")
    lower.set_xlabel(f"values ahead (one each {series.spacing})")
    lower.set_ylim(bottom=0)
    figure.legend(*upper.get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=6)
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
    return decode(png_of(figure))
