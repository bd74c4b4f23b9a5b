"""The names of a network's classes."""

from __future__ import annotations

from functools import cache
from importlib import resources

from deepatelier.errors import OptionError, UnknownNameError

__all__ = ["ClassNames", "class_name", "class_names", "find_class"]

ClassNames = tuple[tuple[str, ...], ...]
"""The names of each class, the most common one first."""


@cache
def class_names(count: int) -> ClassNames:
    """Return the names of each class, the most common one first; a class without a name has its index.

    With 1000 classes, they are those of ImageNet: the lemmas of the WordNet synsets, in the order of the ILSVRC
    challenge (from the package timm 1.0.31, Apache-2.0; WordNet 3.0, Princeton University).

    Args:
        count: The number of classes.
    """
    if count != 1000:
        return tuple((str(index),) for index in range(count))
    lines = resources.files(__package__).joinpath("imagenet_classes.txt").read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split(", ")) for line in lines)


def class_name(index: int, names: ClassNames) -> str:
    """Return the first name of a class, with its index if another class has the same name: ``crane (517)``."""
    name = names[index][0]
    return name if sum(name == others[0] for others in names) == 1 else f"{name} ({index})"


def find_class(word: str, names: ClassNames) -> int:
    """Return the class index that a name or a number refers to.

    Args:
        word: An index from 0 (unless it is the name of a class), or any name of the class, in any case, with spaces,
            hyphens or underscores.
        names: The names of each class.

    Raises:
        UnknownNameError: No class has that name.
        OptionError: The index is too large, or several classes have that name.
    """
    if word.isdecimal() and not any(word == each[0] for each in names):
        if int(word) >= len(names):
            raise OptionError(f"The network has {len(names)} classes, 0 to {len(names) - 1}; received {word}.")
        return int(word)
    wanted = _plain(word)
    for found in (  # the first name as spelt, then in any spelling, then any name
        [index for index, each in enumerate(names) if each[0] == word],
        [index for index, each in enumerate(names) if _plain(each[0]) == wanted],
        [index for index, each in enumerate(names) if wanted in map(_plain, each)],
    ):
        if len(found) > 1:
            # the list is sorted by kind: the class before it distinguishes a bird from a machine
            choices = "; ".join(f"{index} ({', '.join(names[index])}, after {names[index - 1][0]})" for index in found)
            raise OptionError(f"{word!r} is the name of several classes: {choices}. Give the number.")
        if found:
            return found[0]
    spoken = [name for each in names for name in each]
    inside = [name for name in spoken if wanted in _plain(name).split()]
    raise UnknownNameError("class", word, inside[:8] or spoken)


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ").replace("-", " ").replace("'", "")
