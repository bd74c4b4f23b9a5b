"""The options of class and unit pictures, the plain form of the documents as a preset, and their job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import ValidationInfo, model_validator

from deepatelier.inputs import ModelInput
from deepatelier.jobs import Context, Output
from deepatelier.options import Words, option, set_by_user
from deepatelier.synthesis.recipe.painting_job import PaintingJob
from deepatelier.synthesis.recipe.pyramid_options import SynthesisOptions

if TYPE_CHECKING:
    from deepatelier.synthesis.recipe.recipe import Recipe

__all__ = ["VisualizationJob", "VisualizationOptions"]


class VisualizationOptions(SynthesisOptions):
    """Options of `FeatureVisualization`."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # documents 001 and 002: gradient ascent on the pixels, from grey, with an L2 penalty
        "simonyan": {
            "canvas": "pixels",
            "init": "grey",
            "views": 0,
            "statistics": 0.0,
            "tv": 0.0,
            "l2": 1e-2,
            "optimizer": "gradient",
            "learning_rate": 4.0,
            "levels": 1,
            "size": 224,
        }
    }

    preset: str | None = option(
        None, "simonyan: plain gradient ascent on the pixels, with L2; a flag of its own goes before it."
    )
    class_: str | None = option(None, "The class to be seen, by its name or number.")
    layer: str | None = option(None, "Or the layer to be excited; see atelier networks NAME.")
    channel: int | None = option(None, "The layer's channel, from 0. Default: the whole layer.", ge=0)
    position: Annotated[tuple[int, ...], Words] | None = option(
        None,
        "Row and column of one unit of the channel, as 3,4; then there are no views and one level. "
        "Default: its mean over all positions.",
    )
    network: ModelInput = option("efficientnet_lite0", "The network that is asked; module:function is one of your own.")
    size: int = option(
        256,
        "Height and width, in pixels; of no use to a network that takes one size alone. Default: at most twice "
        "the size for which the network was made.",
        ge=8,
        le=16384,
    )
    steps: int = option(200, "Gradient evaluations, of all levels together.", ge=1, le=100_000)
    levels: int = option(3, "Sizes from coarse to fine.", ge=1, le=8)
    level_ratio: float = option(1.41, "Each level's size over that of the one before.", gt=1, le=8)
    optimizer: Literal["lbfgs", "adam", "gradient"] = option(
        "adam", "What moves the canvas: Adam, L-BFGS, or plain gradient ascent with steps of one length."
    )
    learning_rate: float | None = option(
        None, "Step size. Default: 0.06, falling, for adam on waves; else as for atelier style.", gt=0, le=1000
    )
    canvas: Literal["fourier", "pixels"] = option(
        "fourier", "fourier: the Fourier transform, with decorrelated colours; pixels: each value by itself."
    )
    init: Literal["noise", "grey"] = option("noise", "Where to start: smooth noise, or the middle grey.")
    views: int = option(3, "Views of the picture that are looked at together in a step; 0: itself.", ge=0, le=64)
    min_scale: float = option(0.4, "Each view shows between this part and the whole of the picture.", gt=0, le=1)
    jitter: float = option(0.05, "A view is moved by up to this part of the picture past its border.", ge=0, le=0.5)
    rotation: float = option(10.0, "Each view is turned by up to so many degrees.", ge=0, le=180)
    noise: float = option(0.25, "The most noise in a view, as a standard deviation of pixels in 0-1.", ge=0, le=1)
    view_size: int = option(192, "Longest side of a view, in pixels.", ge=8, le=4096)
    statistics: float = option(
        100.0,
        "Weight of the distance to photographs in the statistics of a network's batch normalisation. Default: 3 "
        "if it was made for pictures of less than 96 pixels.",
        ge=0,
    )
    tv: float = option(8e-3, "Weight of the total variation, in squared levels of 255 a pixel: smoothness.", ge=0)
    l2: float = option(
        0.0, "λ of the documents: weight of the squared distance from grey, in levels of 255 a pixel.", ge=0
    )
    margin: int = option(0, "Pixels painted beyond each border of the canvas pixels and cut off.", ge=0, le=256)

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        if self.class_ is not None and self.layer is not None:
            raise ValueError("--class and --layer are two things to be seen; give one of them")
        if self.channel is not None and self.layer is None:
            raise ValueError("--channel is a channel of a layer; give --layer too")
        if self.position is not None and self.channel is None:
            raise ValueError("--position is a position of a channel; give --channel too")
        if self.position is not None and len(self.position) != 2:
            raise ValueError(f"--position is row and column, as 3,4; received {len(self.position)} numbers")
        if set_by_user(info):
            self._check_effects()
        return self

    def _check_effects(self) -> None:
        """Raise ValueError for an option that another one leaves without effect."""
        given = self.model_fields_set
        of_views = {"min_scale", "jitter", "rotation", "noise", "view_size"} & given
        if self.views == 0 and of_views:
            raise ValueError(f"--views 0 has no views for --{min(of_views).replace('_', '-')}; leave one of them out")
        if self.position is not None and {"views", "levels"} & given:
            raise ValueError("--position is a place in the picture at one size; leave --views and --levels out")
        if self.canvas == "fourier" and "margin" in given and self.preset is None:
            raise ValueError("--margin is for --canvas pixels: waves go on at the opposite border; leave it out")


class VisualizationJob(PaintingJob, VisualizationOptions):
    """What a class, a unit, a channel or a layer is most excited by."""

    kind: ClassVar = "visualize"
    example: ClassVar = "atelier visualize --class espresso -o espresso.png"
    outputs: ClassVar = {"picture": Output("picture", "visualized.png", "The picture to write.")}

    def recipe(self, context: Context) -> Recipe:  # noqa: ARG002
        """See `PaintingJob`."""
        from deepatelier.synthesis.visualization.feature_visualization import FeatureVisualization

        return FeatureVisualization(self)
