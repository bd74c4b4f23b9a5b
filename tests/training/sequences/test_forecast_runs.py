"""Forecasts, from a series to a run folder."""

import math

import pytest
import torch

from deepatelier.data.series import open_series
from deepatelier.errors import InputError, OptionError
from deepatelier.jobs import Context, make, read_record
from deepatelier.training import EvaluationJob
from deepatelier.training.sequences.baseline_forecasts import baselines
from deepatelier.training.sequences.forecast_fitting import seasonal_scale, windows_of
from deepatelier.training.sequences.forecast_job import ForecastJob
from deepatelier.training.sequences.predict_job import PredictJob

SMALL = {"width": 16, "horizon": 4, "lookback": 8, "season": 4, "device": "cpu", "dropout": 0.0}


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    """A series of a season of 4, whose amplitude alternates: the last season is wrong, and the window tells."""
    path = tmp_path_factory.mktemp("series") / "wave.csv"
    rows = [f"{1800 + t},{10 + (1 if t // 4 % 2 else -1) * math.sin(math.pi * t / 2 + 0.3)}" for t in range(160)]
    path.write_text("date,value\n" + "\n".join(rows) + "\n")
    return str(path)


@pytest.fixture(scope="module")
def run(series, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    make(ForecastJob(dataset=series, epochs=30, learning_rate=1e-2, **SMALL), {"folder": folder}, Context())
    return folder


def evaluated(run, series, part="test"):
    *_, result = drained(EvaluationJob(training=str(run), dataset=series, part=part).run())
    return result


def drained(steps):
    found = []
    while True:
        try:
            found.append(next(steps))
        except StopIteration as done:
            return [*found, done.value]


def test_it_learns_what_the_last_season_does_not_tell(run, series):
    values = evaluated(run, series).files["table"].values
    table = values["table"]
    assert table["network"]["MASE"] < 0.3 < table["last season"]["MASE"]
    assert values["lowest MASE"] == "network"
    assert read_record(run).details["season"] == 4


def test_the_parts_are_in_the_order_of_time(series):
    job = ForecastJob(dataset=series, **SMALL)
    windows = windows_of(job, open_series(series, 4))
    train, validation, test = (windows.origins(part) for part in range(3))
    assert (int(train[0]), int(train[-1]) + 4) == (8, int(validation[0]))
    assert (int(validation[-1]) + 4, int(test[-1]) + 4) == (int(test[0]), 160)
    past, targets = windows.take(test[:1])
    assert past.tolist() == [windows.values[test[0] - 8 : test[0]].tolist()]
    assert targets.tolist() == [windows.values[test[0] : test[0] + 4].tolist()]


def test_the_scaled_error_of_a_seasonal_walk():
    assert seasonal_scale(torch.arange(20.0), 4) == 4.0


def test_smoothing_continues_a_season_with_a_trend(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("date,value\n" + "".join(f"{1900 + t},{0.5 * t + 3 * (t % 4)}\n" for t in range(80)))
    windows = windows_of(ForecastJob(dataset=str(path), **SMALL), open_series(str(path), 4))
    origins = windows.origins(2)
    found = baselines(windows, origins)
    _, targets = windows.take(origins)
    assert (found["exponential smoothing"] - targets).abs().max() < 0.7
    assert (found["last season"] - targets).abs().mean().item() == pytest.approx(2.0)


def test_a_prediction_goes_on_where_the_series_ends(run, series, tmp_path):
    job = PredictJob(training=str(run), given=(series,), horizon=3)
    finished = make(job, {"table": tmp_path / "f.csv", "picture": tmp_path / "f.png"}, Context())
    lines = (tmp_path / "f.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["date", "1960-01-01", "1961-01-01", "1962-01-01"]
    first = finished.result.details["predictions"][0]
    assert first["value"] == pytest.approx(10 - math.sin(0.3), abs=0.25)
    assert first["low"] <= first["value"] <= first["high"]
    with pytest.raises(OptionError, match="more than the 4 values"):
        make(job.model_copy(update={"horizon": 5}), {"table": tmp_path / "g.csv"}, Context())


def test_another_series_is_evaluated_at_its_end_and_needs_the_same_spacing(run, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("date,value\n" + "".join(f"{1800 + t},{10 + math.sin(math.pi * t / 2)}\n" for t in range(100)))
    result = evaluated(run, str(path))
    assert result.files["table"].values["part"] == "end"
    assert "last 10 values" in result.notes[0]
    path.write_text("date,value\n" + "".join(f"2000-{t + 1:02},{t}\n" for t in range(12)))
    with pytest.raises(OptionError, match=r"has one value each month, but .* was trained with one each year"):
        evaluated(run, str(path))
    with pytest.raises(OptionError, match="has one value each month"):
        make(PredictJob(training=str(run), given=(str(path),)), {"table": tmp_path / "f.csv"}, Context())


def test_the_default_horizon_fits_the_parts_that_are_held_out(tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("date,value\n" + "".join(f"{1900 + t},{t % 3}\n" for t in range(60)))
    assert ForecastJob(dataset=str(path), season=3, device="cpu").fitting(Context()).details["horizon"] <= 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"horizon": 200}, "The test part has 16 of the 160 values"),
        ({"horizon": 38, "lookback": 16, "test": 0.4, "validation": 0.4}, "too short"),
        ({"lookback": 3}, "shorter than a season"),
        ({"lookback": 150}, "too short: with --lookback 150 and --horizon 4"),
    ],
)
def test_what_does_not_fit(series, options, message, tmp_path):
    with pytest.raises(OptionError, match=message):
        make(ForecastJob(dataset=series, **{**SMALL, **options}), {"folder": tmp_path / "run"}, Context())


def test_a_constant_series(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("date,value\n" + "".join(f"{1900 + t},5\n" for t in range(80)))
    with pytest.raises(InputError, match="nothing to forecast"):
        make(ForecastJob(dataset=str(path), **SMALL), {"folder": tmp_path / "run"}, Context())


def test_without_parts_that_are_held_out(series, tmp_path):
    options = {**SMALL, "epochs": 1, "test": 0.0, "validation": 0.0}
    record = make(ForecastJob(dataset=series, **options), {"folder": tmp_path / "run"}, Context()).record
    assert record.details["windows for the test"] == record.details["windows for validation"] == 0
    with pytest.raises(OptionError, match="--schedule plateau needs a validation part"):
        make(ForecastJob(dataset=series, schedule="plateau", **options), {"folder": tmp_path / "other"}, Context())
    with pytest.raises(OptionError, match="--early-stopping needs a validation part"):
        make(ForecastJob(dataset=series, early_stopping=3, **options), {"folder": tmp_path / "other"}, Context())
