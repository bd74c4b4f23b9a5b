"""The labs that paint: style transfers beside each other on a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from deepatelier.inputs import PictureInput
from deepatelier.jobs import Batch, Context, Job, Measured, Measures, Output, State, Work, composed
from deepatelier.options import RecipeOptions, option
from deepatelier.synthesis.style.style_job import StyleJob

__all__ = ["PaintedLab"]


class PaintedLab(Batch, RecipeOptions):
    """A worked example that is painted: the same style transfer, with one thing changed from picture to picture."""

    outputs: ClassVar = {"picture": Output("picture", "lab.png", "The sheet.")}
    columns: ClassVar[int | None] = None
    """Pictures in a row; all of them if None."""

    photo: PictureInput = Field("chelsea", description="Path of the photograph, or a sample.")
    painting: PictureInput = Field("swirl", description="Path of the painting, or a sample.")
    size: int = option(256, "Longest side of each picture, in pixels.", ge=32, le=16384)
    steps: int = option(150, "Gradient evaluations of each picture.", ge=1, le=100_000)

    def painted(self, **changed: Any) -> StyleJob:
        """Style transfer as the lab's options say, and what else is changed."""
        shared = self.model_dump(include={*RecipeOptions.model_fields, "photo", "steps"})
        return StyleJob.complete({**shared, "paintings": (self.painting,), **changed})

    def findings(self, pictures: Mapping[str, Any], measured: Mapping[str, Measured]) -> Measures:  # noqa: ARG002
        """What the pictures show together, from each, (1, 3, H, W), and what it is worth, by its label."""
        return {}

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`."""
        children: Mapping[str, Job] = self.children(context)
        result = yield from composed(self, children, context, state, columns=self.columns, findings=self.findings)
        return result
