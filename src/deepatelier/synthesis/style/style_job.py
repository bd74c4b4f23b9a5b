"""Options, presets and job of neural style transfer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from deepatelier import samples
from deepatelier.errors import UnknownNameError
from deepatelier.inputs import InputType, ModelInput, PictureInput
from deepatelier.jobs import Context, fingerprint
from deepatelier.options import Words, option, set_by_user
from deepatelier.synthesis import style_loss_names
from deepatelier.synthesis.recipe.painting_job import PHOTO, PaintingJob
from deepatelier.synthesis.recipe.pyramid_options import SynthesisOptions

if TYPE_CHECKING:
    from deepatelier.synthesis.objectives import StyleLoss
    from deepatelier.synthesis.style.style_transfer import StyleTransfer, Targets

__all__ = ["BETA_PER_PIXEL", "PAINTINGS", "STARTS", "TOTAL_VARIATION", "StyleJob", "StyleOptions"]

BETA_PER_PIXEL = 0.1
"""The default β per pixel of the result.

In Gatys et al. (2015), the content loss is a sum over positions and the style loss a mean. To keep their balance at
every size, β has to grow with the picture. 0.1 is 19,661 at 512 x 384, so α/β is about 5e-5, chosen by eye.
"""

TOTAL_VARIATION = 50.0
"""The default weight of the total variation loss."""

STARTS = ("matched", "content", "noise", "mix", "fast")
"""The values of ``init``, apart from a picture's path."""


PAINTINGS = (
    f"Path of the painting (style image), or a sample: {', '.join(samples.paintings())}. Several are mixed, with "
    "optional weights: a.jpg:0.7 b.jpg:0.3."
)
"""The help text of the argument for paintings."""


_PUBLISHED: dict[str, Any] = {
    "network": "vgg19",
    "weights": "oxford",
    "pooling": "max",
    "content_layers": ("relu4_2",),
    "style_layers": ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
    "levels": 1,
    "margin": 0,
    "resampling": "bilinear",
}
"""The values shared by all presets that reproduce published programs."""


_LOSSES = "; ".join(f"{name} ({style_loss_names.about(name)})" for name in style_loss_names.names())


