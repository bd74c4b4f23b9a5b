"""Networks that were trained here: one file with the weights and all that is needed to build the network again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from torch import Tensor, nn

from deepatelier.errors import WeightsError
from deepatelier.networks.layers import InputNormalization
from deepatelier.weights import load_file

__all__ = ["WEIGHTS_NAME", "Trained", "read_trained", "save_trained", "trained_file"]

WEIGHTS_NAME = "weights.safetensors"
"""The file of weights in the folder of a run."""

_KEY = "deepatelier"


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it has characters that cannot be printed")
    return text


_Word = Annotated[str, Field(max_length=200), AfterValidator(_printable)]


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
    network: _Word
    options: dict[_Word, int | float | bool | _Word]
    classes: tuple[_Word, ...] = ()
    values: tuple[_Word, ...] = ()
    shift: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    input_size: tuple[int, int, int]
    normalization: dict[Literal["mean", "std", "scale", "channels"], Any]

    @classmethod
    def normalized(cls, module: nn.Module, **rest: Any) -> Self:
        """With the normalisation that a network has, and the rest as given."""
        own = module.normalization
        assert isinstance(own, InputNormalization)
        parts = {"mean": own.mean, "std": own.std, "scale": own.scale, "channels": own.channels}
        return cls(normalization=parts, **rest)

    def input_normalization(self) -> InputNormalization:
        """The normalisation of the input."""
        parts: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in self.normalization.items()
        }
        return InputNormalization(**parts)


def save_trained(network: nn.Module, about: Trained) -> bytes:
    """The bytes of a .safetensors file of the weights, with what belongs to them in its header."""
    from safetensors.torch import save

    state = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    return save(state, {_KEY: about.model_dump_json(by_alias=True)})


def trained_file(name: str | Path) -> Path | None:
    """The file of weights that a run's folder or a path stands for; None if the name is none of such."""
    path = Path(name)
    if path.suffix == ".safetensors":
        return path
    if len(path.parts) > 1 or path.is_dir():
        return path / WEIGHTS_NAME
    return None


def read_trained(path: Path) -> tuple[Trained, dict[str, Tensor]]:
    """What belongs to the weights, and the weights.

    Raises:
        OptionError: There is no such file.
        WeightsError: The file is damaged, or was not written by a training.
    """
    from safetensors import SafetensorError, safe_open

    tensors = load_file(path)
    try:
        with safe_open(path, "pt") as file:
            told = (file.metadata() or {}).get(_KEY)
        if told is None:
            raise WeightsError(
                f"{path} does not say of which network its weights are. Give --network NAME --weights {path}."
            )
        return Trained.model_validate(json.loads(told)), tensors
    except (SafetensorError, ValidationError, ValueError) as error:
        raise WeightsError(
            f"What {path} says of its network cannot be used. It is damaged or of another version."
        ) from error
