"""Options and job of training a painter."""

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
        768, "Longest side of the paintings, in pixels; it sets the scale of the strokes.", ge=32, le=16384
    )
    photos: Annotated[tuple[PicturesInput, ...], Words] = option(
        (), "Folders or files of training photographs; some dozens are enough. Default: the sample photographs."
    )
    steps: int = option(500, "Training steps, one batch each.", ge=1, le=1_000_000)
    batch: int = option(1, "Batch size, in random crops.", ge=1, le=256)
    crop: int = option(384, "Height and width of a random crop, in pixels.", ge=64, le=2048)
    start: Annotated[str, InputType("model", words=("shipped", "none"))] = option(
        "shipped", "Initial weights: shipped (a painter of the sample paintings), none (random), or a painter's file."
    )
    learning_rate: float = option(2e-3, "Initial learning rate of Adam, with cosine decay to zero.", gt=0, le=1)
    alpha: float = option(
        0.1, "Weight of the content loss; both losses are normalised by those of zero activations.", ge=0
    )
    tv: float = option(50.0, "Weight of the total variation loss, relative to the content loss.", ge=0)
    content_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu4_2",), "Layers of the content loss."
    )
    style_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"), "Layers of the style loss (Gram matrices)."
    )


class PainterJob(Job, PainterOptions):
    """Train a network for fast style transfer in the style of one or several paintings."""

    kind: ClassVar = "train-painter"
    example: ClassVar = "atelier train-painter starry_night.jpg --photos FOLDER -o starry.safetensors"
    arguments: ClassVar = ("paintings",)
    outputs: ClassVar = {
        "weights": Output(
            "weights",
            "painter.safetensors",
            "The painter's file to write; use it with atelier style PHOTO PAINTING --fast --painter FILE.",
        )
    }

    paintings: Annotated[tuple[PictureInput, ...], Field(min_length=1)] = Field(
        description="Paths of paintings (style images), or samples; one painter is trained on all of them."
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

        result = yield from isolated(learnt(self, context, state), 0)  # building networks draws random weights
        return result
