"""Options and job of fast style transfer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from deepatelier.errors import StateError
from deepatelier.images import to_array
from deepatelier.inputs import ModelInput, PictureInput
from deepatelier.jobs import Choice, Context, Job, Measured, PictureProduct, Plan, Result, State, Work
from deepatelier.options import PresetOptions, Words, option
from deepatelier.synthesis.recipe.painting_job import PHOTO, PaintingJob
from deepatelier.synthesis.style.style_job import PAINTINGS, StyleOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deepatelier.images import Picture
    from deepatelier.painters.fast_style import FastStyle

__all__ = ["FastStyleJob", "FastStyleOptions"]

_OF_UNIVERSAL = {"strength", "style_size", "stroke_scale"}
"""The options that a trained painter does not have: its strength and the scale of its strokes are learnt."""

_OF_TRAINED = {"device", "precision"}
"""The options that the universal painter does not have: it computes in float32 on the CPU."""


def _about(name: str) -> str:
    """Return the help text that `StyleOptions` has for the same option."""
    return StyleOptions.model_fields[name].description or ""


class FastStyleOptions(PresetOptions):
    """Options of `FastStyle`."""

    size: int = option(512, "Longest side of the result, in pixels.", ge=32, le=16384)
    painter: ModelInput | None = option(
        None,
        "A file written by atelier train-painter, for the paintings it was trained on. Default: the universal painter, "
        "for any painting.",
    )
    strength: float = Field(1.0, ge=0, le=1, description=_about("strength"))
    style_weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Words] | None = option(
        None, _about("style_weights")
    )
    style_size: int | None = Field(None, ge=32, le=16384, description=_about("style_size"))
    stroke_scale: float = Field(1.0, ge=0.25, le=4, description=_about("stroke_scale"))
    mask: PictureInput | None = option(None, _about("mask"))
    colors: Literal["painting", "photo"] = option(
        "painting", "Colours of the result: painting; photo (only luminance is styled)."
    )
    measure: bool = option(False, _about("measure"))
    resampling: Literal["lanczos", "bilinear"] = option("lanczos", "Filter for resizing the pictures.")
    seed: int = Field(0, ge=0, le=2**63 - 1, description=_about("seed"))
    device: str = option("auto", "Device to run on: auto, cpu, cuda, cuda:1, mps.")
    precision: Literal["auto", "float32", "bfloat16"] = option("auto", _about("precision"))

    @model_validator(mode="after")
    def _some_painting_counts(self) -> Self:
        if self.style_weights is not None and not any(self.style_weights):
            raise ValueError("--style-weights are all 0, so no painting is used; give one a weight above 0")
        return self

    @model_validator(mode="after")
    def _fits_the_painter(self) -> Self:
        if self.painter is None:
            if self.device not in ("auto", "cpu"):
                raise ValueError(
                    f"--device {self.device} needs --painter: without it, --fast runs on the CPU; leave --device out"
                )
            if self.precision == "bfloat16":
                raise ValueError("--precision bfloat16 needs --painter: without it, --fast computes in float32")
            return self
        for name in sorted(_OF_UNIVERSAL):
            if getattr(self, name) != type(self).model_fields[name].default:
                raise ValueError(f"--{name.replace('_', '-')} has no effect with --painter; leave one of them out")
        return self


class FastStyleJob(Job, FastStyleOptions):
    """Fast style transfer: patches of the paintings, or a trained painter, instead of optimisation of pixels."""

    kind: ClassVar = "style/fast"
    has_steps: ClassVar = False
    example: ClassVar = "atelier style photo.jpg painting.jpg --fast -o painted.png"
    arguments: ClassVar = ("photo", "paintings")
    outputs: ClassVar = PaintingJob.outputs
    choice: ClassVar = Choice(
        "fast",
        True,
        "Fast style transfer, without optimisation of pixels: the picture is composed of patches of the paintings, or "
        "painted by --painter.",
    )

    photo: PictureInput = Field(description=PHOTO)
    paintings: Annotated[tuple[PictureInput, ...], Field(min_length=1)] = Field(description=PAINTINGS)

    def recipe(self, context: Context) -> FastStyle:
        """Return the prepared recipe. Errors in options and inputs are raised here."""
        from deepatelier.painters.fast_style import FastStyle

        paintings = [context.picture(each) for each in self.paintings]
        return FastStyle(context.picture(self.photo), paintings, self)

    def plan(self, context: Context) -> Plan:
        """See `Job`."""
        return self.recipe(context).expected()

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`."""
        if state is not None:
            raise StateError(f"A {self.kind} cannot be resumed after a step. Start it again.")
        yield from ()
        recipe = self.recipe(context)

        def measure(written: Any) -> Measured:
            return Measured(measures=recipe.measures(to_array(written)))

        painter = recipe.painter
        return Result(
            self,
            {"picture": PictureProduct(recipe.paint(), recipe.alpha(), recipe.bits)},
            recipe.inputs,
            painter.device,
            painter.precision,
            measure if self.measure else None,
            runtime=painter.runtime,
        )

    @staticmethod
    def of_style(photo: Picture, paintings: Sequence[Picture], options: StyleOptions) -> FastStyle:
        """Return the recipe that makes the initial picture for ``--init fast``, at full strength.

        Args:
            photo, paintings: Those of the style transfer.
            options: The options of the style transfer.

        Raises:
            OptionError: There is no such painter, or it was not trained on one of the paintings.
            WeightsError: The painter's file is damaged.
        """
        from deepatelier.painters.fast_style import FastStyle

        without = _OF_TRAINED if options.painter is None else _OF_UNIVERSAL
        names = set(FastStyleOptions.model_fields) - {"colors", "measure", "strength"} - without
        return FastStyle(photo, paintings, FastStyleOptions.complete(options.model_dump(include=names)))
