"""Options and jobs of DeepDream and of its films."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from deepatelier.inputs import PictureInput
from deepatelier.jobs import Context, Output, State, Work
from deepatelier.options import Words, option
from deepatelier.synthesis.recipe.painting_job import PHOTO, PaintingJob
from deepatelier.synthesis.recipe.pyramid_options import SynthesisOptions

if TYPE_CHECKING:
    from deepatelier.synthesis.recipe.recipe import Recipe

__all__ = ["DreamFilmJob", "DreamFilmOptions", "DreamJob", "DreamOptions"]


class DreamOptions(SynthesisOptions):
    """Options of `DeepDream`."""

    layers: Annotated[tuple[str, ...], Words, Field(min_length=1)] = option(
        ("relu5_1",), "Layers whose activations are amplified; relu4_4:0.5 gives a layer a weight."
    )
    guide: PictureInput | None = option(
        None, "A guide picture, or a sample: amplify only the features of this picture."
    )
    steps: int = option(48, "Gradient evaluations, over all octaves together.", ge=1, le=100_000)
    levels: int | None = option(
        None, "Number of octaves, from coarse to fine. Default: 4, or fewer for a small picture.", ge=1, le=16
    )
    level_ratio: float = option(1.4, "Ratio of each octave's size to that of the octave before.", gt=1, le=8)
    optimizer: Literal["lbfgs", "adam", "gradient"] = option(
        "gradient", "Optimizer of the pixels: gradient ascent with normalised step length, Adam, or L-BFGS."
    )
    jitter: int = option(16, "Maximum random shift of the picture in each step, in pixels.", ge=0, le=256)

    @property
    def weighted_layers(self) -> dict[str, float]:
        """Return the weight of each layer."""
        return {name: float(weight or 1) for name, _, weight in (word.partition(":") for word in self.layers)}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for word in self.layers:
            name, sign, weight = word.partition(":")
            if sign:
                try:
                    valid = bool(name) and 0 < float(weight) < float("inf")
                except ValueError:
                    valid = False
                if not valid:
                    raise ValueError(f"--layers takes layer or layer:weight with a weight above 0; received {word!r}")
        if len(self.weighted_layers) < len(self.layers):
            raise ValueError("--layers names a layer twice; name it once, with a weight: relu4_4:2")
        return self


class DreamFilmOptions(DreamOptions):
    """Options of `DreamFilm`."""

    frames: int = option(60, "Number of frames of a film that zooms into the dream.", ge=2, le=2_000)
    zoom: float = option(1.05, "Zoom factor from one frame of the film to the next.", gt=1, le=2)
    frame_steps: int = option(16, "Gradient evaluations for each frame of the film after the first.", ge=1, le=10_000)
    fps: int = option(12, "Frames per second of the film.", ge=1, le=50)


class DreamJob(PaintingJob, DreamOptions):
    """DeepDream: amplify the features that a network detects in a photograph."""

    kind: ClassVar = "dream"
    example: ClassVar = "atelier dream photo.jpg -o dream.png"
    arguments: ClassVar = ("photo",)
    outputs: ClassVar = {"picture": Output("picture", "dream.png", "The picture to write.")}

    photo: PictureInput = Field(description=PHOTO)

    def recipe(self, context: Context) -> Recipe:
        """See `PaintingJob`."""
        from deepatelier.synthesis.dream.deep_dream import DeepDream

        return DeepDream(context.picture(self.photo), self)


class DreamFilmJob(PaintingJob, DreamFilmOptions):
    """A film that zooms into the dream."""

    kind: ClassVar = "dream/film"
    example: ClassVar = "atelier dream photo.jpg --frames 60 -o film.mp4"
    arguments: ClassVar = ("photo",)
    outputs: ClassVar = {"film": Output("film", "dream.mp4", "The film to write.")}

    photo: PictureInput = Field(description=PHOTO)

    def recipe(self, context: Context) -> Recipe:
        """See `PaintingJob`."""
        from deepatelier.synthesis.dream.dream_film import DreamFilm

        return DreamFilm(context.picture(self.photo), self)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`."""
        from deepatelier.synthesis.dream.dream_film import filmed

        result = yield from filmed(self, context.picture(self.photo), state)
        return result

    @classmethod
    def chosen_by(cls, given: Mapping[str, Any]) -> bool:
        """Return whether ``--frames`` is given."""
        return "frames" in given