class StyleOptions(SynthesisOptions):
    """Options of `StyleTransfer`."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # 'Deep Learning Review: Final Report', section 5, and the program that made its pictures
        "report": {
            **_PUBLISHED,
            "units": "paper",
            "pooling": "average",
            "optimizer": "adam",
            "learning_rate": 10.0,
            "alpha": 5.0,
            "beta": 5e4,
            "tv": 0.0,
            "init": "mix",
            "steps": 1500,
        },
        # Gatys' own notebook: 500 steps at 512 pixels, then 200 at 800
        "gatys": {
            **_PUBLISHED,
            "units": "neural-style",
            "optimizer": "lbfgs",
            "alpha": 1.0,
            "beta": 1e3,
            "tv": 0.0,
            "init": "content",
            "size": 800,
            "steps": 700,
            "levels": 2,
            "level_ratio": 800 / 512,
            "level_shares": (5.0, 2.0),
        },
        # ProGamerGov/neural-style-pt and jcjohnson/neural-style
        "neural-style": {
            **_PUBLISHED,
            "units": "neural-style",
            "optimizer": "lbfgs",
            "alpha": 5.0,
            "beta": 100.0,
            "tv": 1e-3,
            "init": "noise",
            "steps": 1000,
        },
        # not a published program: what gave the best results here (docs/controls.md)
        "best": {"style_loss": "moments"},
    }

    preset: str | None = option(
        None,
        "Option values of a published program: report ('Deep Learning Review: Final Report'), gatys (his notebook), "
        "neural-style; or best, what gave the best results here. Options that you set yourself take precedence.",
    )
    strength: float | None = option(
        None,
        "Strength of the style: 0 is the photograph, 1 the full style. Use it instead of --alpha and --beta. "
        "Default: 1.",
        ge=0,
        le=1,
    )
    levels: int | None = option(
        None,
        "Number of pyramid levels, from coarse to fine; 1 works at full size only. "
        "Default: as many as keep about 256 pixels at the coarsest level, or 1 if --init is fast or a picture.",
        ge=1,
        le=8,
    )
    style_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, "Weight of each painting, normalised to sum to 1; or write PAINTING:WEIGHT. Default: equal weights."
    )
    style_size: int | None = option(
        None, "Longest side of the paintings, in pixels. Default: the same as --size.", ge=32, le=16384
    )
    stroke_scale: float = option(
        1.0, "Scale of the strokes: the size of the paintings is multiplied by it.", ge=0.25, le=4
    )
    mask: PictureInput | None = option(
        None,
        "A picture that marks the regions of the photograph by colour: white, red, green, blue, yellow, cyan, magenta, "
        "black. In this order, they get the first, second … painting. With one painting fewer than regions, the last "
        "region keeps the photograph.",
    )
    style_masks: tuple[PictureInput, ...] = option(
        (), "One mask for each painting: its white part, or the part in the region's colour, is used as the style."
    )
    colors: Literal["painting", "photo", "match"] = option(
        "painting",
        "Colours of the result: painting; photo (only luminance is styled); match (painting in the photo's colours).",
    )
    init: Annotated[str, InputType("picture", STARTS)] = option(
        "matched",
        "Initial image: matched (the photograph in the painting's colours), content (the photograph), noise, "
        "mix (99 % noise, 1 % photograph), fast (the result of --fast), or a picture's path.",
    )
    painter: ModelInput | None = option(
        None,
        "For --init fast: a file written by atelier train-painter. Default: the universal painter, for any painting.",
    )
    alpha: float = option(1.0, "Weight of the content loss.", ge=0)
    beta: float | None = option(
        None,
        f"Weight of the style loss. Default: {BETA_PER_PIXEL} per pixel of the result; for a --style-loss other than "
        "gram, the value that gives the same balance.",
        ge=0,
    )
    tv: float | None = option(
        None, f"Weight of the total variation loss. Default: {TOTAL_VARIATION:g} with the weights oxford.", ge=0
    )
    content_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu4_2",), "Layers of the content loss."
    )
    style_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
        "Layers of the style loss. Some --style-loss values have other defaults.",
    )
    style_layer_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, "One weight per style layer. Default: 1/number of layers each; 1 each with --units neural-style."
    )
    style_loss: str = option("gram", f"Statistic that the style loss compares: {_LOSSES}.")
    measure: bool = option(
        False,
        "Measure the result: content and style distance as defined by Gatys et al. (2015), style distance at held-out "
        "layers, and SSIM of luminance with the photograph.",
    )
    units: Literal["paper", "neural-style"] = option(
        "paper", "Normalisation of the losses: as in Gatys et al. (2015), or as in the program neural-style."
    )

    @model_validator(mode="before")
    @classmethod
    def _layers_of_the_loss(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Set the default layers of a style loss, such as those of the paper for Markov random fields."""
        if "style_layers" not in values and values.get("style_loss") in style_loss_names.names():
            layers = _style_loss(values["style_loss"]).layers
            return values if layers is None else {**values, "style_layers": layers}
        return values

    @model_validator(mode="after")
    def _known_loss(self) -> Self:
        if self.style_loss not in style_loss_names.names():
            raise ValueError(str(UnknownNameError("style loss", self.style_loss, style_loss_names.names())))
        return self

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        both = {"alpha", "beta"} & self.model_fields_set
        if self.strength is not None and both and set_by_user(info):
            raise ValueError(
                f"--strength sets the balance of content and style, and so does --{min(both)}; give one of them"
            )
        if self.style_weights is not None and not any(self.style_weights):
            raise ValueError("--style-weights are all 0, so no painting is used; give one a weight above 0")
        partly = self.strength is not None and 0 < self.strength < 1
        if partly and not _style_loss(self.style_loss).blends:
            blending = [name for name in style_loss_names.names() if _style_loss(name).blends]
            raise ValueError(
                f"--style-loss {self.style_loss} cannot interpolate between photograph and painting; leave --strength "
                f"out, or use {', '.join(blending)}"
            )
        if self.style_loss != "gram" and self.units == "neural-style":
            raise ValueError(f"--units neural-style has Gram matrices only; leave --style-loss {self.style_loss} out")
        if self.painter is not None and self.init != "fast":
            raise ValueError("--painter needs --fast or --init fast; give one of them")
        weights = self.style_layer_weights
        if weights is not None and len(weights) != len(self.style_layers):
            raise ValueError(
                f"--style-layer-weights has {len(weights)} values for {len(self.style_layers)} style layers; "
                "give one for each"
            )
        for flag, layers in (("--content-layers", self.content_layers), ("--style-layers", self.style_layers)):
            if len(set(layers)) < len(layers):
                raise ValueError(f"{flag} names a layer twice; name it once and use --style-layer-weights")
        style = (self.beta is None or self.beta) and (weights is None or any(weights))
        if not (self.alpha or style):
            raise ValueError(
                "the weights of content and style are both 0, so there is nothing to optimise; raise --alpha or --beta"
            )
        return self


def _style_loss(name: str) -> StyleLoss:
    from deepatelier.synthesis.objectives import style_loss  # here: the loss needs torch, its name does not

    return style_loss(name)


_OF_TARGETS = {
    *("network", "weights", "pooling", "resampling", "device", "precision", "seed"),
    *("style_loss", "style_layers", "style_masks", "style_weights", "mask", "preset"),
}
"""The options on which the style targets depend."""


class StyleJob(PaintingJob, StyleOptions):
    """Paint a photograph in the style of a painting."""

    kind: ClassVar = "style"
    example: ClassVar = "atelier style photo.jpg swirl -o painted.png"
    arguments: ClassVar = ("photo", "paintings")

    photo: PictureInput = Field(description=PHOTO)
    paintings: Annotated[tuple[PictureInput, ...], Field(min_length=1)] = Field(description=PAINTINGS)

    def recipe(self, context: Context) -> StyleTransfer:
        """See `PaintingJob`."""
        from deepatelier.synthesis.style.chosen_styles import resized_masks
        from deepatelier.synthesis.style.style_transfer import StyleTransfer

        photo, paintings = context.picture(self.photo), [context.picture(each) for each in self.paintings]
        targets: Targets = {}
        if self.colors == "painting":  # then the targets do not depend on the photograph
            chosen = self.model_dump(include=_OF_TARGETS)
            same = fingerprint(chosen, [painting.sha256 for painting in paintings])
            targets = context.keep(("style targets", same), dict)
        transfer = StyleTransfer(photo, paintings, self, targets)
        for sentence in resized_masks(self, photo, paintings):
            context.say(sentence)
        return transfer
