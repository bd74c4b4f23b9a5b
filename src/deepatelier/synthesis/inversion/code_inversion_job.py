"""The options and the job of inverting a picture into a code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from deepatelier.inputs import PictureInput, RunInput
from deepatelier.jobs import RECORD_NAME, Context, Output, read_record
from deepatelier.options import PresetOptions, option
from deepatelier.synthesis.recipe.painting_job import PHOTO, PaintingJob

if TYPE_CHECKING:
    from deepatelier.synthesis.recipe.recipe import Recipe

__all__ = ["CodeInversionJob", "CodeInversionOptions"]

_KIND = "train/autoencoder"
"""The kind of the record in the run folder of an autoencoder."""


class CodeInversionOptions(PresetOptions):
    """Options of `CodeInversion`."""

    network: RunInput = Field(description="The run folder of an autoencoder.")
    steps: int = option(200, "Gradient evaluations.", ge=1, le=100_000)
    optimizer: Literal["lbfgs", "adam"] = option("lbfgs", "Optimizer of the code: L-BFGS or Adam.")
    learning_rate: float | None = option(
        None,
        "Learning rate: a factor for lbfgs (default 1), standard deviations of codes for adam (default 0.05).",
        gt=0,
    )
    resampling: Literal["lanczos", "bilinear"] = option("lanczos", "Filter for resizing the pictures.")
    device: str = option("auto", "Device to run on: auto, cpu, cuda, cuda:1, mps.")


class CodeInversionJob(PaintingJob, CodeInversionOptions):
    """Find the code from which an autoencoder makes the picture that is nearest to a photograph."""

    kind: ClassVar = "invert/code"
    example: ClassVar = "atelier invert photo.png --network run -o inverted.png"
    arguments: ClassVar = ("photo",)
    outputs: ClassVar = {"picture": Output("picture", "inverted.png", "The picture to write.")}

    photo: PictureInput = Field(description=PHOTO)

    def recipe(self, context: Context) -> Recipe:
        """See `PaintingJob`."""
        from deepatelier.synthesis.inversion.code_inversion import CodeInversion

        return CodeInversion(context.picture(self.photo), self)

    @classmethod
    def chosen_by(cls, given: Mapping[str, Any]) -> bool:
        """Return whether the network is the run of an autoencoder, and no layer of it is to be inverted."""
        folder = given.get("network")
        if folder is None or given.get("layer") or not (Path(folder) / RECORD_NAME).is_file():
            return False
        return read_record(Path(folder)).kind == _KIND
