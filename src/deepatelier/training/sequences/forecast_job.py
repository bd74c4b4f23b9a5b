"""The options and the job of training a forecaster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from deepatelier.inputs import DataInput
from deepatelier.jobs import Choice, Context, Output
from deepatelier.options import option
from deepatelier.training.evaluated import Evaluated
from deepatelier.training.fitting_job import FittingJob
from deepatelier.training.sequences.sequence_options import SequenceOptions

if TYPE_CHECKING:
    from deepatelier.data.series import Series
    from deepatelier.training.fitting import Fitting

__all__ = ["ForecastJob", "ForecastOptions"]


class ForecastOptions(SequenceOptions):
    """Options of a forecaster."""

    horizon: int | None = option(
        None, "The number of values to forecast. Default: a season; without a season, 12.", ge=1, le=10_000
    )
    lookback: int | None = option(
        None, "The number of last values that the network reads. Default: two seasons, at least 24.", ge=2, le=10_000
    )
    season: int | None = option(
        None, "The number of values in a season; 1 is none. Default: 52 weeks, 12 months, 7 days …", ge=1, le=10_000
    )
    width: int = option(64, "The number of units of a recurrent layer.", ge=1, le=8192)
    dropout: float = option(0.2, "The dropout probability.", ge=0, le=0.95)
    epochs: int = option(30, "The number of epochs.", ge=1)
    batch_size: Annotated[int, Field(ge=1)] = option(32, "The number of windows in a batch.")
    early_stopping: int | None = option(
        10,
        "Stop after this number of epochs without a better validation loss, and keep the best weights.",
        ge=1,
    )


class ForecastJob(FittingJob, ForecastOptions):
    """Train a network that forecasts a series, with bands."""

    kind: ClassVar = "train/forecast"
    example: ClassVar = "atelier train co2 -o run"
    choice: ClassVar = Choice("task", "forecast", "forecast: continue a series")
    then: ClassVar = ("evaluate {folder} {dataset}", "predict {folder} {dataset} --picture forecast.png")
    outputs: ClassVar = {
        "folder": Output(
            "folder", "", "The run folder to write: weights, curves, history, record. Default: runs/SERIES-forecast."
        )
    }

    dataset: DataInput = Field(description="sunspots, co2; or a .csv with the columns date and value.")

    def fitting(self, context: Context) -> Fitting:
        """See `FittingJob`."""
        from deepatelier.training.sequences.forecast_fitting import fitting

        return fitting(self, self.opened(context))

    def evaluated(self, folder: Path, part: str, context: Context) -> Evaluated:
        """See `FittingJob`."""
        from deepatelier.training.sequences.forecast_evaluation import evaluated

        return evaluated(self, self.opened(context), folder, part)

    def name(self, context: Context) -> str:
        """See `FittingJob`."""
        return f"{self.opened(context).name}-forecast"

    def opened(self, context: Context) -> Series:
        """Return the series, which is read only once per context."""
        from deepatelier.data.series import open_series

        found: Series = context.keep(
            ("series", self.dataset, self.season), lambda: open_series(self.dataset, self.season)
        )
        return found
