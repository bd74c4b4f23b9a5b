"""The labs that paint: style transfers side by side on a sheet."""

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
    """A worked example that paints: the same style transfer, with one thing changed from picture to picture."""

    outputs: ClassVar = {"picture": Output("picture", "lab.png", "The sheet.")}
    columns: ClassVar[int | None] = None
    """Pictures per row; None is all of them."""

    photo: PictureInput = Field("chelsea", description="The photograph: a path, or a sample's name.")
    painting: PictureInput = Field("swirl", description="The painting: a path, or a sample's name.")
    size: int = option(256, "Longest side of each picture, in pixels.", ge=32, le=16384)
    steps: int = option(150, "Gradient evaluations per picture.", ge=1, le=100_000)

    def painted(self, **changed: Any) -> StyleJob:
        """Return a style transfer with the lab's options and some changes."""
        shared = self.model_dump(include={*RecipeOptions.model_fields, "photo", "steps"})
        return StyleJob.complete({**shared, "paintings": (self.painting,), **changed})

    def findings(self, pictures: Mapping[str, Any], measured: Mapping[str, Measured]) -> Measures:  # noqa: ARG002
        """Return further measures of the whole sheet, from each picture, (1, 3, H, W), and its measures, by label."""
        return {}

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`."""
        children: Mapping[str, Job] = self.children(context)
        result = yield from composed(self, children, context, state, columns=self.columns, findings=self.findings)
        return result
