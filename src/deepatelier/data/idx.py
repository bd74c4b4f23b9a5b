"""MNIST and Fashion-MNIST, in the IDX format in which they are published."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from deepatelier.data.fetching import PublishedFile, fetch
from deepatelier.data.labelled import Dataset, Labelled
from deepatelier.errors import InputError
from deepatelier.files import UNPACKING_ERRORS

__all__ = ["fashion_mnist", "mnist", "read_idx"]

_MNIST = "https://ossci-datasets.s3.amazonaws.com/mnist"
_FASHION = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"
_PARTS = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
_MD5 = {
    _MNIST: (
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
    _FASHION: (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
}
_GARMENTS = ("T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")


def mnist(folder: Path | None = None) -> Dataset:
    """Load MNIST: 60,000 training and 10,000 test pictures of handwritten digits, greyscale, 28 x 28 pixels.

    Source: LeCun, Cortes and Burges, 'The MNIST database of handwritten digits'.

    Args:
        folder: The folder of its four files, compressed or not; None downloads them.

    Raises:
        InputError: A file is missing or damaged, or pictures and labels do not match.
        SurroundingsError: A file cannot be downloaded.
    """
    return _four_files("mnist", _MNIST, folder, tuple("0123456789"))


def fashion_mnist(folder: Path | None = None) -> Dataset:
    """Load Fashion-MNIST: 60,000 training and 10,000 test pictures of garments, in MNIST's format.

    Source: Xiao, Rasul and Vollgraf, 'Fashion-MNIST: a Novel Image Dataset' (2017); MIT. Arguments and errors as
    `mnist`.
    """
    return _four_files("fashion-mnist", _FASHION, folder, _GARMENTS)


def read_idx(path: Path) -> Tensor:
    """Read the bytes of an IDX file, compressed by gzip or not, in its shape.

    The format is: two zeros, the type (8 is a byte), the number of dimensions, each dimension as a big-endian int32,
    and the values.

    Raises:
        InputError: It is not an IDX file, or damaged.
    """
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except UNPACKING_ERRORS as error:
        raise InputError(f"{path} cannot be unpacked ({error}). Download it again.") from error
    dimensions = data[3] if data[:3] == b"\0\0\x08" and len(data) > 3 else 0
    start = 4 + 4 * dimensions
    shape = tuple(np.frombuffer(data, ">i4", dimensions, 4).tolist()) if len(data) >= start else ()
    if not shape or len(data) - start != math.prod(shape):
        raise InputError(f"{path} is no IDX file of bytes, or is incomplete. Download it again.")
    return torch.from_numpy(np.frombuffer(data, np.uint8, offset=start).reshape(shape).copy())


def _four_files(name: str, url: str, folder: Path | None, classes: tuple[str, ...]) -> Dataset:
    wanted = [
        PublishedFile(f"{url}/{stem}.gz", md5, (stem, stem.replace("-idx", ".idx")))
        for stem, md5 in zip(_PARTS, _MD5[url], strict=True)
    ]
    found = [read_idx(path) for path in fetch(wanted, name, folder)]
    parts = []
    for number in (0, 2):
        images, labels = found[number], found[number + 1].long()
        if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
            raise InputError(
                f"The labels do not match: {_PARTS[number]} has {len(images)} pictures, {_PARTS[number + 1]} "
                f"{len(labels)} labels. Both must belong to the same part of the data set."
            )
        if len(labels) and int(labels.max()) >= len(classes):
            raise InputError(f"{_PARTS[number + 1]} has the label {int(labels.max())}; {name} has 0 to 9.")
        parts.append(Labelled(images[:, None], labels))
    return Dataset(name, parts[0], parts[1], classes)
