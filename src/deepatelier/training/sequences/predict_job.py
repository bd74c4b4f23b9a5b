"""The job that answers from a trained run: the classes of texts, or the next values of a series."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from deepatelier.errors import StateError
from deepatelier.inputs import RunInput, TextInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import option

__all__ = ["PredictJob"]


class PredictJob(Job):
    """Predict with a trained network: the classes of texts, or the next values of a series."""

    kind: ClassVar = "predict"
    example: ClassVar = "atelier predict runs/co2-forecast co2 --picture forecast.png"
    arguments: ClassVar = ("training", "given")
    outputs: ClassVar = {
        "table": Output("text", "", "Write the predictions to this .csv."),
        "picture": Output("picture", "", "Write a picture of a forecast."),
    }

    training: RunInput = Field(description="The run folder of a training with --task classify or forecast.")
    given: tuple[TextInput, ...] = Field(
        description="Texts, or paths of files with one; or the series to continue: a name, or a .csv."
    )
    top: int = option(1, "The number of classes to name for a text, the most probable first.", ge=1)
    horizon: int | None = option(
        None, "The number of values to forecast. Default: that of the training, which is also the maximum.", ge=1
    )
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")

    def plan(self, context: Context) -> Plan:  # noqa: ARG002
        """See `Job`."""
        from deepatelier.training.sequences.predictions import prepared

        prepared(self)
        return Plan(1)

    def work(self, context: Context, state: State | None) -> Work:  # noqa: ARG002
        """See `Job`. It has one step."""
        from deepatelier.training.sequences.predictions import predicted

        if state is not None:
            raise StateError("A prediction has one step. Start it again without the state.")
        result = yield from predicted(self)
        return result
