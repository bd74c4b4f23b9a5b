"""The training photographs of a painter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import torch
from torch import Tensor

from deepatelier import samples
from deepatelier.devices import available_memory, release_freed_memory
from deepatelier.errors import InputError, MemoryLimitError
from deepatelier.images import resize, to_array, to_tensor
from deepatelier.interpretation import find_pictures
from deepatelier.synthesis.style.colors import Colors, match_colors

__all__ = ["Photographs"]

_LARGEST = 1024
"""Photographs are downscaled so that their longest side is at most this, in pixels."""

_GAMMA, _GAIN = 0.35, 0.15
"""Standard deviations of the log contrast and of the log factor of each channel, for random augmentation."""

_THINNED = 8
"""The step in rows and columns at which pixels are sampled for a photograph's colour statistics."""


class Photographs:
    """Photographs in memory, for random crops.

    Args:
        sources: Folders, files and samples. None gives the sample photographs.
        resampling: The filter for downscaling.

    Attributes:
        skipped: The errors of those that could not be read.

    Raises:
        InputError: None of them can be read.
        MemoryLimitError: They do not fit in memory.
    """

    def __init__(self, sources: Sequence[str], resampling: Literal["lanczos", "bilinear"]) -> None:
        self.skipped: list[str] = []
        self._photos = list(self._opened(sources, resampling))

    def __len__(self) -> int:
        return len(self._photos)

    def part(self, side: int, wanted: Colors, generator: torch.Generator) -> Tensor:
        """Return a square crop of a photograph in a painting's colours, with random position, scale, flip and contrast.

        Args:
            side: Height and width of the crop, in pixels.
            wanted: The painting's colours.
            generator: The random generator.
        """
        photo = self._photos[int(torch.randint(len(self._photos), (), generator=generator))]
        height, width = photo.shape[-2:]
        smallest = side / min(height, width)
        scale = smallest ** torch.rand((), generator=generator).item() if smallest < 1 else smallest
        cut = min(int(side / scale), height, width)
        top, left = (int(torch.randint(length - cut + 1, (), generator=generator)) for length in (height, width))
        part = resize(photo[..., top : top + cut, left : left + cut] / 255, (side, side)).clamp(0, 1)
        if torch.rand((), generator=generator) < 0.5:
            part = part.flip(-1)
        gain = 1 + _GAIN * torch.randn(1, 3, 1, 1, generator=generator)
        gamma = torch.exp(_GAMMA * torch.randn((), generator=generator))
        whole = photo[..., ::_THINNED, ::_THINNED] / 255
        own, colors = (to_array(((image**gamma) * gain).clamp(0, 1)) for image in (whole, part))
        return to_tensor(match_colors(colors, wanted, Colors.of(own)).clip(0, 1))

    def _opened(self, sources: Sequence[str], resampling: Literal["lanczos", "bilinear"]) -> Iterator[Tensor]:
        """Yield those that can be read, in levels of 255: (1, 3, H, W) bytes."""
        found = find_pictures(sources or samples.photographs())
        release_freed_memory()
        free = available_memory(torch.device("cpu"))
        for shown in found:
            try:
                photo = shown.open()
                image = photo.tensor(photo.fitted(_LARGEST), resampling)
            except InputError as error:
                self.skipped.append(f"{shown.name}: {error}")
                continue
            free -= image.numel()
            if free < 0:
                raise MemoryLimitError(f"The {len(found)} photographs do not fit in memory. Give fewer --photos.")
            yield (255 * image).round().to(torch.uint8)
        if len(self.skipped) == len(found):
            raise InputError(f"None of the photographs can be read. The first: {self.skipped[0]}")
