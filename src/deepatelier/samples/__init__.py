"""Bundled pictures by name: photographs in a wheel, and paintings in this package."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from deepatelier import images
from deepatelier.errors import ImageError, UnknownNameError
from deepatelier.images import Picture

__all__ = ["about", "is_sample", "names", "open_picture", "open_sample", "paintings", "photographs"]


@dataclass(frozen=True)
class _Photograph:
    file: str  # in scikit-image's data
    about: str


_PHOTOGRAPHS = {
    "astronaut": _Photograph("astronaut.png", "Eileen Collins before a space shuttle (NASA, public domain)"),
    "chelsea": _Photograph("chelsea.png", "a cat (Stéfan van der Walt, CC0)"),
    "coffee": _Photograph("coffee.png", "a cup of espresso (Rachel Michetti, CC0)"),
    "rocket": _Photograph("rocket.jpg", "a rocket at night on its launch pad (SpaceX, public domain)"),
}

_PAINTINGS = {  # by the name of the file in this folder; tools/paintings generates them
    "swirl": "a night sky that turns over hills, in long strokes",
    "mosaic": "two birds at a vase under a vine, in stone and gold",
    "stained_glass": "a tree before the rising sun over water, in leaded glass",
    "pointillism": "a river bank with sails and parasols, in dots of divided colour",
    "woodblock": "great waves, boats and a far mountain, as a colour woodblock print",
    "ink_wash": "mountains, a pine and a hut by the water, in ink on paper",
    "engraving": "a ruin among trees and clouds, engraved in copper",
    "cubist": "guitar, bottle, glass and fruit in overlapping planes",
    "pastel": "three dancers in the wings, in strokes of chalk",
    "batik": "a bird on a branch before the sun, in wax and dye",
}


def photographs() -> list[str]:
    """Return the names of the photographs."""
    return list(_PHOTOGRAPHS)


def paintings() -> list[str]:
    """Return the names of the paintings."""
    return list(_PAINTINGS)


def names() -> list[str]:
    """Return the names of all samples."""
    return [*photographs(), *paintings()]


def about(name: str) -> str:
    """Return what a sample shows, with its author if it is a photograph."""
    return _PHOTOGRAPHS[name].about if name in _PHOTOGRAPHS else _PAINTINGS[name]


def open_picture(source: str | os.PathLike[str], others: tuple[str, ...] = ()) -> Picture:
    """Open a picture from a file, or a sample by its name. A file with that name takes precedence over the sample.

    Args:
        source: The path or the name.
        others: Other accepted words, for the error message.

    Raises:
        ImageError: There is no such file or sample, or the file cannot be read.
    """
    if is_sample(source):
        return open_sample(os.fspath(source))
    path = Path(source)
    if not os.path.lexists(path) and path.name == os.fspath(source) and not path.suffix:
        raise ImageError(str(UnknownNameError("file or sample", path.name, (*others, *names()))))
    return images.open_picture(path)


def is_sample(source: str | os.PathLike[str]) -> bool:
    """Return whether a word refers to a sample: it is the name of one, and not of a file."""
    return os.fspath(source) in names() and not os.path.lexists(source)


@cache
def open_sample(name: str) -> Picture:
    """Open a sample by its name, ignoring files of the same name."""
    if name in _PAINTINGS:
        with resources.as_file(resources.files(__name__) / f"{name}.webp") as path:
            return images.open_pixels(path, name)
    return replace(images.open_picture(_photographs_folder() / _PHOTOGRAPHS[name].file), name=name, source=name)


def _photographs_folder() -> Path:
    """Return the folder of scikit-image's data, without importing the package."""
    found = find_spec("skimage")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name("data")
