"""The options that all commands share: the same word means the same in every one of them.

The options of what is made are one validated, frozen model. The command line's flags, their help and the record are
derived from it. Nothing here needs torch, so that ``--help`` and a wrong flag answer at once.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from deepatelier.errors import UnknownNameError
from deepatelier.inputs import ModelInput

__all__ = ["PresetOptions", "RecipeOptions", "ShownText", "Words", "option", "set_by_user"]


def option(
    default: Any, text: str, *, ge: float | None = None, gt: float | None = None, le: float | None = None
) -> Any:
    """A field whose help text ends with its range."""
    bounds = {"at least": ge, "above": gt, "at most": le}
    range_ = " and ".join(f"{word} {bound}" for word, bound in bounds.items() if bound is not None)
    return Field(default, ge=ge, gt=gt, le=le, description=f"{text} ({range_})" if range_ else text)


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return [part for part in value.split(",") if part.strip()]
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in (item.split(",") if isinstance(item, str) else [item]) if part != ""]
    return value


Words = BeforeValidator(_split)
"""Marks a field of several values: they may be separated by spaces or by commas."""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it has characters that cannot be printed")
    return text


ShownText = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
"""A text of a file that may come from anybody, and is shown."""


class PresetOptions(BaseModel):
    """Options of which a preset may set some."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    presets: ClassVar[dict[str, dict[str, Any]]] = {}
    """Values of options by the preset's name, which the option ``preset`` chooses where the model has it."""

    def resolved(self) -> Self:
        """These options with the preset filled in: an explicit value goes before it, and it before the default.

        Raises:
            UnknownNameError: There is no such preset.
        """
        preset = getattr(self, "preset", None)
        if preset is None:
            return self
        if preset not in self.presets:
            raise UnknownNameError("preset", preset, self.presets)
        explicit = {name: getattr(self, name) for name in self.model_fields_set}
        return self.complete({**self.presets[preset], **explicit})

    def with_usual(self, **values: Any) -> Self:
        """These options with other defaults; what the user or a preset set goes before them."""
        return self.model_copy(
            update={name: each for name, each in values.items() if name not in self.model_fields_set}
        )

    @classmethod
    def complete(cls, values: dict[str, Any]) -> Self:
        """Options of which not the user alone set the values: a preset filled them in, or a record holds them."""
        return cls.model_validate(values, context=_COMPLETE)


class RecipeOptions(PresetOptions):
    """What everything has that a network looks at pictures for."""

    size: int = option(512, "Longest side of the result, in pixels.", ge=32, le=16384)
    network: ModelInput = option(
        "vgg19",
        "The network that looks at the pictures; module:function is one of your own, a training's folder its network.",
    )
    weights: ModelInput | None = option(
        None,
        "Its pretrained weights, a file of them, or random (untrained). Default: oxford, or else imagenet.",
    )
    pooling: Literal["max", "average"] = option("max", "Pooling in the network.")
    resampling: Literal["lanczos", "bilinear"] = option("lanczos", "Filter that resizes the pictures.")
    seed: int = option(
        0, "Of the random numbers; the same seed on the same machine gives the same picture.", ge=0, le=2**63 - 1
    )
    device: str = option("auto", "auto, cpu, cuda, cuda:1, mps.")
    precision: Literal["auto", "float32", "bfloat16"] = option(
        "auto", "Number format in the network; auto is bfloat16 where the machine computes in it."
    )


_COMPLETE = {"complete": True}


def set_by_user(info: ValidationInfo) -> bool:
    """Whether the values that are validated are those that the user set, and no others."""
    return info.context is not _COMPLETE
