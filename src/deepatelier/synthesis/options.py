"""The options that the recipes share: the same word means the same in every command.

A recipe's options are one validated, frozen model. The command line's flags, their help and the record are derived from
it. Nothing here needs torch, so that ``--help`` and a wrong flag answer at once.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from deepatelier.errors import UnknownNameError

__all__ = ["SynthesisOptions", "Words", "option"]


def option(
    default: Any, text: str, *, ge: float | None = None, gt: float | None = None, le: float | None = None
) -> Any:
    """A field whose help text ends with its range."""
    bounds = {"at least": ge, "above": gt, "at most": le}
    range_ = " and ".join(f"{word} {bound}" for word, bound in bounds.items() if bound is not None)
    return Field(default, ge=ge, gt=gt, le=le, description=f"{text} ({range_})" if range_ else text)


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return value.split(",")
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in (item.split(",") if isinstance(item, str) else [item])]
    return value


Words = BeforeValidator(_split)
"""Marks a field of several values: they may be separated by spaces or by commas."""


class SynthesisOptions(BaseModel):
    """What every recipe on the engine has."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    presets: ClassVar[dict[str, dict[str, Any]]] = {}
    """Values of options by the preset's name."""

    preset: str | None = option(None, "A named set of options; a flag of its own goes before it.")
    size: int = option(512, "Longest side of the result, in pixels.", ge=32, le=16384)
    steps: int = option(200, "Gradient evaluations, divided equally between the levels.", ge=1, le=100_000)
    levels: int | None = option(
        None,
        "Sizes from coarse to fine, each half the next; 1 works at full size only. "
        "Default: as many as leave about 256 pixels at the coarsest, and 1 if --init is a picture.",
        ge=1,
        le=8,
    )
    optimizer: Literal["lbfgs", "adam"] = option("lbfgs", "What moves the pixels.")
    learning_rate: float | None = option(
        None, "Step size: a factor for lbfgs (default 1), levels of 255 for adam (default 5).", gt=0, le=1000
    )
    network: str = option("vgg19", "The network that looks at the pictures; module:function is one of your own.")
    weights: str | None = option(
        None, "Its pretrained weights, or a file of them. Default: oxford where it has them, else imagenet."
    )
    pooling: Literal["max", "average"] = option("max", "Pooling in the network.")
    margin: int = option(
        16,
        "Pixels painted beyond each border and cut off at the end, so that no frame is left in the picture.",
        ge=0,
        le=256,
    )
    resampling: Literal["lanczos", "bilinear"] = option("lanczos", "Filter that resizes the pictures.")
    seed: int = option(
        0, "Of the random numbers; the same seed on the same machine gives the same picture.", ge=0, le=2**63 - 1
    )
    device: str = option("auto", "auto, cpu, cuda, cuda:1, mps.")
    precision: Literal["auto", "float32", "bfloat16"] = option(
        "auto", "Number format in the network; auto is bfloat16 where the machine computes in it."
    )

    def resolved(self) -> Self:
        """These options with the preset filled in: an explicit value goes before it, and it before the default.

        Raises:
            UnknownNameError: There is no such preset.
        """
        if self.preset is None:
            return self
        if self.preset not in self.presets:
            raise UnknownNameError("preset", self.preset, self.presets)
        explicit = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self).model_validate({**self.presets[self.preset], **explicit})
