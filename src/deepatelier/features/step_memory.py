"""The memory that a step of a network on a picture needs, and whether it is free."""

from __future__ import annotations

import math

import torch

from deepatelier import networks
from deepatelier.devices import available_memory, keep_freed_memory, too_little_memory
from deepatelier.features.extraction import OUTPUT, PIXELS
from deepatelier.features.feature_extractor import FeatureExtractor

__all__ = ["memory", "peak_memory", "take_memory", "within_memory"]

_BYTES_PER_VALUE = {torch.bfloat16: 2.7, torch.float32: 4.5}
"""What a step keeps for each value that the network computes: vgg19 to relu5_1 computes 602 a pixel, and the process
grew by 1656 and 2589 bytes a pixel at 1024² pixels."""

_CHECKPOINTED = 0.78
"""The part of that with checkpoints: 1288 and 1859 bytes a pixel, most of them to measure the result in float32."""

_PLENTY = 3
"""Times as much memory as a step needs has to be free for the process to keep what it frees."""

_KEPT = 1.35
"""The memory that a step needs then, over what it needs else: 1.25 in float32, 1.38 in bfloat16 at 1024² pixels."""


def within_memory(
    extractor: FeatureExtractor, needs: tuple[int, int], longest: int, advice: str = "Lower --size"
) -> FeatureExtractor:
    """The network as it fits in the memory that is free: itself, or with checkpoints.

    Args:
        extractor: The network, with the layers up to which it sees.
        needs: Pixels of the largest picture, times how many are looked at together; and bytes beside the network's.
        longest: The longest side of the picture.
        advice: What to do.

    Raises:
        MemoryLimitError: A step on so many pixels does not fit with checkpoints either.
    """
    pixels, more = needs
    fits = memory(extractor, pixels) + more <= available_memory(extractor.device)
    fitting = extractor if fits else extractor.replaced(networks.with_checkpoints)
    take_memory(fitting, pixels, longest, more, advice)
    return fitting


def take_memory(
    extractor: FeatureExtractor, pixels: int, longest: int, more: int, advice: str = "Lower --size"
) -> None:
    """Raise MemoryLimitError if a step on so many pixels would not fit in the memory that is free.

    On a CPU with plenty of it, the process is told to keep what it frees, which is faster.

    Args:
        extractor: The network, with the layers up to which it sees.
        pixels: Of the largest picture, times how many of them are looked at together.
        longest: Its longest side.
        more: Bytes beside the network's.
        advice: What to do.
    """
    needed, free = memory(extractor, pixels) + more, available_memory(extractor.device)
    if needed > free:
        fits = int(longest * math.sqrt(free / needed) * 0.95)
        raise too_little_memory(needed, free, f"{advice}: about {fits} pixels would fit.")
    if _has_plenty(extractor.device, needed):
        keep_freed_memory()


def peak_memory(extractor: FeatureExtractor, pixels: int, more: int) -> int:
    """Bytes that `take_memory` comes to take; what is kept is in pieces."""
    needed = memory(extractor, pixels) + more
    return int(_KEPT * needed) if _has_plenty(extractor.device, needed) and keep_freed_memory() else needed


def memory(extractor: FeatureExtractor, pixels: int) -> int:
    """Bytes that a step on so many pixels needs beside what the process has already."""
    _, _, height, width = extractor.geometry.probe.shape
    values = _values_computed(extractor) / (height * width) * pixels
    factor = _CHECKPOINTED if networks.is_checkpointed(extractor.module) else 1.0
    return int(values * _BYTES_PER_VALUE[extractor.precision] * factor)


def _values_computed(extractor: FeatureExtractor) -> int:
    """Values that the modules put out for the probe, up to the deepest layer."""
    named = networks.named_layers(extractor.module)
    wanted = {named.get(layer, layer) for layer in extractor.layers if layer != PIXELS}
    computed, values = 0, 0
    for call in extractor.geometry.calls:
        if call.leaf:
            computed += math.prod(call.output)
        if call.path in wanted or OUTPUT in wanted:
            values = computed
    return values


def _has_plenty(device: torch.device, needed: int) -> bool:
    return device.type == "cpu" and needed < available_memory(device) / _PLENTY
