"""How large what a network's layers give is, and how much of a picture they see."""

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
"""Height and width at which a network's shapes are looked at, if it takes pictures of any size."""


@dataclass(frozen=True)
class Geometry:
    """The sizes of some layers of a network, and what they see. Each is found when it is asked for first.

    Args:
        network: Its name, for messages.
        module: The network.
        layers: Names of layers.
        channels: The channels of the pictures that it takes.
        only_size: Their height and width, if it takes no others.
        device: Where it runs.
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
        """The empty picture at which the network's shapes are looked at: (1, C, H, W)."""
        side = max(_PROBE, getattr(self.module, "smallest", 0))
        return torch.zeros(1, self.channels, *(self.only_size or (side, side)), device=self.device)

    @cached_property
    def calls(self) -> list[Call]:
        """What the network runs, for an empty picture."""
        return trace_picture(self.module, self.probe.shape[1:])

    def fields(self, size: Sequence[int]) -> dict[str, ReceptiveField | None]:
        """What a position of each of the layers sees of a picture of a height and width; None if it sees all of it."""
        size = (int(size[0]), int(size[1]))
        if size not in self._fields:
            found = self._first_calls(trace_picture(self.module, (self.channels, *size)))
            pixel = {PIXELS: ReceptiveField(Axis(1, 1, 0), Axis(1, 1, 0))} if PIXELS in self.layers else {}
            self._fields[size] = {**{layer: call.field for layer, call in found.items()}, **pixel}
        return self._fields[size]

    def widths(self) -> dict[str, int]:
        """How many channels or values each of the layers has."""
        pixel = {PIXELS: self.channels} if PIXELS in self.layers else {}
        return {**{layer: call.output[1] for layer, call in self._first_calls(self.calls).items()}, **pixel}

    def strides(self) -> dict[str, int]:
        """The pixels for which a position of each of the layers that gives maps stands, along one axis."""
        _, _, height, _ = self.probe.shape
        outputs = {layer: call.output for layer, call in self._first_calls(self.calls).items() if layer != OUTPUT}
        strides = {layer: -(-height // output[-2]) for layer, output in outputs.items() if len(output) == 4}
        return {PIXELS: 1, **strides}

    def least_side(self) -> int:
        """The pixels for which one position of the coarsest layer stands, along one axis."""
        return max([1, *self.strides().values()])

    def normalized_layers(self) -> list[str]:
        """Paths of the batch normalisations that run and have kept their statistics, in the order in which they run."""
        return [
            call.path
            for call in self.calls
            if isinstance(call.module, nn.BatchNorm1d | nn.BatchNorm2d)
            and call.module.running_mean is not None
            and len(call.output) in (2, 4)
        ]

    def check_maps(self) -> None:
        """Raise OptionError if one of the layers does not give maps, (B, C, H, W)."""
        with torch.no_grad():
            for layer, found in extract(self.module, self.probe, self.layers).items():
                if found.ndim != 4:
                    raise OptionError(
                        f"{layer} of {self.network} gives no maps, but {tuple(found.shape[1:])} values. "
                        f"Take a layer of convolutions; {where_layers_are_listed(self.network)}."
                    )

    def check_size(self, name: str, size: Sequence[int], advice: str, margin: int = 0) -> None:
        """Raise OptionError if nothing would be left of a picture behind the network's strides, or of its margin.

        Args:
            name: What the picture is.
            size: Its height and width, where the work begins.
            advice: What to do.
            margin: The canvas's around it; each side is longer.
        """
        least = max(self.least_side(), margin + 1)
        if min(size) < least:
            raise OptionError(
                f"The {name} is too thin: {size[1]} x {size[0]} pixels at the size where the work begins, "
                f"and each side needs {least}. Crop it, or {advice}."
            )

    def _first_calls(self, calls: Sequence[Call]) -> dict[str, Call]:
        """Of each of the layers the first time that it ran, as `extract` takes it; none of the pixels.

        Raises:
            OptionError: A layer was not run.
        """
        named = networks.named_layers(self.module) | {OUTPUT: ""}
        by_path = {call.path: call for call in reversed(calls)}
        layers = [layer for layer in self.layers if layer != PIXELS]
        for layer in layers:
            if named.get(layer, layer) not in by_path:
                raise OptionError(f"{self.network} does not run {layer}. {where_layers_are_listed(self.network)}.")
        return {layer: by_path[named.get(layer, layer)] for layer in layers}
