"""Options that all commands share. The same name means the same in every command.

The options of a job are one validated, immutable model. The flags of the command line, their help and the record are
derived from it. Nothing here imports torch, so that ``--help`` and errors in flags are reported at once.
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
    """Return a field whose help text ends with its range."""
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
"""Marks a field of several values, which may be separated by spaces or commas."""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it has characters that cannot be printed")
    return text


ShownText = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
"""A string from an untrusted file that may be shown to the user."""


class PresetOptions(BaseModel):
    """Options that support presets."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    presets: ClassVar[dict[str, dict[str, Any]]] = {}
    """The values of each preset by its name. The option ``preset`` selects one, if the model has that option."""

    def resolved(self) -> Self:
        """Return these options with the preset filled in. Explicit values override the preset, and it overrides the
        defaults.

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
        """Return these options with other defaults. Values from the user or a preset override them."""
        return self.model_copy(
            update={name: each for name, each in values.items() if name not in self.model_fields_set}
        )

    @classmethod
    def complete(cls, values: dict[str, Any]) -> Self:
        """Create options whose values were not all set by the user, but also by a preset or a record."""
        return cls.model_validate(values, context=_COMPLETE)


class RecipeOptions(PresetOptions):
    """Options of all jobs that run pictures through a network."""

    size: int = option(512, "Longest side of the result, in pixels.", ge=32, le=16384)
    network: ModelInput = option(
        "vgg19",
        "The network: a listed name, module:function for your own, or the folder of a run.",
    )
    weights: ModelInput | None = option(
        None,
        "Pretrained weights by name, a weights file, or random (untrained). Default: oxford, or else imagenet.",
    )
    pooling: Literal["max", "average"] = option("max", "Kind of pooling in the network.")
    resampling: Literal["lanczos", "bilinear"] = option("lanczos", "Filter for resizing the pictures.")
    seed: int = option(0, "Random seed; the same seed gives the same result on the same machine.", ge=0, le=2**63 - 1)
    device: str = option("auto", "Device to run on: auto, cpu, cuda, cuda:1, mps.")
    precision: Literal["auto", "float32", "bfloat16"] = option(
        "auto", "Number format of the network; auto is bfloat16 if the hardware supports it, else float32."
    )


_COMPLETE = {"complete": True}


def set_by_user(info: ValidationInfo) -> bool:
    """Return whether the values being validated were all set by the user."""
    return info.context is not _COMPLETE
