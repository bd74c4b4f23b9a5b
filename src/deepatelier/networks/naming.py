"""Resolve the name of a network: a listed one, the user's own code, or the run folder of a training."""

from __future__ import annotations

from pathlib import Path

from deepatelier.errors import UnknownNameError
from deepatelier.networks.listing import listed

__all__ = ["WEIGHTS_NAME", "is_own", "trained_file", "unknown_network"]

WEIGHTS_NAME = "weights.safetensors"
"""The name of the weights file in a run folder."""


def is_own(name: str) -> bool:
    """Return whether a name is a network with its own weights: the user's own code, or a run folder."""
    return name not in listed() and (":" in name or trained_file(name) is not None)


def trained_file(name: str | Path) -> Path | None:
    """Return the weights file of a run folder or a path; None if the name is neither."""
    path = Path(name)
    if path.suffix == ".safetensors":
        return path
    if len(path.parts) > 1 or path.is_dir():
        return path / WEIGHTS_NAME
    return None


def unknown_network(name: str) -> UnknownNameError:
    """Return the error for an unknown network."""
    return UnknownNameError("network", name, listed(), "Your own network is module:function, or the folder of a run.")
