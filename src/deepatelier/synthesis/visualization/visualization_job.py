"""Options, presets and job of feature visualization."""

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
        # Simonyan et al. (2014): gradient ascent on the pixels, from grey, with an L2 penalty
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
        None, "simonyan: plain gradient ascent on the pixels, with L2; options that you set yourself take precedence."
    )
    class_: str | None = option(None, "The class to visualize, by name or number.")
    layer: str | None = option(None, "The layer to visualize instead; see atelier networks NAME.")
    channel: int | None = option(None, "Channel of the layer, from 0. Default: the whole layer.", ge=0)
    position: Annotated[tuple[int, ...], Words] | None = option(
        None,
        "Row and column of a single unit of the channel, as 3,4; it implies no views and one level. "
        "Default: the mean over all positions.",
    )
    network: ModelInput = option("efficientnet_lite0", "The network to visualize; module:function for one of your own.")
    size: int = option(
        256,
        "Height and width, in pixels; ignored by a network with a fixed input size. Default: at most twice "
        "the input size of the network.",
        ge=8,
        le=16384,
    )
    steps: int = option(200, "Gradient evaluations, over all levels together.", ge=1, le=100_000)
    levels: int = option(3, "Number of pyramid levels, from coarse to fine.", ge=1, le=8)
    level_ratio: float = option(1.41, "Ratio of each level's size to that of the level before.", gt=1, le=8)
    optimizer: Literal["lbfgs", "adam", "gradient"] = option(
        "adam", "Optimizer of the canvas: Adam, L-BFGS, or gradient ascent with normalised step length."
    )
    learning_rate: float | None = option(
        None, "Learning rate. Default: 0.06, decaying, for adam on fourier; else as for atelier style.", gt=0, le=1000
    )
    canvas: Literal["fourier", "pixels"] = option(
        "fourier", "Parametrisation: fourier (Fourier coefficients, with decorrelated colours) or pixels."
    )
    init: Literal["noise", "grey"] = option("noise", "Initial image: smooth noise, or middle grey.")
    views: int = option(3, "Random crops of the picture per step, in one batch; 0 uses the whole picture.", ge=0, le=64)
    min_scale: float = option(0.4, "Minimum scale of a random crop, as a fraction of the picture.", gt=0, le=1)
    jitter: float = option(0.05, "Additional shift of a crop, as a fraction of the picture.", ge=0, le=0.5)
    rotation: float = option(10.0, "Maximum rotation of a crop, in degrees.", ge=0, le=180)
    noise: float = option(0.25, "Maximum standard deviation of the noise in a crop, for pixels in 0-1.", ge=0, le=1)
    view_size: int = option(192, "Longest side of a crop, in pixels.", ge=8, le=4096)
    statistics: float = option(
        100.0,
        "Weight of the distance to the stored statistics of the network's batch normalisation. Default: 3 "
        "if the network is for pictures of less than 96 pixels.",
        ge=0,
    )
    tv: float = option(8e-3, "Weight of the total variation loss, in squared levels of 255 per pixel.", ge=0)
    l2: float = option(
        0.0, "λ: weight of the squared distance from grey (L2 penalty), in levels of 255 per pixel.", ge=0
    )
    margin: int = option(0, "Pixels optimised beyond each border and cropped, for --canvas pixels.", ge=0, le=256)

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        if self.class_ is not None and self.layer is not None:
            raise ValueError("--class and --layer are two different targets; give one of them")
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
        """Raise ValueError for an option that has no effect because of another one."""
        given = self.model_fields_set
        of_views = {"min_scale", "jitter", "rotation", "noise", "view_size"} & given
        if self.views == 0 and of_views:
            raise ValueError(f"--views 0 has no views for --{min(of_views).replace('_', '-')}; leave one of them out")
        if self.position is not None and {"views", "levels"} & given:
            raise ValueError("--position is a position in the picture at one size; leave --views and --levels out")
        if self.canvas == "fourier" and "margin" in given and self.preset is None:
            raise ValueError("--margin is for --canvas pixels: the Fourier canvas is periodic; leave it out")


class VisualizationJob(PaintingJob, VisualizationOptions):
    """Visualize a class, a unit, a channel or a layer: the picture that maximises its activation."""

    kind: ClassVar = "visualize"
    example: ClassVar = "atelier visualize --class espresso -o espresso.png"
    outputs: ClassVar = {"picture": Output("picture", "visualized.png", "The picture to write.")}

    def recipe(self, context: Context) -> Recipe:  # noqa: ARG002
        """See `PaintingJob`."""
        from deepatelier.synthesis.visualization.feature_visualization import FeatureVisualization

        return FeatureVisualization(self)
