"""Networks trained here: one file with the weights and everything that is needed to build the network."""

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
    """The metadata of trained weights. It is part of the file, which may be untrusted, and contains only data.

    Attributes:
        network: The name of the network in the registry.
        options: The options of the architecture.
        classes: The names of the classes; empty for a regression.
        values: The names of the predicted values; empty for a classification.
        shift, scale: A predicted value is shift + scale · output.
        input_size: (C, H, W) of the training pictures, or (T, values at each step) of sequences.
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
    input_size: tuple[int, int] | tuple[int, int, int]
    normalization: Normalization

    @classmethod
    def normalized(cls, module: nn.Module, **rest: Any) -> Self:
        """Create the metadata with the network's input normalisation, and other values as given."""
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
        """Return the input normalisation."""
        return InputNormalization(**self.normalization.model_dump())


def save_trained(network: nn.Module, about: Trained) -> bytes:
    """Return the bytes of a .safetensors file with the weights, and the metadata in its header."""
    from safetensors.torch import save

    state = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    return save(state, {_KEY: about.model_dump_json(by_alias=True)})


def was_trained_here(path: Path) -> bool:
    """Return whether a file contains weights with metadata that names their network."""
    return path.is_file() and path.suffix == ".safetensors" and _metadata(path) is not None


def _metadata(path: Path) -> str | None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            text: str | None = (file.metadata() or {}).get(_KEY)
    except SafetensorError:
        return None
    return text


def read_trained(path: Path) -> Trained:
    """Read the metadata of a weights file, without the weights themselves.

    Raises:
        OptionError: There is no such file.
        WeightsError: The file is damaged, or has no metadata of a training.
    """
    text = _metadata(path) if path.is_file() else None
    if text is None:
        load_file(path)  # raises an error if it is missing or damaged
        raise WeightsError(
            f"{path} does not say which network its weights belong to. Give --network NAME --weights {path}."
        )
    try:
        return Trained.model_validate(json.loads(text))
    except ValueError as error:
        raise WeightsError(
            f"The metadata of {path} is invalid. It is damaged, or belongs to another version."
        ) from error
