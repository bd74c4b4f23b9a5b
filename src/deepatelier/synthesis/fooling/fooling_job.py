"""Options and jobs of adversarial images."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from deepatelier.inputs import ModelInput, PictureInput
from deepatelier.jobs import Choice, Context, Output, State, Work
from deepatelier.options import RecipeOptions, option, set_by_user
from deepatelier.synthesis.recipe.painting_job import PHOTO, PaintingJob

if TYPE_CHECKING:
    from deepatelier.synthesis.fooling.fooling import Fooling

__all__ = ["AscentJob", "AscentOptions", "AttackOptions", "FoolingJob", "FoolingOptions"]


class FoolingOptions(RecipeOptions):
    """Options of all methods to fool a network."""

    as_: str | None = option(None, "The target class, by name or number. Default: any other class.")
    size: int = option(
        320,
        "Longest side of the result, in pixels; ignored by a network with a fixed input size. Default: at most "
        "twice the input size of the network.",
        ge=8,
        le=16384,
    )
    network: ModelInput = option("efficientnet_lite0", "The network to fool; module:function for one of your own.")
    precision: Literal["float32"] = option(
        "float32", "Number format of the network; lower precisions lose a change of one level."
    )


class AttackOptions(FoolingOptions):
    """Options of `Attack`."""

    method: Literal["pgd", "fgsm"] = option(
        "pgd", "pgd: projected gradient descent, the smallest change; fgsm: one step along the gradient's sign."
    )
    epsilon: int = option(16, "Largest ε to try: the maximum change of a pixel, in levels of 255.", ge=1, le=255)
    steps: int = option(40, "Gradient evaluations of pgd for each ε.", ge=1, le=10_000)

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        if self.method == "fgsm" and "steps" in self.model_fields_set and set_by_user(info):
            raise ValueError("--method fgsm does not use --steps; leave it out")
        return self


class AscentOptions(FoolingOptions):
    """Options of `Ascent`."""

    steps: int = option(40, "Gradient evaluations.", ge=1, le=10_000)


class _FoolingJob(PaintingJob):
    """The base class of both jobs."""

    arguments: ClassVar = ("photo",)
    outputs: ClassVar = {
        "picture": Output("picture", "fooled.png", "The picture to write."),
        "panels": Output(
            "picture", "", "Another picture: photograph, result, difference and ten times the difference."
        ),
    }

    photo: PictureInput = Field(description=PHOTO)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`."""
        from deepatelier.synthesis.fooling.fooling import paneled
        from deepatelier.synthesis.recipe.painted import painted

        picture = context.picture(self.photo)
        if picture.alpha(picture.size) is not None:
            context.say(f"Networks have no transparency: what is transparent in {self.photo} is white now.")
        recipe = self.recipe(context)
        result = yield from painted(recipe, self, state)
        failed = () if recipe.succeeded else (recipe.advice,)
        return replace(result, derived={"panels": lambda image: paneled(recipe, image)}, notes=failed)

    @abstractmethod
    def recipe(self, context: Context) -> Fooling:
        """See `PaintingJob`."""


class FoolingJob(_FoolingJob, AttackOptions):
    """An adversarial image: change a photograph until a network predicts another class."""

    kind: ClassVar = "fool"
    example: ClassVar = "atelier fool coffee --as teapot -o fooled.png --panels panels.png"

    def recipe(self, context: Context) -> Fooling:
        """See `PaintingJob`."""
        from deepatelier.synthesis.fooling.fooling import Attack

        return Attack(context.picture(self.photo), self)


class AscentJob(_FoolingJob, AscentOptions):
    """An adversarial image by plain gradient ascent on the class's score."""

    kind: ClassVar = "fool/ascent"
    example: ClassVar = "atelier fool coffee --as teapot --method ascent -o fooled.png"
    choice: ClassVar = Choice("method", "ascent", "ascent: plain gradient ascent on the class's score.")

    def recipe(self, context: Context) -> Fooling:
        """See `PaintingJob`."""
        from deepatelier.synthesis.fooling.fooling import Ascent

        return Ascent(context.picture(self.photo), self)
