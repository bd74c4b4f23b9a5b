"""What the name of a network stands for: one of the list, code of the user's, or what was trained here."""

from __future__ import annotations

from pathlib import Path

from deepatelier.errors import UnknownNameError
from deepatelier.networks.listing import listed

__all__ = ["WEIGHTS_NAME", "is_own", "trained_file", "unknown_network"]

WEIGHTS_NAME = "weights.safetensors"
"""The file of weights in the folder of a run."""


def is_own(name: str) -> bool:
    """Whether a name is that of a network of the user's own, with its own weights: code, or a training's folder."""
    return name not in listed() and (":" in name or trained_file(name) is not None)


def trained_file(name: str | Path) -> Path | None:
    """The file of weights that a run's folder or a path stands for; None if the name is none of such."""
    path = Path(name)
    if path.suffix == ".safetensors":
        return path
    if len(path.parts) > 1 or path.is_dir():
        return path / WEIGHTS_NAME
    return None


def unknown_network(name: str) -> UnknownNameError:
    """The error for a name that stands for no network."""
    return UnknownNameError(
        "network", name, listed(), "A network of your own is module:function, or the folder of a training."
    )
