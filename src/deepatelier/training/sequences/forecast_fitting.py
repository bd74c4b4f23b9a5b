"""What a training of a forecaster fits to what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from deepatelier.data.series import SERIES, Series
from deepatelier.devices import choose_device
from deepatelier.errors import InputError, OptionError
from deepatelier.networks.recurrent.forecaster import Forecaster, band_widening
from deepatelier.networks.sequence_models import SequenceModel, save_sequence_model
from deepatelier.training.batches import generator_of
from deepatelier.training.fitting import Fitting, data_input_of
from deepatelier.training.parts import PARTS
from deepatelier.training.player_of import player_of
from deepatelier.training.sequences.forecast_job import ForecastJob
from deepatelier.training.tasks.forecasting import Forecasting

__all__ = ["WindowBatches", "Windows", "check_spacing", "fitting", "seasonal_scale", "windows_of"]

_ORDER = 30
"""The purpose of the random numbers."""

_NO_SEASON, _SHORTEST = 12, 24
"""The default horizon of a series without a season, and the minimum default window."""

_FEWEST = 8
"""The minimum number of windows in the training part."""


@dataclass(frozen=True)
class Windows:
    """The windows of the parts of a series.

    Attributes:
        series: The series.
        values: Its values, (T,), float32.
        window: The number of values that are read.
        horizon: The number of values that are forecast.
        ends: The number of the first value after each part: training, validation, test. A value to forecast lies in
            the part; a window may begin before it.
    """

    series: Series
    values: Tensor
    window: int
    horizon: int
    ends: tuple[int, int, int]

    def origins(self, part: int) -> Tensor:
        """Return the numbers of the first values to forecast in a part: 0 training, 1 validation, 2 test."""
        first = self.ends[part - 1] if part else 0
        first = max(first, self.window)
        return torch.arange(first, max(first, self.ends[part] - self.horizon + 1))

    def take(self, origins: Tensor) -> tuple[Tensor, Tensor]:
        """Return the windows before some origins, (B, window), and the values after them, (B, horizon)."""
        before, after = torch.arange(-self.window, 0), torch.arange(self.horizon)
        return self.values[origins[:, None] + before], self.values[origins[:, None] + after]


def windows_of(job: ForecastJob, series: Series) -> Windows:
    """Return the windows of a series, which is split in the order of time.

    Raises:
        InputError: The values do not differ.
        OptionError: The series is too short for the horizon and the window.
    """
    if np.ptp(series.values) == 0:
        raise InputError(f"All values of {series.name} are {series.values[0]:g}: there is nothing to forecast.")
    season = series.season
    window = job.lookback or max(2 * season, _SHORTEST)
    if season > 1 and window < season:
        raise OptionError(f"--lookback {window} is shorter than a season of {season}. Raise it, or give --season 1.")
    count = len(series)
    tested = round(job.test * count)
    validated = round(job.validation * (count - tested))
    horizon = job.horizon or min(
        length for length in (season if season > 1 else _NO_SEASON, tested, validated) if length
    )
    ends = count - tested - validated, count - tested, count
    for name, length in (("test", tested), ("validation", validated)):
        if 0 < length < horizon:
            raise OptionError(
                f"The {name} part has {length} of the {count} values of {series.name}, fewer than --horizon {horizon}. "
                f"Lower --horizon, raise --{name}, or give a longer series."
            )
    windows = ends[0] - horizon - window + 1
    if windows < _FEWEST:
        needed = count + _FEWEST - windows
        raise OptionError(
            f"{series.name} is too short: with --lookback {window} and --horizon {horizon}, its {ends[0]} values to "
            f"learn from give {max(0, windows)} windows. Lower --lookback or --horizon, or give {needed} or more."
        )
    return Windows(series, torch.from_numpy(series.values).float(), window, horizon, ends)


def check_spacing(series: Series, model: SequenceModel, folder: Path | str) -> None:
    """Raise OptionError if a series has another time between its values than that of the training.

    Args:
        series: The series.
        model: What is known about the network.
        folder: The run, for the message.
    """
    if str(series.spacing) != model.about["spacing"]:
        raise OptionError(
            f"{series.name} has one value each {series.spacing}, but {folder} was trained with one each "
            f"{model.about['spacing']}. Give a series with that spacing, or train with this one."
        )


def seasonal_scale(values: Tensor, season: int) -> float:
    """Return the mean of |x_t − x_{t−m}| over a part of a series, by which errors are divided.

    Source: Hyndman and Koehler, 'Another look at measures of forecast accuracy' (2006), equation 3, for a season m.
    """
    scale = (values[season:] - values[:-season]).abs().double().mean().item()
    return scale or values.std().item()


class WindowBatches:
    """Batches of windows with the values after them; see `deepatelier.training.fit.BatchSource`.

    Args:
        windows: The windows.
        origins: The numbers of the first values to forecast, (N,).
        size: The number of windows in a batch.
        device: The device of the network.
        seed: The seed of the order, in an epoch of training; None keeps the order of time.
    """

    def __init__(
        self, windows: Windows, origins: Tensor, size: int, device: torch.device, seed: int | None = None
    ) -> None:
        self._windows, self._origins, self._size, self._device, self._seed = windows, origins, size, device, seed

    def __len__(self) -> int:
        return -(-len(self._origins) // self._size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        return self.epoch(0)

    def epoch(self, number: int, start: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the batches of an epoch; see `deepatelier.training.fit.BatchSource`."""
        origins = self._origins
        if self._seed is not None:
            origins = origins[torch.randperm(len(origins), generator=generator_of(self._seed, number, _ORDER))]
        for chosen in torch.split(origins, self._size)[start:]:
            windows, targets = self._windows.take(chosen)
            yield windows.to(self._device), targets.to(self._device)


