"""The options of DeepDream and of its films, and their jobs."""

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
        ("relu5_1",), "Layers that are to answer more strongly; relu4_4:0.5 gives a layer a weight."
    )
    guide: PictureInput | None = option(None, "A picture, or a sample: the layers are to answer as they do to it.")
    steps: int = option(48, "Gradient evaluations, of all octaves together.", ge=1, le=100_000)
    levels: int | None = option(
        None, "Octaves: sizes from coarse to fine. Default: 4, and fewer for a small picture.", ge=1, le=16
    )
    level_ratio: float = option(1.4, "Each octave's size over that of the one before.", gt=1, le=8)
    optimizer: Literal["lbfgs", "adam", "gradient"] = option(
        "gradient", "What moves the pixels: plain gradient ascent with steps of one length, Adam, or L-BFGS."
    )
    jitter: int = option(
        16, "The network sees the picture moved by up to this many pixels, anew at each step.", ge=0, le=256
    )

    @property
    def weighted_layers(self) -> dict[str, float]:
        """The weight of each layer."""
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

    frames: int = option(60, "A film that goes into the dream, of so many pictures.", ge=2, le=2_000)
    zoom: float = option(1.05, "How much each picture of the film enlarges the one before.", gt=1, le=2)
    frame_steps: int = option(16, "Gradient evaluations of each picture of the film after the first.", ge=1, le=10_000)
    fps: int = option(12, "Pictures of the film in a second.", ge=1, le=50)


class DreamJob(PaintingJob, DreamOptions):
    """DeepDream: a network sees more of what it sees already."""

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
    """A film that goes into the dream."""

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
        """With ``--frames``."""
        return "frames" in given
