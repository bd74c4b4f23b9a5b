"""Fingerprints of what is minimised, stable across objects and processes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["fingerprint"]


def fingerprint(*things: object) -> str:
    """Return a hash of objects by their content: equal objects have equal hashes, also across processes.

    Numbers, strings and tensors are hashed by value; modules by class, tensors and structure; functions by their code
    and captured variables; any other object by its class and attributes.

    Returns:
        32 hexadecimal digits.
    """
    hashed = hashlib.blake2b(digest_size=16)
    _Walk(hashed).add(things)
    return hashed.hexdigest()


class _Walk:
    """Walks through the content of objects. A tensor or module that occurs again is not read again."""

    def __init__(self, hashed: Any) -> None:
        self._hashed = hashed
        self._known: dict[int, tuple[object, bytes]] = {}  # keeps the object alive, so that its id is not reused
        self._inside: list[int] = []

    def add(self, thing: object) -> None:
        import torch

        if (
            thing is None
            or thing is ...
            or isinstance(thing, (bool, int, float, complex, str, bytes, torch.dtype, torch.device))
        ):
            self._word(f"{type(thing).__name__} {thing!r}")
        elif isinstance(thing, (torch.Tensor, torch.nn.Module)):
            self._hashed.update(self._digest(thing))
        elif id(thing) in self._inside:
            self._word(f"inside {self._inside.index(id(thing))}")
        else:
            self._inside.append(id(thing))
            self._word(type(thing).__qualname__)
            self._hold(thing)
            self._inside.pop()

    def _hold(self, thing: object) -> None:
        import numpy as np

        if isinstance(thing, CodeType):
            self.add((thing.co_code, thing.co_names, thing.co_consts))
        elif isinstance(thing, FunctionType):
            cells = [_content(cell) for cell in thing.__closure__ or ()]
            self.add((thing.__module__, thing.__qualname__, thing.__code__, thing.__defaults__, cells))
        elif isinstance(thing, partial):
            self.add((thing.func, thing.args, thing.keywords))
        elif isinstance(thing, MethodType):
            self.add((thing.__func__, thing.__self__))
        elif isinstance(thing, (type, BuiltinFunctionType)):
            self._word(f"{thing.__module__}.{thing.__qualname__}")
        elif isinstance(thing, Mapping):
            self._parts([part for pair in thing.items() for part in pair])
        elif isinstance(thing, (tuple, list)):
            self._parts(list(thing))
        elif isinstance(thing, (set, frozenset)):
            self._parts(sorted(thing, key=repr))
        elif isinstance(thing, slice):
            self._parts([thing.start, thing.stop, thing.step])
        elif isinstance(thing, np.ndarray):
            self._word(f"{thing.dtype} {thing.shape}")
            self._hashed.update(np.ascontiguousarray(thing).tobytes())
        elif isinstance(thing, Path):
            self._word(str(thing))
        elif hasattr(thing, "__dict__"):
            self._parts([part for pair in sorted(vars(thing).items()) for part in pair])
        else:
            raise TypeError(f"Cannot compute a fingerprint: the content of a {type(thing).__qualname__} is unknown.")

    def _parts(self, parts: list[Any]) -> None:
        self._word(str(len(parts)))
        for part in parts:
            self.add(part)

    def _digest(self, thing: Tensor | nn.Module) -> bytes:
        import torch

        if id(thing) not in self._known:
            hashed = hashlib.blake2b(digest_size=16)
            if isinstance(thing, torch.Tensor):
                _add_tensor(hashed, "", thing)
            else:
                for path, inner in thing.named_modules():
                    hashed.update(f"{path} {type(inner).__qualname__} {inner.extra_repr()}\n".encode())
                for name, tensor in thing.state_dict().items():
                    _add_tensor(hashed, name, tensor)
            self._known[id(thing)] = thing, hashed.digest()
        return self._known[id(thing)][1]

    def _word(self, text: str) -> None:
        self._hashed.update(f"{text}\n".encode())


def _content(cell: CellType) -> object:
    """Return what a closure has captured; None for an empty cell."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _add_tensor(hashed: Any, name: str, tensor: Tensor) -> None:
    import torch

    hashed.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
    plain = tensor.detach().cpu().contiguous()
    if plain.numel():
        hashed.update(plain.reshape(-1).view(torch.uint8).numpy().data)
