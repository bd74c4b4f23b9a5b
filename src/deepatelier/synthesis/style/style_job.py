"""The options of neural style transfer, its presets, and its job."""

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
"""The default β over the pixels of the result.

The documents' content term is a sum over positions, their style term a mean: only a β that grows with the picture keeps
the balance between them at every size. 0.1 is 19,661 at 512 x 384, so α/β is about 5e-5, chosen by looking.
"""

TOTAL_VARIATION = 50.0
"""The default weight of the total variation."""

STARTS = ("matched", "content", "noise", "mix", "fast")
"""What ``init`` may be beside a picture's path."""


PAINTINGS = (
    f"Path of the painting, or a sample: {', '.join(samples.paintings())}. Several are mixed: a.jpg:0.7 b.jpg:0.3 by "
    "these weights."
)
"""What a command says of its paintings."""


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
"""What all published programs have in common."""


_LOSSES = "; ".join(f"{name} ({style_loss_names.about(name)})" for name in style_loss_names.names())


class StyleOptions(SynthesisOptions):
    """Options of `StyleTransfer`."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # document 000 and the program that made its pictures
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
        # nobody's program: what painted best here (docs/controls.md)
        "best": {"style_loss": "moments"},
    }

    preset: str | None = option(
        None,
        "As a published program: report (document 000), gatys (his notebook), neural-style; or best, what paints best "
        "here. A flag of its own goes before it.",
    )
    strength: float | None = option(
        None,
        "How much of the painting: 0 is the photograph, 1 the whole of its style. In place of --alpha and --beta. "
        "Default: as 1.",
        ge=0,
        le=1,
    )
    levels: int | None = option(
        None,
        "Sizes from coarse to fine; 1 works at full size only. "
        "Default: as many as leave about 256 pixels at the coarsest, and 1 if --init is fast or a picture.",
        ge=1,
        le=8,
    )
    style_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, "The weight of each painting, of which only the ratio counts; or PAINTING:WEIGHT. Default: equal."
    )
    style_size: int | None = option(
        None, "Longest side of the paintings, in pixels. Default: as --size.", ge=32, le=16384
    )
    stroke_scale: float = option(
        1.0, "The size of the strokes: that of the paintings is multiplied by it.", ge=0.25, le=4
    )
    mask: PictureInput | None = option(
        None,
        "A picture whose white, red, green, blue, yellow, cyan, magenta and black, in this order, are the regions of "
        "the photograph that are painted like the first, second … painting. With one painting less than regions, the "
        "last stays as the photograph is.",
    )
    style_masks: tuple[PictureInput, ...] = option(
        (), "A picture for each painting: what is white in it, or has the region's colour, is the style."
    )
    colors: Literal["painting", "photo", "match"] = option(
        "painting",
        "Whose colours: painting; photo (only luminance is painted); match (the painting in the photograph's colours).",
    )
    init: Annotated[str, InputType("picture", STARTS)] = option(
        "matched",
        "Where to start: matched (the photograph in the painting's colours), content (the photograph), noise, "
        "mix (99 % noise and the photograph), fast (as --fast paints it), or a picture's path.",
    )
    painter: ModelInput | None = option(
        None,
        "Of --init fast: the file that atelier train-painter wrote. "
        "Default: the painter that ships, which knows the paintings that ship.",
    )
    alpha: float = option(1.0, "Weight of the content loss.", ge=0)
    beta: float | None = option(
        None,
        f"Weight of the style loss. Default: {BETA_PER_PIXEL} for each pixel of the result; with another --style-loss "
        "than gram, what gives the same balance.",
        ge=0,
    )
    tv: float | None = option(
        None, f"Weight of the total variation: smoothness. Default: {TOTAL_VARIATION:g} with the weights oxford.", ge=0
    )
    content_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu4_2",), "Layers whose activations are the photograph's content."
    )
    style_layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
        "Layers whose activations are the painting's style. A --style-loss may have a default of its own.",
    )
    style_layer_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, "A weight for each style layer. Default: 1/number of layers each; 1 each with --units neural-style."
    )
    style_loss: str = option("gram", f"What style is: {_LOSSES}.")
    measure: bool = option(
        False,
        "Measure the picture: content and style distance in the documents' units, style distance at layers that were "
        "not painted by, and SSIM of luminance with the photograph.",
    )
    units: Literal["paper", "neural-style"] = option(
        "paper", "Whose normalisation the losses have: the published equations', or the program neural-style's."
    )

    @model_validator(mode="before")
    @classmethod
    def _layers_of_the_loss(cls, values: dict[str, Any]) -> dict[str, Any]:
        """A style loss may have layers of its own, as Markov random fields those of their source."""
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
            raise ValueError("--style-weights are all 0, so that no painting counts; raise one")
        partly = self.strength is not None and 0 < self.strength < 1
        if partly and not _style_loss(self.style_loss).blends:
            blending = [name for name in style_loss_names.names() if _style_loss(name).blends]
            raise ValueError(
                f"--style-loss {self.style_loss} knows nothing between photograph and painting; leave --strength "
                f"out, or take {', '.join(blending)}"
            )
        if self.style_loss != "gram" and self.units == "neural-style":
            raise ValueError(f"--units neural-style has Gram matrices only; leave --style-loss {self.style_loss} out")
        if self.painter is not None and self.init != "fast":
            raise ValueError("--painter paints with --fast or --init fast; give one of them")
        weights = self.style_layer_weights
        if weights is not None and len(weights) != len(self.style_layers):
            raise ValueError(
                f"--style-layer-weights has {len(weights)} values for {len(self.style_layers)} style layers; "
                "give one for each"
            )
        for flag, layers in (("--content-layers", self.content_layers), ("--style-layers", self.style_layers)):
            if len(set(layers)) < len(layers):
                raise ValueError(f"{flag} names a layer twice; name it once, and weigh it with --style-layer-weights")
        style = (self.beta is None or self.beta) and (weights is None or any(weights))
        if not (self.alpha or style):
            raise ValueError(
                "the content and the style both weigh 0, so there is nothing to paint; raise --alpha or --beta"
            )
        return self


def _style_loss(name: str) -> StyleLoss:
    from deepatelier.synthesis.objectives import style_loss  # here: a style loss needs torch, its name does not

    return style_loss(name)


_OF_TARGETS = {
    *("network", "weights", "pooling", "resampling", "device", "precision", "seed"),
    *("style_loss", "style_layers", "style_masks", "style_weights", "mask", "preset"),
}
"""The options that say what the paintings are like to a network."""


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
        if self.colors == "painting":  # then they are the same for every photograph
            looked = self.model_dump(include=_OF_TARGETS)
            same = fingerprint(looked, [painting.sha256 for painting in paintings])
            targets = context.keep(("style targets", same), dict)
        transfer = StyleTransfer(photo, paintings, self, targets)
        for sentence in resized_masks(self, photo, paintings):
            context.say(sentence)
        return transfer
