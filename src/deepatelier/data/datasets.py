"""Data sets by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from deepatelier.data.adding import LENGTH, adding
from deepatelier.data.cifar10 import cifar10
from deepatelier.data.digits import digits
from deepatelier.data.eyes import eyes
from deepatelier.data.folder import folder
from deepatelier.data.idx import fashion_mnist, mnist
from deepatelier.data.labelled import Dataset
from deepatelier.data.line import line
from deepatelier.errors import InputError, OptionError, UnknownNameError

__all__ = ["DATASETS", "Entry", "Request", "open_dataset"]


class Request(NamedTuple):
    """What a data set is loaded with, if it depends on it.

    Attributes:
        data_dir: The folder of its files; None downloads them.
        length: The length of its sequences; None is its default.
        seed: The random seed of a data set that is drawn for each job.
    """

    data_dir: Path | None = None
    length: int | None = None
    seed: int = 0


class Entry(NamedTuple):
    """A data set.

    Attributes:
        about: A summary in one line.
        load: Loads the data set.
        has_files: Whether it has files, which are downloaded if necessary.
        drawn: Whether its sequences are drawn for each job, with a length and a seed.
    """

    about: str
    load: Callable[[Request], Dataset]
    has_files: bool = False
    drawn: bool = False


DATASETS = {
    "digits": Entry("1,797 handwritten digits of 8 x 8 pixels, from scikit-learn.", lambda _: digits()),
    "mnist": Entry(
        "70,000 handwritten digits of 28 x 28 pixels.", lambda request: mnist(request.data_dir), has_files=True
    ),
    "fashion-mnist": Entry(
        "70,000 garments of 28 x 28 pixels.", lambda request: fashion_mnist(request.data_dir), has_files=True
    ),
    "cifar10": Entry(
        "60,000 photographs of ten kinds of things, 32 x 32 pixels.",
        lambda request: cifar10(request.data_dir),
        has_files=True,
    ),
    "eyes": Entry("1,000 drawn eyes of 64 x 64 pixels, with the ellipse of the pupil.", lambda _: eyes()),
    "line": Entry("100 points of a noisy line.", lambda _: line()),
    "adding": Entry(
        "12,000 sequences, whose target is the sum of two marked numbers (the adding problem).",
        lambda request: adding(request.length or LENGTH, request.seed),
        drawn=True,
    ),
}
"""The data sets by name."""


def open_dataset(
    name: str,
    *,
    data_dir: Path | None = None,
    classes: tuple[str, ...] = (),
    size: int | None = None,
    otherwise: int = 64,
    length: int | None = None,
    seed: int = 0,
    labelled: bool = True,
) -> Dataset:
    """Open a data set by its name, or the user's own pictures.

    Args:
        name: One of `DATASETS`, or the path of a folder with one subfolder per class, or of an archive of it.
        data_dir: The folder of a published data set's files; None downloads them.
        classes: The names of the classes to keep; empty keeps all.
        size: Height and width of the user's pictures; None keeps their size if all have the same.
        otherwise: Height and width if the sizes differ, or if the pictures are larger.
        length: The length of sequences; None is the data set's default.
        seed: The random seed of a data set that is drawn for each job.
        labelled: Whether the user's pictures need classes.

    Raises:
        UnknownNameError: There is no such data set or folder, or no such class.
        InputError: The files are invalid.
        SurroundingsError: The files cannot be downloaded.
        OptionError: The data set has no files, or its size or length is fixed.
    """
    entry = DATASETS.get(name)
    if entry is None and not Path(name).exists():
        raise UnknownNameError(
            "data set", name, DATASETS, "Your own is a folder with one subfolder per class, or a .tar of it."
        )
    if data_dir is not None and (entry is None or not entry.has_files):
        raise OptionError(f"{name} has no files. Leave --data-dir out.")
    if data_dir is not None and not data_dir.is_dir():
        raise InputError(f"There is no folder {data_dir}. Give the folder of {name}'s files with --data-dir.")
    if size is not None and entry is not None:
        raise OptionError(f"The size of the pictures of {name} is fixed. Leave --size out.")
    if length is not None and (entry is None or not entry.drawn):
        raise OptionError(f"{name} has no sequences of a length to choose. Leave --length out.")
    if entry is None:
        wanted = None if size is None else (size, size)
        dataset = folder(Path(name), wanted, (otherwise, otherwise), labelled=labelled)
    else:
        dataset = entry.load(Request(data_dir, length, seed))
    return dataset.only(_numbers(classes, dataset)) if classes else dataset


def _numbers(wanted: tuple[str, ...], dataset: Dataset) -> tuple[int, ...]:
    for name in wanted:
        if name not in dataset.classes:
            raise UnknownNameError(f"class of {dataset.name}", name, dataset.classes)
    if len(set(wanted)) < 2:
        raise OptionError("Two classes or more are needed.")
    return tuple(dataset.classes.index(name) for name in dict.fromkeys(wanted))
