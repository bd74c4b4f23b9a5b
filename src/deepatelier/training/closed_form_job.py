"""The job of linear regression in closed form."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from deepatelier.errors import StateError
from deepatelier.inputs import DataInput
from deepatelier.jobs import Choice, Context, Job, Output, Plan, State, Work
from deepatelier.options import option
from deepatelier.training.train_job import DATA_DIR, DATASET, DataOptions

__all__ = ["ClosedFormJob"]


class ClosedFormJob(Job, DataOptions):
    """Fit a linear regression by least squares, in one step and without an optimizer."""

    kind: ClassVar = "train/closed-form"
    example: ClassVar = "atelier train line --closed-form -o run"
    arguments: ClassVar = ("dataset",)
    choice: ClassVar = Choice(
        "closed_form", True, "Fit a linear regression by least squares, instead of training with an optimizer."
    )
    outputs: ClassVar = {
        "folder": Output(
            "folder", "", "The run folder to write: weights, a picture of them, record. Default: runs/DATASET-linear."
        )
    }

    dataset: DataInput = Field(description=DATASET)
    data_dir: DataInput | None = option(None, DATA_DIR)
    ridge: float = option(0.0, "The factor λ of the penalty λ·‖W‖², which is added to the mean squared error.", ge=0)

    def plan(self, context: Context) -> Plan:
        """See `Job`."""
        from deepatelier.training.closed_form import prepared

        prepared(self, context)
        return Plan(1)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. It has one step."""
        from deepatelier.training.closed_form import solved

        if state is not None:
            raise StateError("A solution in closed form has only one step. Start again without the state.")
        result = yield from solved(self, context)
        return result

    def default_folder(self, context: Context) -> Path:
        """Return the first free folder of runs/DATASET-linear, runs/DATASET-linear-2 … Opens the data set."""
        from deepatelier.training.closed_form import default_folder

        return default_folder(self, context)
