"""The options of neural style transfer, and its presets."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from deepatelier.options import Words, option, set_by_user
from deepatelier.synthesis.options import SynthesisOptions

__all__ = ["BETA_PER_PIXEL", "RATIOS", "STARTS", "TOTAL_VARIATION", "StyleOptions"]

BETA_PER_PIXEL = 0.1
"""The default β over the pixels of the result.

The documents' content term is a sum over positions, their style term a mean: only a β that grows with the picture keeps
the balance between them at every size. 0.1 is 19,661 at 512 x 384, so α/β is about 5e-5, chosen by looking.
"""

RATIOS = {"moments": 300.0, "wasserstein": 30.0, "histogram": 1000.0, "nearest": 30.0, "markov": 10.0}
"""The default β of the style losses that are relative to the painting, over the content loss of a picture without
activations."""

TOTAL_VARIATION = 50.0
"""The default weight of the total variation."""

STARTS = ("matched", "content", "noise", "mix", "fast")
"""What ``init`` may be beside a picture's path."""


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


_FAST = {
    "fast",
    "painter",
    "size",
    "resampling",
    "device",
    "precision",
    "style_weights",
    "mask",
    "colors",
    "report",
}
"""Options that count for a painter."""


_MARKOV_LAYERS = ("relu3_1", "relu4_1")
"""Those of Li and Wand 2016."""

_BLENDING = ("gram", "moments", "wasserstein")
"""The style losses that know what lies between two pictures."""


class StyleOptions(SynthesisOptions):
    """Options of `StyleTransfer`."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # document 000 and the program that made its pictures
        "report": {
            **_PUBLISHED,
            "units": "documents",
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
    style_scale: float = option(
        1.0, "The size of the strokes: that of the paintings is multiplied by it.", ge=0.25, le=4
    )
    mask: str | None = option(
        None,
        "A picture whose white, red, green, blue, yellow, cyan, magenta and black, in this order, are the regions of "
        "the photograph that are painted like the first, second … painting. With one painting less than regions, the "
        "last stays as the photograph is.",
    )
    style_masks: tuple[str, ...] = option(
        (), "A picture for each painting: what is white in it, or has the region's colour, is the style."
    )
    colors: Literal["painting", "photo", "match"] = option(
        "painting",
        "Whose colours: painting; photo (only luminance is painted); match (the painting in the photograph's colours).",
    )
    init: str = option(
        "matched",
        "Where to start: matched (the photograph in the painting's colours), content (the photograph), noise, "
        "mix (99 % noise and the photograph), fast (as --fast paints it), or a picture's path.",
    )
    fast: bool = option(
        False, "Paint at once: a trained painter looks at the photograph once, and no gradient moves the pixels."
    )
    painter: str | None = option(
        None,
        "Of --fast and --init fast: the file that atelier train-painter wrote. "
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
        "Layers whose activations are the painting's style. Default with --style-loss markov: relu3_1 relu4_1.",
    )
    style_layer_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, "A weight for each style layer. Default: 1/number of layers each; 1 each with --units neural-style."
    )
    style_loss: Literal["gram", "moments", "wasserstein", "histogram", "nearest", "markov"] = option(
        "gram",
        "What style is: gram (the documents' Gram matrices); moments (mean and deviation); wasserstein (between "
        "Gaussians); histogram; nearest (neighbours of hypercolumns); markov (neighbours of patches).",
    )
    report: bool = option(
        False,
        "Measure the picture: content and style distance in the documents' units, style distance at layers that were "
        "not painted by, and SSIM of luminance with the photograph.",
    )
    units: Literal["documents", "neural-style"] = option(
        "documents", "Whose normalisation the losses have: the published equations', or the program neural-style's."
    )

    @model_validator(mode="before")
    @classmethod
    def _layers_of_the_loss(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Patches are compared at the layers of their source."""
        if values.get("style_loss") == "markov" and "style_layers" not in values:
            return {**values, "style_layers": _MARKOV_LAYERS}
        return values

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        both = {"alpha", "beta"} & self.model_fields_set
        if self.strength is not None and both and set_by_user(info):
            raise ValueError(
                f"--strength sets the balance of content and style, and so does --{min(both)}; give one of them"
            )
        unheard = self.model_fields_set - _FAST
        if self.fast and unheard and set_by_user(info):
            flags = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(unheard))
            raise ValueError(f"with --fast there are no steps, so {flags} would do nothing; leave it out")
        if self.style_weights is not None and not any(self.style_weights):
            raise ValueError("--style-weights are all 0, so that no painting counts; raise one")
        if self.style_loss not in _BLENDING and self.strength is not None and 0 < self.strength < 1:
            raise ValueError(
                f"--style-loss {self.style_loss} knows nothing between photograph and painting; leave --strength "
                f"out, or take {', '.join(_BLENDING)}"
            )
        if self.style_loss != "gram" and self.units == "neural-style":
            raise ValueError(f"--units neural-style has Gram matrices only; leave --style-loss {self.style_loss} out")
        if self.fast and self.colors == "match":
            raise ValueError("a painter paints in the painting's colours or, with --colors photo, in the photograph's")
        if self.painter is not None and not self.fast and self.init != "fast":
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
