"""Output sizes, strides and receptive fields of a network's layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor, nn

from deepatelier import networks
from deepatelier.errors import OptionError
from deepatelier.features.extraction import OUTPUT, PIXELS, extract, where_layers_are_listed
from deepatelier.features.receptive_fields import Axis, ReceptiveField
from deepatelier.features.tracing import Call, trace_picture

__all__ = ["Geometry"]

_PROBE = 64
"""The input height and width at which a network is traced, if it has no fixed input size."""


@dataclass(frozen=True)
class Geometry:
    """The output sizes and receptive fields of some layers of a network. Each is computed on first use.

    Args:
        network: Its name, for messages.
        module: The network.
        layers: The names of the layers.
        channels: The number of input channels.
        only_size: The fixed input height and width, or None.
        device: The device it runs on.
    """

    network: str
    module: nn.Module
    layers: Sequence[str]
    channels: int
    only_size: tuple[int, int] | None
    device: torch.device
    _fields: dict[tuple[int, int], dict[str, ReceptiveField | None]] = field(init=False, default_factory=dict)

    @cached_property
    def probe(self) -> Tensor:
        """Return the black input picture for tracing: (1, C, H, W)."""
        side = max(_PROBE, getattr(self.module, "smallest", 0))
        return torch.zeros(1, self.channels, *(self.only_size or (side, side)), device=self.device)

    @cached_property
    def calls(self) -> list[Call]:
        """The modules that the network runs, for a black picture."""
        return trace_picture(self.module, self.probe.shape[1:])

    def fields(self, size: Sequence[int]) -> dict[str, ReceptiveField | None]:
        """Return each layer's receptive field for an input height and width; None if it is the whole input."""
        size = (int(size[0]), int(size[1]))
        if size not in self._fields:
            found = self._first_calls(trace_picture(self.module, (self.channels, *size)))
            pixel = {PIXELS: ReceptiveField(Axis(1, 1, 0), Axis(1, 1, 0))} if PIXELS in self.layers else {}
            self._fields[size] = {**{layer: call.field for layer, call in found.items()}, **pixel}
        return self._fields[size]

    def widths(self) -> dict[str, int]:
        """The number of channels or values of each layer."""
        pixel = {PIXELS: self.channels} if PIXELS in self.layers else {}
        return {**{layer: call.output[1] for layer, call in self._first_calls(self.calls).items()}, **pixel}

    def strides(self) -> dict[str, int]:
        """The stride in pixels of each layer that returns feature maps."""
        _, _, height, _ = self.probe.shape
        outputs = {layer: call.output for layer, call in self._first_calls(self.calls).items() if layer != OUTPUT}
        strides = {layer: -(-height // output[-2]) for layer, output in outputs.items() if len(output) == 4}
        return {PIXELS: 1, **strides}

    def least_side(self) -> int:
        """The stride in pixels of the coarsest layer, which is the smallest possible side of the input."""
        return max([1, *self.strides().values()])

    def normalized_layers(self) -> list[str]:
        """Return the paths of the batch normalisations that run and have running statistics, in execution order."""
        return [
            call.path
            for call in self.calls
            if isinstance(call.module, nn.BatchNorm1d | nn.BatchNorm2d)
            and call.module.running_mean is not None
            and len(call.output) in (2, 4)
        ]

    def check_maps(self) -> None:
        """Raise OptionError if one of the layers does not return feature maps, (B, C, H, W)."""
        with torch.no_grad():
            for layer, found in extract(self.module, self.probe, self.layers).items():
                if found.ndim != 4:
                    raise OptionError(
                        f"{layer} of {self.network} has no feature maps, but {tuple(found.shape[1:])} values. "
                        f"Choose a convolutional layer; {where_layers_are_listed(self.network)}."
                    )

    def check_size(self, name: str, size: Sequence[int], advice: str, margin: int = 0) -> None:
        """Raise OptionError if a picture is too small for the network's strides, or for its margin.

        Args:
            name: The name of the picture in messages.
            size: Its height and width at the coarsest level.
            advice: What to suggest.
            margin: The margin of the canvas; each side has to be longer.
        """
        least = max(self.least_side(), margin + 1)
        if min(size) < least:
            raise OptionError(
                f"The {name} is too small: {size[1]} x {size[0]} pixels at the coarsest level, "
                f"and each side needs {least}. Crop it, or {advice}."
            )

    def _first_calls(self, calls: Sequence[Call]) -> dict[str, Call]:
        """Return the first call of each layer, as `extract` uses it, except for the pixels.

        Raises:
            OptionError: A layer does not run.
        """
        named = networks.named_layers(self.module) | {OUTPUT: ""}
        by_path = {call.path: call for call in reversed(calls)}
        layers = [layer for layer in self.layers if layer != PIXELS]
        for layer in layers:
            if named.get(layer, layer) not in by_path:
                raise OptionError(f"{self.network} does not run {layer}. {where_layers_are_listed(self.network)}.")
        return {layer: by_path[named.get(layer, layer)] for layer in layers}
