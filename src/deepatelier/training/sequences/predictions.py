"""Predictions of trained networks for texts and series."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import torch
from torch import Tensor

from deepatelier.data.series import SERIES, Series, open_series
from deepatelier.devices import choose_device
from deepatelier.errors import OptionError
from deepatelier.extras import from_extra
from deepatelier.images import decode
from deepatelier.inputs import Input, is_file
from deepatelier.jobs import PictureProduct, Product, Result, Step, TextProduct, Work
from deepatelier.networks.recurrent.forecaster import widened
from deepatelier.networks.sequence_models import SequenceTask, load_sequence_model, read_sequence_model, run_input
from deepatelier.text import text_of
from deepatelier.text.text_classes import TextClasses
from deepatelier.training.curves import COLORS, png_of
from deepatelier.training.fitting import data_input_of
from deepatelier.training.sequences.forecast_fitting import check_spacing
from deepatelier.training.sequences.predict_job import PredictJob

__all__ = ["Predictions", "predicted", "prepared"]

_PAST = 3
"""How many times the horizon is drawn before a forecast."""


@dataclass(frozen=True)
class Predictions:
    """What a network says.

    Attributes:
        rows: The predictions, the first row has the names of the columns.
        inputs: The files that were given.
        picture: A picture of them, if there is one.
    """

    rows: list[tuple[str | float, ...]]
    inputs: dict[str, Input]
    picture: Product | None = None
    notes: tuple[str, ...] = ()


def prepared(job: PredictJob) -> Callable[[], Predictions]:
    """Return the function that predicts. Raises all errors of options and inputs."""
    possible: dict[SequenceTask, Callable[[PredictJob], Callable[[], Predictions]]] = {
        "classify": _classes,
        "forecast": _forecast,
    }
    return possible[read_sequence_model(job.training, *possible).task](job)


def predicted(job: PredictJob) -> Work:
    """Predict, and yield the only step."""
    predict = prepared(job)
    found = predict()
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(found.rows)
    files: dict[str, Product] = {"table": TextProduct(text.getvalue())}
    if found.picture is not None:
        files["picture"] = found.picture
    names, *rows = found.rows
    result = Result(
        job,
        files,
        {"training": run_input(job.training), **found.inputs},
        str(choose_device(job.device)),
        "float32",
        steps=1,
        notes=found.notes,
        details={"predictions": [dict(zip(map(str, names), row, strict=True)) for row in rows]},
    )
    try:
        yield Step(1, 1)
    except KeyboardInterrupt:  # it is complete
        return result
    return result


def _classes(job: PredictJob) -> Callable[[], Predictions]:
    """Return the function that names the classes of texts."""
    if job.horizon is not None:
        raise OptionError("--horizon has no effect on texts. Leave it out.")
    model = TextClasses.of(Path(job.training), job.device)
    texts = [text_of(source) for source in job.given]
    for text in texts:
        model.check(text)

    def predict() -> Predictions:
        top = min(job.top, len(model.classes))
        chosen = model.probabilities(texts).topk(top)
        rows: list[tuple[str | float, ...]] = [("text", "class", "probability")]
        for source, values, places in zip(job.given, chosen.values.tolist(), chosen.indices.tolist(), strict=True):
            shown = Path(source).name if is_file(source) else source
            rows += [
                (shown, model.classes[place], round(value, 4)) for value, place in zip(values, places, strict=True)
            ]
        files = [source for source in job.given if is_file(source)] if all(map(is_file, job.given)) else []
        return Predictions(
            rows, {f"given_{n}" if n > 1 else "given": Input.of(each) for n, each in enumerate(files, 1)}
        )

    return predict


def _forecast(job: PredictJob) -> Callable[[], Predictions]:
    """Return the function that continues a series."""
    if len(job.given) != 1:
        raise OptionError(f"One series is continued at a time; received {len(job.given)}.")
    if "top" in job.model_fields_set:
        raise OptionError("--top has no effect on a series. Leave it out.")
    network, model = load_sequence_model(job.training, "forecast")
    trained, window = network.horizon, int(model.about["window"])
    horizon = job.horizon or trained
    if horizon > trained:
        raise OptionError(
            f"--horizon {horizon} is more than the {trained} values that this network forecasts. Train another with "
            f"--horizon {horizon}."
        )
    series = open_series(job.given[0], network.season)
    check_spacing(series, model, job.training)
    if len(series) < window:
        raise OptionError(f"{series.name} has {len(series)} values, but the network reads {window}.")

    def predict() -> Predictions:
        device = choose_device(job.device)
        past = torch.from_numpy(series.values[-window:]).float()[None].to(device)
        with torch.no_grad():
            quantiles = widened(network.to(device)(past).cpu(), model.about["widening"])[0, :horizon]
        times = [series.time(len(series) + index) for index in range(horizon)]
        rows: list[tuple[str | float, ...]] = [("date", "value", "low", "high")]
        rows += [
            (time.isoformat(" ").removesuffix(" 00:00:00"), *(round(each, 6) for each in (middle, low, high)))
            for time, (low, middle, high) in zip(times, quantiles.tolist(), strict=True)
        ]
        picture = PictureProduct(_picture(series, times, quantiles))
        source = data_input_of(job.given[0], SERIES, series.sha256())
        return Predictions(rows, {"given": source}, picture, series.notes)

    return predict


def _picture(series: Series, times: list[datetime], quantiles: Tensor) -> Tensor:
    """Return a picture of a forecast after the end of a series, (1, 3, H, W).

    Args:
        series: The series.
        times: The times of the forecast.
        quantiles: (horizon, 3).
    """
    figure = from_extra("matplotlib.figure", "train").Figure(figsize=(11, 5), layout="constrained")
    axes = figure.subplots()
    shown = range(max(0, len(series) - _PAST * len(times)), len(series))
    axes.plot([series.time(index) for index in shown], series.values[list(shown)], color="black", label="series")
    last = torch.full((1, quantiles.shape[1]), float(series.values[-1]))
    low, middle, high = torch.cat([last, quantiles]).T.numpy()
    joined = [series.time(len(series) - 1), *times]
    axes.fill_between(joined, low, high, color=COLORS[0], alpha=0.2, lw=0, label="80 % band")
    axes.plot(joined, middle, color=COLORS[0], linewidth=2, label="forecast")
    axes.set_title(f"{series.name}: the {len(times)} values after the last one")
    figure.legend(*axes.get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=3)
    axes.spines[["top", "right"]].set_visible(False)
    return decode(png_of(figure))
