"""Parse the picture arguments of a command: standard input, several photographs, paintings with weights."""

from __future__ import annotations

import glob
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deepatelier import samples
from deepatelier.errors import InputError, OptionError

__all__ = ["STANDARD_INPUT", "is_many", "photographs", "spelled_out", "standard_input", "targets_in", "weighted"]

STANDARD_INPUT = "/dev/stdin"
"""The source that is standard input."""


def spelled_out(words: Sequence[str]) -> list[str]:
    """Return the words of a command line with ``-`` for an input replaced, which the parser would take for an option.

    It may have a weight, as in ``-:0.5``. As the value of ``--output``, ``-`` is standard output, and remains.
    """
    return [
        STANDARD_INPUT + word[1:] if word.partition(":")[0] == "-" and before not in ("-o", "--output") else word
        for before, word in zip(("", *words), words, strict=False)
    ]


def is_many(source: str) -> bool:
    """Return whether a source is several photographs: a folder, or a pattern with * or ? that is not a file's name."""
    return os.path.isdir(source) or (glob.has_magic(source) and not os.path.lexists(source))  # noqa: PTH112 (raises nothing)


def photographs(source: str) -> list[Path]:
    """Return the files of a folder or pattern, sorted.

    Raises:
        InputError: There is no file, or the folder cannot be read.
    """
    try:
        if Path(source).is_dir():
            found = sorted(Path(source).iterdir())
        else:
            found = [Path(name) for name in sorted(glob.glob(source))]  # noqa: PTH207 (the pattern may be absolute)
    except OSError as error:
        raise InputError(f"The folder {source} cannot be read ({error.strerror}).") from error
    photos = [path for path in found if not path.is_dir() and not path.name.startswith(".")]
    if not photos:
        raise InputError(f"There is no file in {source}." if Path(source).is_dir() else f"No file matches {source}.")
    return photos


def targets_in(photos: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Return the target of each photograph: its name with .png, or after its own extension where two names clash.

    Raises:
        OptionError: Two targets still have the same name.
    """
    stems = [photo.stem for photo in photos]
    targets: dict[Path, Path] = {}
    for photo in photos:
        target = folder / f"{photo.name if stems.count(photo.stem) > 1 else photo.stem}.png"
        for other, taken in targets.items():
            if taken == target:
                raise OptionError(
                    f"{other} and {photo} would both be painted to {target}. Rename one, or paint it separately."
                )
        targets[photo] = target
    return targets


def weighted(words: Sequence[str]) -> tuple[list[str], list[float] | None]:
    """Return the paintings of PAINTING:WEIGHT words, and their weights if any is given; the default weight is 1."""
    pairs = [_pair(word) for word in words]
    sources = [source for source, _ in pairs]
    if all(weight is None for _, weight in pairs):
        return sources, None
    return sources, [1.0 if weight is None else weight for _, weight in pairs]


def _pair(word: str) -> tuple[str, float | None]:
    source, sign, weight = word.rpartition(":")
    if not sign or os.path.lexists(word):
        return word, None
    try:
        return source, float(weight)
    except ValueError:
        if samples.is_sample(source) or os.path.lexists(source):
            raise OptionError(f"The weight of {source} is not a number: {weight!r}. Write {source}:0.5") from None
        return word, None


@contextmanager
def standard_input(inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield inputs by name, with a temporary file that holds the data of standard input in its place.

    Args:
        inputs: The source or the sources of each input, or None.

    Raises:
        InputError: Standard input is a terminal, or empty, or given for two inputs.
    """
    given = [source for value in inputs.values() for source in ([value] if isinstance(value, str) else value or ())]
    if STANDARD_INPUT not in given:
        yield dict(inputs)
        return
    if given.count(STANDARD_INPUT) > 1:
        raise InputError("Standard input holds one picture, so - can be given only once; give the path of the others.")
    if sys.stdin.isatty():
        raise InputError("- reads a picture from standard input, as in: atelier style - swirl -o out.png < photo.jpg")
    data = sys.stdin.buffer.read()
    if not data:
        raise InputError("Standard input is empty; a picture was expected there.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "standard_input"
        path.write_bytes(data)
        files = {STANDARD_INPUT: str(path)}
        yield {
            name: files.get(value, value) if isinstance(value, str) else value and tuple(files.get(e, e) for e in value)
            for name, value in inputs.items()
        }
