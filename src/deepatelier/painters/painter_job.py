"""The options of training a painter, and its job."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from deepatelier.inputs import InputType, PictureInput, PicturesInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import RecipeOptions, Words, option

__all__ = ["PainterJob", "PainterOptions"]


class PainterOptions(RecipeOptions):
    """Options of `PainterTraining`."""

    size: int = option(
        768, "Longest side of the paintings, in pixels: the strokes are as long as in them.", ge=32, le=16384
    )
    photos: Annotated[tuple[PicturesInput, ...], Words] = option(
        (), "Folders or files of photographs to learn on; some dozens are enough. Default: those that ship."
    )
    steps: int = option(500, "Steps; each looks at one batch.", ge=1, le=1_000_000)
    batch: int = option(1, "Parts of photographs in a step.", ge=1, le=256)
    crop: int = option(384, "Height and width of a part of a photograph, in pixels.", ge=64, le=2048)
    start: Annotated[str, InputType("model", words=("shipped", "none"))] = option(
        "shipped", "The painter with which training begins: shipped, none (random weights), or a painter's file."
    )
    learning_rate: float = option(2e-3, "Adam's, at the start; it falls to zero as a cosine.", gt=0, le=1)
    alpha: float = option(0.1, "Weight of the content loss over the style loss, each relative to its own energy.", ge=0)
    tv: float = option(50.0, "Weight of the total variation over the content loss: smoothness.", ge=0)
    content_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu4_2",), "Layers whose activations are the photograph's content."
    )
    style_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"), "Layers whose Gram matrices are the painting's style."
    )


class PainterJob(Job, PainterOptions):
    """Train a network that paints in a painting's style at once."""

    kind: ClassVar = "train-painter"
    example: ClassVar = "atelier train-painter starry_night.jpg --photos FOLDER -o starry.safetensors"
    arguments: ClassVar = ("paintings",)
    outputs: ClassVar = {
        "weights": Output(
            "weights",
            "painter.safetensors",
            "The painter's file to write; paint with it by atelier style PHOTO PAINTING --fast --painter FILE.",
        )
    }

    paintings: Annotated[tuple[PictureInput, ...], Field(min_length=1)] = Field(
        description="Paths of paintings, or samples; one painter learns them all."
    )

    def plan(self, context: Context) -> Plan:
        """See `Job`."""
        from deepatelier.painters.painter_training import PainterTraining

        PainterTraining([context.picture(painting) for painting in self.paintings], self)
        return Plan(self.steps)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`."""
        from deepatelier.jobs import isolated
        from deepatelier.painters.painter_training import learnt

        result = yield from isolated(learnt(self, context, state), 0)  # networks are built with random weights
        return result