def fitting(job: ForecastJob, series: Series) -> Fitting:
    """Return the network, the task and the batches of a training."""
    device, windows = choose_device(job.device), windows_of(job, series)
    scale = seasonal_scale(windows.values[: windows.ends[0]], series.season)
    train, validation, test = (windows.origins(part) for part in range(3))
    if job.limit is not None:
        train = train[-job.limit :]
    options: dict[str, Any] = {
        "layers": job.network,
        "window": windows.window,
        "horizon": windows.horizon,
        "season": series.season,
        "scale": scale,
        "width": job.width,
        "num_layers": job.layers,
        "dropout": job.dropout,
    }
    with torch.random.fork_rng():
        torch.manual_seed(job.seed)
        network = Forecaster(**options)
    trained = WindowBatches(windows, train, job.batch_size, device, job.seed)
    measured = dict(zip(PARTS, (train[-max(1, len(validation)) :], validation), strict=True))
    return Fitting(
        title=f"forecast of {series.name}",
        task=Forecasting(scale),
        player=player_of(network, job, job.batch_size, len(trained)),
        batches=trained,
        measured={
            name: WindowBatches(windows, origins, job.batch_size, device)
            for name, origins in measured.items()
            if len(origins)
        },
        measure=Forecasting.measure,
        save=lambda: _saved(network, options, windows, validation),
        data=data_input_of(job.dataset, SERIES, series.sha256()),
        details={
            "values": len(series),
            "windows to learn from": len(train),
            "windows for validation": len(validation),
            "windows for the test": len(test),
            "horizon": windows.horizon,
            "season": series.season,
        },
        device=device,
        notes=series.notes,
    )


def _saved(network: Forecaster, options: dict[str, Any], windows: Windows, validation: Tensor) -> bytes:
    """Return the weights file, with the widening of the bands that the validation part needs."""
    network.eval()
    widening = 0.0
    if len(validation):
        past, targets = windows.take(validation)
        device = next(network.parameters()).device
        with torch.no_grad():
            widening = band_widening(network(past.to(device)).cpu(), targets)
    about = {"window": windows.window, "widening": widening, "spacing": str(windows.series.spacing)}
    return save_sequence_model(network, SequenceModel(task="forecast", options=options, about=about))
