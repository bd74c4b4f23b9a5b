"""The state of a job after a step, in memory and as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deepatelier.errors import StateError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["State"]

_SCHEMA = "deepatelier-state/1"


@dataclass(frozen=True)
class State:
    """Everything that is needed to resume after a step. It owns its memory.

    Attributes:
        index: The number of steps taken so far.
        values: Tensors, numbers, strings and None by name, in nested dicts, lists and tuples.
        fingerprint: The fingerprint of what is minimised; see `deepatelier.jobs.fingerprint`.
    """

    index: int
    values: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""

    def to_bytes(self) -> bytes:
        """Return the state as a safetensors file: the tensors, and everything else as JSON in its header."""
        from safetensors.torch import save

        tensors: dict[str, Tensor] = {}
        tree = _packed(self.values, tensors)
        about = {"schema": _SCHEMA, "index": self.index, "fingerprint": self.fingerprint, "values": tree}
        return save(tensors, {"deepatelier": json.dumps(about)})

    @classmethod
    def from_bytes(cls, data: bytes) -> State:
        """Read a state from the bytes of such a file, on the CPU. Runs no code from the file.

        Raises:
            StateError: The file is damaged, or contains no state of this version.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load

        try:
            size = int.from_bytes(data[:8], "little")
            about = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["deepatelier"])
            if about["schema"] != _SCHEMA:
                raise StateError(
                    f"The state has the schema {about['schema']!r}, expected {_SCHEMA!r}. Start again without it."
                )
            index, values = int(about["index"]), _unpacked(about["values"], load(data))
            if index < 0:
                raise ValueError("the number of steps is negative")
            return cls(index, dict(values), str(about["fingerprint"]))
        except (SafetensorError, KeyError, ValueError, TypeError, IndexError, OverflowError, RecursionError) as error:
            raise StateError(
                "The file holds no state to resume from, or is damaged. Start again without it."
            ) from error


def _packed(value: Any, tensors: dict[str, Tensor]) -> Any:
    """Return a value as JSON, with its tensors stored separately under numbers."""
    import torch

    if isinstance(value, torch.Tensor):
        name = str(len(tensors))
        tensors[name] = value.detach().to("cpu", copy=True).contiguous()
        return {"tensor": name}
    if isinstance(value, Mapping):
        return {"dict": [[_packed(key, tensors), _packed(each, tensors)] for key, each in value.items()]}
    if isinstance(value, (tuple, list)):
        return {type(value).__name__: [_packed(each, tensors) for each in value]}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"A state holds tensors, numbers and strings, not {type(value).__name__}.")


def _unpacked(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "tensor":
        return tensors[inner]
    if kind == "dict":
        return {_unpacked(key, tensors): _unpacked(each, tensors) for key, each in inner}
    return {"list": list, "tuple": tuple}[kind](_unpacked(each, tensors) for each in inner)
