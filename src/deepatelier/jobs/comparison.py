"""Compare a reproduced result with the original."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from deepatelier.errors import RecordError
from deepatelier.jobs.output import Kind

if TYPE_CHECKING:
    from torch import Tensor

    from deepatelier.images import Picture

__all__ = ["Difference", "difference", "pixel_difference"]


class Difference(NamedTuple):
    """The largest and the mean absolute difference: of pixels in levels of 255, of weights and measures unscaled."""

    largest: float
    mean: float


def difference(kind: Kind, first: Path, second: Path) -> Difference | None:
    """Return the difference of two files of a kind; None if their shapes differ.

    Args:
        kind: The kind of both. Of folders, the weights in them are compared; of tables, the numbers; of texts,
            the characters, which differ by 0 or 1.
        first, second: The files.

    Raises:
        ImageError, RecordError: A file cannot be read.
    """
    from deepatelier import images

    if kind == "picture":
        return pixel_difference(images.open_picture(first), images.open_picture(second))
    if kind == "film":
        if first.read_bytes() == second.read_bytes():
            return Difference(0.0, 0.0)
        films = [images.decode_film(each.read_bytes(), images.film_format_of(each.name)) for each in (first, second)]
        return _of_films(*films)
    if kind == "table":
        return _of_numbers(*(_numbers(json.loads(each.read_text(encoding="utf-8"))) for each in (first, second)))
    if kind == "text":
        return _of_texts(*(each.read_text(encoding="utf-8") for each in (first, second)))
    return _of_weights(first, second)


def pixel_difference(first: Picture, second: Picture) -> Difference | None:
    """Return the difference of two pictures in levels of 255, alpha included; None if their sizes differ."""
    import torch

    from deepatelier.images import to_tensor

    if first.size != second.size:
        return None
    opaque = torch.ones(1, 1, *first.size)
    pixels = [
        torch.cat([each.tensor(), opaque if (alpha := each.alpha()) is None else to_tensor(alpha)], dim=1)
        for each in (first, second)
    ]
    return _between(255 * pixels[0], 255 * pixels[1])


def _between(first: Tensor, second: Tensor) -> Difference | None:
    if first.shape != second.shape:
        return None
    away = (first.double() - second.double()).abs()
    return Difference(away.max().item(), away.mean().item())


def _of_films(first: Iterable[Tensor], second: Iterable[Tensor]) -> Difference | None:
    """Return the largest difference over all frames, and the mean over them; None if one film is longer."""
    each = [
        None if one is None or other is None else _between(255 * one, 255 * other)
        for one, other in zip_longest(first, second)
    ]
    known = [away for away in each if away is not None]
    if not each or len(known) < len(each):
        return None
    return Difference(max(away.largest for away in known), sum(away.mean for away in known) / len(known))


def _of_texts(first: str, second: str) -> Difference | None:
    if len(first) != len(second):
        return None
    away = [one != other for one, other in zip(first, second, strict=True)]
    return Difference(float(any(away)), sum(away) / max(1, len(away)))


def _of_weights(first: Path, second: Path) -> Difference | None:
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from deepatelier.networks import WEIGHTS_NAME

    try:
        known, again = (load_file(each / WEIGHTS_NAME if each.is_dir() else each) for each in (first, second))
    except (OSError, SafetensorError) as error:
        raise RecordError(f"The weights of {first} and {second} cannot be compared ({error}).") from error
    if {name: each.shape for name, each in known.items()} != {name: each.shape for name, each in again.items()}:
        return None
    names = sorted(known)
    return _between(*(torch.cat([each[name].double().reshape(-1) for name in names]) for each in (known, again)))


def _numbers(values: Any, name: str = "") -> dict[str, float]:
    """Return the numbers of a table by their path, without those of its record."""
    if isinstance(values, dict):
        pairs = [(f"{name}/{key}", value) for key, value in values.items() if key != "record"]
    elif isinstance(values, list):
        pairs = [(f"{name}/{number}", value) for number, value in enumerate(values)]
    else:
        return {name: float(values)} if isinstance(values, (int, float)) else {}
    return {place: number for key, value in pairs for place, number in _numbers(value, key).items()}


def _of_numbers(first: dict[str, float], second: dict[str, float]) -> Difference | None:
    if first.keys() != second.keys() or not first:
        return None
    away = [abs(number - second[place]) for place, number in first.items()]
    return Difference(max(away), sum(away) / len(away))
