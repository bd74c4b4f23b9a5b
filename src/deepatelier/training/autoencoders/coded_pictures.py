"""Pictures with their codes, or with other vectors that stand for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from deepatelier.data import DATASETS, Labelled, open_dataset
from deepatelier.inputs import Input
from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.training.autoencoders.code_sheets import codes_of
from deepatelier.training.autoencoders.principal_components import PrincipalComponents

__all__ = ["By", "CodedPictures", "Vectors", "as_input_of", "nearest"]

By = Literal["code", "pixels", "components"]
"""What pictures are compared by: their codes, their pixels, or as many principal components as a code has numbers."""

_TOGETHER = 1000


class Vectors:
    """The vectors of pictures.

    Args:
        by: What they are.
        network: The autoencoder.
        pictures: The pictures from which principal components are computed, (N, C, H, W).
    """

    def __init__(self, by: By, network: Autoencoder, pictures: Tensor) -> None:
        self._by, self._network = by, network
        count = min(network.code, len(pictures), pictures[0].numel())
        self._components = PrincipalComponents(pictures, count) if by == "components" else None

    def of(self, pictures: Tensor) -> Tensor:
        """Return the vectors of pictures, (N, C, H, W) to (N, D)."""
        if self._components is not None:
            return self._components.codes(pictures)
        return codes_of(self._network, pictures) if self._by == "code" else pictures.flatten(1)


@dataclass(frozen=True)
class CodedPictures:
    """The pictures of a data set or folder, as an autoencoder takes them.

    Attributes:
        name: The name of the data set or folder.
        pixels: The pictures, (N, C, H, W), sRGB in [0, 1].
        labels: What is written below each: its file, or its class.
        targets: The indices of their classes, (N,).
        classes: The names of the classes; empty if there are none.
        skipped: The reasons why pictures were skipped.
        source: Their name and checksum.
    """

    name: str
    pixels: Tensor
    labels: tuple[str, ...]
    targets: Tensor
    classes: tuple[str, ...]
    skipped: tuple[str, ...]
    source: Input

    @classmethod
    def of(cls, source: str, data_dir: str | None, network: Autoencoder) -> CodedPictures:
        """Open pictures: all of a folder, or the test part of a data set by name that has one.

        Raises:
            UnknownNameError: There is no such data set or folder.
            InputError: The files are invalid.
        """
        side = network.input_size[1]
        own = source not in DATASETS
        directory = None if data_dir is None else Path(data_dir)
        dataset = open_dataset(source, data_dir=directory, size=side if own else None, otherwise=side, labelled=False)
        pictures: Labelled = dataset.train if dataset.test is None else dataset.test
        if own and dataset.test is not None:
            pictures = Labelled(
                torch.cat([dataset.train.images, dataset.test.images]),
                torch.cat([dataset.train.targets, dataset.test.targets]),
                dataset.train.names + dataset.test.names,
            )
        numbers = pictures.targets.tolist() if dataset.classes else range(len(pictures))
        labels = pictures.names or tuple(dataset.classes[each] if dataset.classes else str(each) for each in numbers)
        return cls(
            dataset.name,
            as_input_of(network, pictures.pixels()),
            labels,
            pictures.targets,
            dataset.classes,
            dataset.skipped,
            Input.of(source) if own else Input(name=source, sha256=pictures.sha256()),
        )

    def about(self) -> Mapping[str, int]:
        """Return the entries of a record about the pictures."""
        return {"pictures": len(self.pixels)}


def as_input_of(network: Autoencoder, pixels: Tensor) -> Tensor:
    """Return pictures with the channels and the size that an autoencoder takes.

    Colour becomes grey by the mean of the channels; a size is changed with antialiasing.

    Args:
        network: The autoencoder.
        pixels: (N, 1 or 3, H, W).
    """
    channels, height, width = network.input_size
    if channels == 1 and pixels.shape[1] == 3:
        pixels = pixels.mean(dim=1, keepdim=True)
    elif channels == 3:
        pixels = pixels.expand(-1, 3, -1, -1)
    if tuple(pixels.shape[2:]) != (height, width):
        pixels = nn.functional.interpolate(pixels, size=(height, width), mode="bilinear", antialias=True)
    return pixels.clamp(0, 1).contiguous()


def nearest(queries: Tensor, vectors: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the Euclidean distances and the indices of the nearest vectors, (Q, count) each, the nearest first.

    Args:
        queries: (Q, D).
        vectors: (N, D), with N of ``count`` or more.
        count: The number of neighbours.
    """
    found = [torch.cdist(each, vectors).topk(count, largest=False) for each in torch.split(queries, _TOGETHER)]
    return torch.cat([each.values for each in found]), torch.cat([each.indices for each in found])
