"""Networks that were trained here: one file with the weights and all that is needed to build the network again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import nn

from deepatelier.errors import WeightsError
from deepatelier.networks.layers import InputNormalization
from deepatelier.options import ShownText
from deepatelier.weights import load_file

__all__ = [
    "Normalization",
    "Trained",
    "read_trained",
    "save_trained",
    "was_trained_here",
]

_KEY = "deepatelier"


class Normalization(BaseModel):
    """The arguments of `InputNormalization`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: tuple[float, ...]
    std: tuple[float, ...]
    scale: float
    channels: tuple[int, ...] | None


class Trained(BaseModel):
    """What belongs to trained weights: it comes with the file, which may be anybody's, and is data alone.

    Attributes:
        network: Its name in the registry.
        options: Of the architecture.
        classes: The names of the classes; empty if it tells values.
        values: The names of the numbers that it tells; empty if it tells classes.
        shift, scale: A number is shift + scale · output.
        input_size: (C, H, W) of the pictures that it was trained on.
        normalization: The arguments of `InputNormalization`.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid")

    schema_: Literal["deepatelier-weights/1"] = Field("deepatelier-weights/1", alias="schema")
    network: ShownText
    options: dict[ShownText, int | float | bool | ShownText]
    classes: tuple[ShownText, ...] = ()
    values: tuple[ShownText, ...] = ()
    shift: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    input_size: tuple[int, int, int]
    normalization: Normalization

    @classmethod
    def normalized(cls, module: nn.Module, **rest: Any) -> Self:
        """With the normalisation that a network has, and the rest as given."""
        own = module.normalization
        assert isinstance(own, InputNormalization)
        parts = Normalization(mean=own.mean, std=own.std, scale=own.scale, channels=own.channels)
        return cls(normalization=parts, **rest)

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        outputs = self.options.get("num_classes")
        names = self.classes or self.values
        if outputs is not None and names and outputs != len(names):
            raise ValueError(f"it has {len(names)} names for {outputs} outputs")
        return self

    def input_normalization(self) -> InputNormalization:
        """The normalisation of the input."""
        return InputNormalization(**self.normalization.model_dump())


def save_trained(network: nn.Module, about: Trained) -> bytes:
    """The bytes of a .safetensors file of the weights, with what belongs to them in its header."""
    from safetensors.torch import save

    state = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    return save(state, {_KEY: about.model_dump_json(by_alias=True)})


def was_trained_here(path: Path) -> bool:
    """Whether a file is one of weights that says of which network they are."""
    return path.is_file() and path.suffix == ".safetensors" and _told(path) is not None


def _told(path: Path) -> str | None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            told: str | None = (file.metadata() or {}).get(_KEY)
    except SafetensorError:
        return None
    return told


def read_trained(path: Path) -> Trained:
    """What belongs to the weights in a file; the weights themselves are not read.

    Raises:
        OptionError: There is no such file.
        WeightsError: The file is damaged, or was not written by a training.
    """
    told = _told(path) if path.is_file() else None
    if told is None:
        load_file(path)  # says so if it is missing or damaged
        raise WeightsError(
            f"{path} does not say of which network its weights are. Give --network NAME --weights {path}."
        )
    try:
        return Trained.model_validate(json.loads(told))
    except ValueError as error:
        raise WeightsError(
            f"What {path} says of its network cannot be used. It is damaged or of another version."
        ) from error
