"""Batches of a text that is cut into streams, for truncated backpropagation through time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from deepatelier.training.batches import generator_of
from deepatelier.training.sequences.text_parts import TextPart
from deepatelier.training.tasks.language_modelling import Piece
from deepatelier.training.tasks.next_token import IGNORED

__all__ = ["MeasuredStreams", "TextStreams"]

_START = 0
"""The purpose of random numbers."""


class TextStreams:
    """A part of a text, cut into B streams in order, which are read piece by piece; see `BatchSource`.

    In each epoch, the first stream starts at another, random place, and the text is closed to a ring. So pieces begin
    at other places, and the tokens that do not fill a piece are others.

    Args:
        part: The part.
        streams: The number of streams B; fewer if the text is too short for a piece of each.
        length: The number of tokens of a piece; fewer if the text is shorter.
        seed: The seed of the start.
        labelled: Whether the batches have labels.
        device: Where they are.
    """

    def __init__(
        self, part: TextPart, streams: int, length: int, *, seed: int, labelled: bool, device: torch.device
    ) -> None:
        self.part, self.seed, self._labelled, self._device = part, seed, labelled, device
        self.length = min(length, len(part))
        self.streams = min(streams, len(part) // self.length)
        self._each = len(part) // self.streams

    def __len__(self) -> int:
        return self._each // self.length

    def epoch(self, number: int, start: int = 0) -> Iterator[Piece]:
        """Yield the pieces of an epoch; see `BatchSource`."""
        count = len(self.part)
        shift = int(torch.randint(count, (), generator=generator_of(self.seed, number, _START)))
        first = shift + self._each * np.arange(self.streams)[:, None] + np.arange(self.length)
        for index in range(start, len(self)):
            places = (first + index * self.length) % count
            yield _piece(self.part, places, self.part.targets[places], index == 0, self._labelled, self._device)


class MeasuredStreams:
    """A part of a text, or streams of it at equal distances, from the first piece to the last.

    Args:
        part: The part.
        streams: The maximum number of streams.
        length: The number of tokens of a piece.
        most: The maximum number of tokens, up to rounding; None reads the whole part, each token once.
        labelled: Whether the batches have labels.
        device: Where they are.
    """

    def __init__(
        self,
        part: TextPart,
        streams: int = 32,
        length: int = 256,
        *,
        most: int | None = None,
        labelled: bool,
        device: torch.device,
    ) -> None:
        self.part, self.length, self._labelled, self._device = part, length, labelled, device
        count = max(1, min(streams, len(part) // length))
        each = -(-len(part) // count)
        self._starts = each * np.arange(count)
        self._each = each if most is None else min(each, max(1, most // count))

    def __len__(self) -> int:
        return -(-self._each // self.length)

    def __iter__(self) -> Iterator[Piece]:
        for index in range(len(self)):
            steps = np.arange(index * self.length, min(self._each, (index + 1) * self.length))
            places = self._starts[:, None] + steps
            inside = places < len(self.part)
            places = np.minimum(places, len(self.part) - 1)
            targets = np.where(inside, self.part.targets[places], IGNORED)
            yield _piece(self.part, places, targets, index == 0, self._labelled, self._device)


def _piece(
    part: TextPart,
    places: NDArray[np.int64],
    targets: NDArray[np.int32],
    first: bool,
    labelled: bool,
    device: torch.device,
) -> Piece:
    inputs, wanted, labels = (
        torch.from_numpy(each.astype(np.int64)).to(device)
        for each in (part.inputs[places], targets, part.labels[places])
    )
    return Piece(inputs, wanted, labels if labelled else None, first)
