"""The options of fooling."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ValidationInfo, model_validator

from deepatelier.options import RecipeOptions, option, set_by_user

__all__ = ["FoolingOptions"]


class FoolingOptions(RecipeOptions):
    """Options of `Fooling`."""

    as_: str | None = option(None, "The class that the network is to say, by name or number. Default: any other.")
    method: Literal["pgd", "fgsm", "ascent"] = option(
        "pgd",
        "pgd: projected gradient, the smallest change; fgsm: one step along the gradient's sign; "
        "ascent: plain gradient ascent on the class's score.",
    )
    most: int = option(
        16, "The largest change of a pixel (epsilon) that is tried, in levels of 255; not of ascent.", ge=1, le=255
    )
    steps: int = option(
        40, "Gradient evaluations: of each size of change that pgd tries, or of ascent.", ge=1, le=10_000
    )
    size: int = option(
        320,
        "Longest side of the result, in pixels; of no use to a network that takes one size alone. Default: at most "
        "twice the size for which the network was made.",
        ge=8,
        le=16384,
    )
    network: str = option("efficientnet_lite0", "The network that is fooled; module:function is one of your own.")

    precision: Literal["float32"] = option(
        "float32", "Number format in the network; a change of one level is lost in others."
    )

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        unused = {"fgsm": "steps", "ascent": "most"}.get(self.method)
        if unused in self.model_fields_set and set_by_user(info):
            raise ValueError(f"--method {self.method} does not use --{unused}; leave it out")
        return self
