"""CIFAR-10, in its two official formats that need no other program: Python and binary."""

from __future__ import annotations

import io
import pickle
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from deepatelier.data.fetching import PublishedFile, fetch
from deepatelier.data.labelled import Dataset, Labelled
from deepatelier.errors import InputError
from deepatelier.files import MAX_BYTES, UNPACKING_ERRORS

__all__ = ["cifar10"]

_ARCHIVE = PublishedFile(
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "c58f30108f718f92721af3b95e74349a",
    ("cifar-10-batches-py", "cifar-10-batches-bin", "data_batch_1", "data_batch_1.bin", "cifar-10-binary.tar.gz"),
)
_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_TRAIN, _TEST = tuple(f"data_batch_{number}" for number in range(1, 6)), ("test_batch",)
_SIDE = 32
_VALUES = 3 * _SIDE * _SIDE


def cifar10(folder: Path | None = None) -> Dataset:
    """Load CIFAR-10: 50,000 training and 10,000 test photographs of ten classes, 32 x 32 pixels.

    Source: Krizhevsky, 'Learning Multiple Layers of Features from Tiny Images' (2009).

    Args:
        folder: The folder of its archive or its extracted files; None downloads it.

    Raises:
        InputError: A file is missing or damaged.
        SurroundingsError: It cannot be downloaded.
    """
    (path,) = fetch([_ARCHIVE], "cifar10", folder)
    batches = _in_archive(path) if path.is_file() and ".tar" in path.name else _in_folder(path)
    return Dataset("cifar10", _joined(batches, _TRAIN), _joined(batches, _TEST), _CLASSES)


def _in_folder(path: Path) -> Mapping[str, bytes]:
    place = path if path.is_dir() else path.parent
    return {file.name: file.read_bytes() for file in place.iterdir() if "_batch" in file.name and file.is_file()}


def _in_archive(path: Path) -> Mapping[str, bytes]:
    found = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                fits = "_batch" in member.name and member.size <= MAX_BYTES
                opened = archive.extractfile(member) if fits else None
                if opened is not None:
                    found[member.name.rpartition("/")[2]] = opened.read()
    except UNPACKING_ERRORS as error:
        raise InputError(f"{path} is not a complete archive ({error}). Download it again.") from error
    return found


def _joined(batches: Mapping[str, bytes], names: tuple[str, ...]) -> Labelled:
    images, labels = [], []
    for name in names:
        try:
            if name in batches:
                found = _unpickled(batches[name])
                pixels, numbers = np.array(found[b"data"], np.uint8), np.array(found[b"labels"], np.int64)
            else:
                rows = np.frombuffer(batches[f"{name}.bin"], np.uint8).reshape(-1, _VALUES + 1)
                pixels, numbers = rows[:, 1:].copy(), rows[:, 0].astype(np.int64)
            images.append(torch.from_numpy(pixels.reshape(-1, 3, _SIDE, _SIDE)))
            labels.append(torch.from_numpy(numbers))
            fits = len(images[-1]) == len(labels[-1]) > 0 and 0 <= numbers.min() <= numbers.max() < len(_CLASSES)
        except Exception as error:  # a damaged pickle may raise anything
            if name not in batches and f"{name}.bin" not in batches:
                raise InputError(
                    f"There is no {name} among CIFAR-10's files. Give the folder that contains all of them."
                ) from error
            raise InputError(f"{name} is damaged, or not a batch of CIFAR-10 ({error}). Download it again.") from error
        if not fits:
            raise InputError(f"The labels of {name} do not match its pictures. Download CIFAR-10 again.")
    return Labelled(torch.cat(images), torch.cat(labels))


class _Numbers(pickle.Unpickler):
    """An unpickler that only reads arrays of numbers, and nothing that could run."""

    _KNOWN = ("numpy.core.multiarray", "numpy._core.multiarray", "numpy", "_codecs")
    _NAMES = ("_reconstruct", "ndarray", "dtype", "encode")

    def find_class(self, module: str, name: str) -> Any:
        if module in self._KNOWN and name in self._NAMES:
            return super().find_class(module.replace("numpy.core", "numpy._core"), name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _unpickled(data: bytes) -> Any:
    return _Numbers(io.BytesIO(data), encoding="bytes").load()
