"""The options and the job of making pictures from codes."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from deepatelier.errors import StateError
from deepatelier.inputs import RunInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import option

__all__ = ["DecodeJob"]


class DecodeJob(Job):
    """Make pictures from codes of an autoencoder: a sheet over the plane of codes, and a film of a walk."""

    kind: ClassVar = "decode"
    example: ClassVar = "atelier decode run -o sheet.png --walk walk.gif"
    arguments: ClassVar = ("training",)
    outputs: ClassVar = {
        "picture": Output(
            "picture",
            "codes.png",
            "A sheet of pictures over the plane of codes: along the two axes on which codes differ most.",
        ),
        "walk": Output("film", "", "A film of a closed walk through random codes."),
    }

    training: RunInput = Field(description="The run folder of an autoencoder.")
    columns: int = option(15, "The number of pictures across and down.", ge=2, le=64)
    extent: float = option(
        2.0, "How far the sheet reaches from the mean code, in standard deviations of the codes.", gt=0, le=10
    )
    stops: int = option(8, "The number of random codes on the walk.", ge=2, le=200)
    between: int = option(12, "The number of frames from one of them to the next.", ge=1, le=200)
    fps: int = option(12, "Frames per second.", ge=1, le=60)
    seed: int = option(0, "The random seed of the walk.", ge=0, le=2**32 - 1)
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")

    def plan(self, context: Context) -> Plan:  # noqa: ARG002
        """See `Job`."""
        return Plan(2)

    def work(self, context: Context, state: State | None) -> Work:  # noqa: ARG002
        """See `Job`. It has a step for the sheet and one for the walk."""
        from deepatelier.training.autoencoders.decoding import decoded

        if state is not None:
            raise StateError("Decoding cannot be resumed after a step. Start it again.")
        result = yield from decoded(self)
        return result
