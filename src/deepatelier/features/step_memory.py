"""The memory of an optimisation step on a picture, and whether it is free."""

from __future__ import annotations

import math

import torch

from deepatelier import networks
from deepatelier.devices import available_memory, keep_freed_memory, release_freed_memory, too_little_memory
from deepatelier.features.extraction import OUTPUT, PIXELS
from deepatelier.features.feature_extractor import FeatureExtractor

__all__ = ["memory", "peak_memory", "take_memory", "within_memory"]

_BYTES_PER_VALUE = {torch.bfloat16: 2.7, torch.float32: 4.5}
"""Memory of a step for each value that the network computes. vgg19 up to relu5_1 computes 602 values per pixel, and the
process grew by 1656 and 2589 bytes per pixel at 1024² pixels."""

_CHECKPOINTED = 0.78
"""The fraction of that with checkpointing: 1288 and 1859 bytes per pixel, mostly for the measurement in float32."""

_PLENTY = 3
"""This many times the memory of a step has to be free for the allocator to keep freed memory."""

_KEPT = 1.35
"""The factor on a step's memory if it does: 1.25 in float32, 1.38 in bfloat16 at 1024² pixels."""


def within_memory(
    extractor: FeatureExtractor, needs: tuple[int, int], longest: int, advice: str = "Lower --size"
) -> FeatureExtractor:
    """Return the feature extractor, with gradient checkpointing if a step would not fit in the free memory otherwise.

    Args:
        extractor: The feature extractor, with its layers.
        needs: The pixels of the largest picture times the batch size; and the bytes needed beyond the network's own.
        longest: The longest side of the picture.
        advice: What to suggest.

    Raises:
        MemoryLimitError: A step would not fit with checkpointing either.
    """
    pixels, more = needs
    release_freed_memory()
    fits = memory(extractor, pixels) + more <= available_memory(extractor.device)
    fitting = extractor if fits else extractor.replaced(networks.with_checkpoints)
    take_memory(fitting, pixels, longest, more, advice)
    return fitting


def take_memory(
    extractor: FeatureExtractor, pixels: int, longest: int, more: int, advice: str = "Lower --size"
) -> None:
    """Raise MemoryLimitError if a step on this many pixels would not fit in the free memory.

    On a CPU with plenty of memory, the allocator then keeps freed memory, which is faster.

    Args:
        extractor: The feature extractor, with its layers.
        pixels: The pixels of the largest picture, times the batch size.
        longest: Its longest side.
        more: The bytes needed beyond the network's own.
        advice: What to suggest.
    """
    release_freed_memory()
    needed, free = memory(extractor, pixels) + more, available_memory(extractor.device)
    if needed > free:
        fits = int(longest * math.sqrt(free / needed) * 0.95)
        raise too_little_memory(needed, free, f"{advice}: about {fits} pixels would fit.")
    if _has_plenty(extractor.device, needed):
        keep_freed_memory()


def peak_memory(extractor: FeatureExtractor, pixels: int, more: int) -> int:
    """Return the bytes that a run takes after `take_memory`, including freed memory that is kept."""
    needed = memory(extractor, pixels) + more
    return int(_KEPT * needed) if _has_plenty(extractor.device, needed) and keep_freed_memory() else needed


def memory(extractor: FeatureExtractor, pixels: int) -> int:
    """Return the additional bytes that a step on this many pixels needs."""
    _, _, height, width = extractor.geometry.probe.shape
    values = _values_computed(extractor) / (height * width) * pixels
    factor = _CHECKPOINTED if networks.is_checkpointed(extractor.module) else 1.0
    return int(values * _BYTES_PER_VALUE[extractor.precision] * factor)


def _values_computed(extractor: FeatureExtractor) -> int:
    """Return the number of values that the modules compute for the traced picture, up to the deepest layer."""
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
