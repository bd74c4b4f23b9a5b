"""The network that looks at the pictures, as a recipe's options name it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import torch
from torch import Tensor, nn

from deepatelier import networks
from deepatelier.devices import available_memory, choose_device, choose_precision, keep_freed_memory, too_little_memory
from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.features import OUTPUT, PIXELS, check_layers, extract
from deepatelier.options import RecipeOptions
from deepatelier.receptive_fields import Axis, ReceptiveField
from deepatelier.runs import Input
from deepatelier.tracing import Call, trace_picture

__all__ = ["RANDOM", "FrozenNetwork", "has_head", "with_weights"]

_Options = TypeVar("_Options", bound=RecipeOptions)

RANDOM = "random"
"""The weights of a network that is not trained."""

_PROBE = 64
"""Height and width at which a network's shapes are looked at, if it takes pictures of any size."""

_BYTES_PER_VALUE = {torch.bfloat16: 2.7, torch.float32: 4.5}
"""What a step keeps for each value that the network computes: vgg19 to relu5_1 computes 602 a pixel, and the process
grew by 1656 and 2589 bytes a pixel at 1024² pixels."""

_CHECKPOINTED = 0.78
"""The part of that with checkpoints: 1288 and 1859 bytes a pixel, most of them to measure the result in float32."""

_PLENTY = 3
"""Times as much memory as a step needs has to be free for the process to keep what it frees."""

_KEPT = 1.35
"""The memory that a step needs then, over what it needs else: 1.25 in float32, 1.38 in bfloat16 at 1024² pixels."""


@dataclass(frozen=True)
class FrozenNetwork:
    """A frozen network with its device and number format, which sees up to some layers.

    Args:
        options: Say which network, weights, pooling, device and precision; see `with_weights`.
        layers: Names of layers.
        head: Whether the dense layers behind the maps are wanted, where the network can go without.
        changes: What is done to the network before it is used.

    Attributes:
        inputs: The file of weights, if it was given one, and that of a network that was trained here.
        device, precision: Where and in which number format it runs.
        module: The network.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The device cannot be used.
        WeightsError: The weights are not at hand.
    """

    options: RecipeOptions
    layers: Sequence[str]
    head: bool = False
    changes: tuple[Callable[[nn.Module], nn.Module], ...] = ()
    inputs: dict[str, Input] = field(init=False, default_factory=dict)
    _fields: dict[tuple[int, int], dict[str, ReceptiveField | None]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        options = self.options
        own = networks.is_own(options.network)
        if own and (options.weights is not None or options.pooling != "max"):
            where = "in your function" if ":" in options.network else "when you train it"
            raise OptionError(f"{options.network} is yours: give it its --weights and --pooling {where}.")
        _ = self.device, self.module  # what is wrong is said at once
        self.check_layers(self.layers)
        if self._has_weights_file:
            self.inputs["weights"] = Input.of(str(options.weights))
        trained = networks.trained_file(options.network) if own else None
        if trained is not None:
            self.inputs["network"] = Input.of(trained)

    @cached_property
    def device(self) -> torch.device:  # noqa: D102
        return choose_device(self.options.device)

    @cached_property
    def precision(self) -> torch.dtype:  # noqa: D102
        if not isinstance(self.module, networks.Network):  # it does not know how to take pictures in another precision
            return torch.float32
        return choose_precision(self.options.precision, self.device)

    @cached_property
    def module(self) -> nn.Module:  # noqa: D102
        return self._shared(choose_precision(self.options.precision, self.device))

    @cached_property
    def in_float32(self) -> nn.Module:
        """The network in float32, to measure with."""
        return self.module if self.precision == torch.float32 else self._shared(torch.float32)

    def replaced(self, change: Callable[[nn.Module], nn.Module]) -> FrozenNetwork:
        """The same with another network, which a function makes from this one's; one's own is built anew."""
        return replace(self, changes=(*self.changes, change))

    @property
    def channels(self) -> int:
        """The channels of the pictures that it takes."""
        size = networks.input_size_of(self.module)
        if size:
            return size[0]
        first = next((each for each in self.module.modules() if isinstance(each, nn.Conv2d)), None)
        return first.in_channels if first is not None and first.in_channels == 1 else 3

    def in_channels(self, image: Tensor) -> Tensor:
        """An image (1, 3, H, W) as the network takes it: one of grey pictures is given the mean of the colours."""
        return image if image.shape[1] == self.channels else image.mean(dim=1, keepdim=True)

    @property
    def only_size(self) -> tuple[int, int] | None:
        """Height and width, if it takes no others; a network of the user's that has an ``input_size`` takes none."""
        size = networks.input_size_of(self.module)
        return size[1:] if size and getattr(self.module, "exact", True) else None

    @property
    def usual_side(self) -> int | None:
        """The longer side of the pictures for which the network was made, in pixels; None if it does not say."""
        size = networks.input_size_of(self.module)
        return max(size[1:]) if size else None

    def usual_size(self, size: int) -> int:
        """A size in pixels, or twice that for which the network was made, if that is less."""
        return min(size, 2 * (self.usual_side or size))

    @property
    def classes(self) -> int:
        """The number of classes that it tells apart.

        Raises:
            OptionError: What it puts out are no class scores.
        """
        shape = self.calls[-1].output
        if len(shape) != 2:
            raise OptionError(
                f"{self.options.network} with these weights ends in maps, not in class scores. "
                f"Take --network efficientnet_lite0, or other weights."
            )
        return shape[-1]

    @property
    def class_names(self) -> networks.ClassNames:
        """The names of the classes. Raises as `classes`."""
        names = self.module.classes if isinstance(self.module, networks.Network) else ()
        return tuple((name,) for name in names) if names else networks.class_names(self.classes)

    def check_layers(self, layers: Iterable[str]) -> None:
        """Raise UnknownNameError for the first name that is not a layer of the network."""
        try:
            check_layers(self.module, layers)
        except UnknownNameError as error:
            raise error.with_hint(f"{self._list_of_layers}.") from None

    @property
    def _list_of_layers(self) -> str:
        return f"atelier networks {self.options.network} lists them, and says which to choose for what"

    def check_maps(self) -> None:
        """Raise OptionError if one of its layers does not give maps, (B, C, H, W)."""
        with torch.no_grad():
            for layer, found in extract(self.module, self._probe, self.layers).items():
                if found.ndim != 4:
                    raise OptionError(
                        f"{layer} of {self.options.network} gives no maps, but {tuple(found.shape[1:])} values. "
                        f"Take a layer of convolutions; {self._list_of_layers}."
                    )

    def normalized_layers(self) -> list[str]:
        """Paths of the batch normalisations that run and have kept their statistics, in the order in which they run."""
        return [
            call.path
            for call in self.calls
            if isinstance(call.module, nn.BatchNorm1d | nn.BatchNorm2d)
            and call.module.running_mean is not None
            and len(call.output) in (2, 4)
        ]

    def fields(self, size: Sequence[int]) -> dict[str, ReceptiveField | None]:
        """What a position of each of its layers sees of a picture of a height and width; None if it sees all of it."""
        size = (int(size[0]), int(size[1]))
        if size not in self._fields:
            found = self._first_calls(trace_picture(self.module, (self.channels, *size)))
            pixel = {PIXELS: ReceptiveField(Axis(1, 1, 0), Axis(1, 1, 0))} if PIXELS in self.layers else {}
            self._fields[size] = {**{layer: call.field for layer, call in found.items()}, **pixel}
        return self._fields[size]

    def widths(self) -> dict[str, int]:
        """How many channels or values each of its layers has."""
        pixel = {PIXELS: self.channels} if PIXELS in self.layers else {}
        return {**{layer: call.output[1] for layer, call in self._first_calls(self.calls).items()}, **pixel}

    def least_side(self) -> int:
        """The pixels for which one position of its coarsest layer stands, along one axis."""
        return max([1, *self.strides().values()])

    def strides(self) -> dict[str, int]:
        """The pixels for which a position of each of its layers that gives maps stands, along one axis."""
        _, _, height, _ = self._probe.shape
        outputs = {layer: call.output for layer, call in self._first_calls(self.calls).items() if layer != OUTPUT}
        strides = {layer: -(-height // output[-2]) for layer, output in outputs.items() if len(output) == 4}
        return {PIXELS: 1, **strides}

    def _first_calls(self, calls: Sequence[Call]) -> dict[str, Call]:
        """Of each of its layers the first time that it ran, as `extract` takes it; none of the pixels.

        Raises:
            OptionError: A layer was not run.
        """
        named = networks.named_layers(self.module) | {OUTPUT: ""}
        by_path = {call.path: call for call in reversed(calls)}
        layers = [layer for layer in self.layers if layer != PIXELS]
        for layer in layers:
            if named.get(layer, layer) not in by_path:
                raise OptionError(f"{self.options.network} does not run {layer}. {self._list_of_layers}.")
        return {layer: by_path[named.get(layer, layer)] for layer in layers}

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

    def within_memory(self, pixels: int, longest: int, more: int, advice: str = "Lower --size") -> FrozenNetwork:
        """The network as it fits in the memory that is free: itself, or with checkpoints. Arguments of `take_memory`.

        Raises:
            MemoryLimitError: A step on so many pixels does not fit with checkpoints either.
        """
        fits = self.memory(pixels) + more <= available_memory(self.device)
        fitting = self if fits else self.replaced(networks.with_checkpoints)
        fitting.take_memory(pixels, longest, more, advice)
        return fitting

    def take_memory(self, pixels: int, longest: int, more: int, advice: str = "Lower --size") -> None:
        """Raise MemoryLimitError if a step on so many pixels would not fit in the memory that is free.

        On a CPU with plenty of it, the process is told to keep what it frees, which is faster.

        Args:
            pixels: Of the largest picture, times how many of them are looked at together.
            longest: Its longest side.
            more: Bytes beside the network's.
            advice: What to do.
        """
        needed, free = self.memory(pixels) + more, available_memory(self.device)
        if needed > free:
            fits = int(longest * math.sqrt(free / needed) * 0.95)
            raise too_little_memory(needed, free, f"{advice}: about {fits} pixels would fit.")
        if self._has_plenty(needed):
            keep_freed_memory()

    def peak_memory(self, pixels: int, more: int) -> int:
        """Bytes that `take_memory` comes to take; what is kept is in pieces."""
        needed = self.memory(pixels) + more
        return int(_KEPT * needed) if self._has_plenty(needed) and keep_freed_memory() else needed

    def _has_plenty(self, needed: int) -> bool:
        return self.device.type == "cpu" and needed < available_memory(self.device) / _PLENTY

    def memory(self, pixels: int) -> int:
        """Bytes that a step on so many pixels needs beside what the process has already."""
        _, _, height, width = self._probe.shape
        values = self._values_computed() / (height * width) * pixels
        factor = _CHECKPOINTED if networks.is_checkpointed(self.module) else 1.0
        return int(values * _BYTES_PER_VALUE[self.precision] * factor)

    def _values_computed(self) -> int:
        """Values that the modules put out for the probe, up to the deepest layer."""
        named = networks.named_layers(self.module)
        wanted = {named.get(layer, layer) for layer in self.layers if layer != PIXELS}
        computed, values = 0, 0
        for call in self.calls:
            if call.leaf:
                computed += math.prod(call.output)
            if call.path in wanted or OUTPUT in wanted:
                values = computed
        return values

    @cached_property
    def _probe(self) -> Tensor:
        side = max(_PROBE, getattr(self.module, "smallest", 0))
        return torch.zeros(1, self.channels, *(self.only_size or (side, side)), device=self.device)

    @cached_property
    def calls(self) -> list[Call]:
        """What it runs, for an empty picture."""
        return trace_picture(self.module, self._probe.shape[1:])

    @property
    def _has_weights_file(self) -> bool:
        options = self.options
        return options.weights is not None and networks.is_weights_file(options.network, options.weights)

    def _shared(self, precision: torch.dtype) -> nn.Module:
        """The network in a number format; one for all who use the same at the same time, as the parts of a sheet."""
        options = self.options
        key = options.network, options.weights, options.pooling, self.head, self.changes, str(self.device), precision
        if networks.is_own(options.network) or options.weights == RANDOM or self._has_weights_file:
            return self._built(precision)  # what the name stands for may change
        network = _SHARED.get(key)
        if network is None:
            network = _SHARED[key] = self._built(precision)
        return network

    def _built(self, precision: torch.dtype) -> nn.Module:
        network = self._from_registry()
        for change in self.changes:
            network = change(network)
        network = network.to(self.device)
        network = (
            networks.in_precision(network, precision) if isinstance(network, networks.Network) else network.float()
        )
        return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def _from_registry(self) -> nn.Module:
        options = self.options
        if networks.is_own(options.network):
            return networks.build(options.network).requires_grad_(False).eval()
        chosen: dict[str, Any] = {} if options.pooling == "max" else {"pooling": options.pooling}
        if options.weights == RANDOM:
            with torch.random.fork_rng():
                torch.manual_seed(options.seed)
                return networks.build(options.network, **chosen).requires_grad_(False).eval()
        headless: dict[str, Any] = {} if self.head else {"num_classes": 0}
        return networks.build(options.network, weights=options.weights, **headless, **chosen)


_SHARED: WeakValueDictionary[tuple[Any, ...], nn.Module] = WeakValueDictionary()
"""The networks that somebody uses now."""


def has_head(options: RecipeOptions) -> bool:
    """Whether the network with these weights has its dense layers; ``oxford`` has none."""
    return options.weights != "oxford"


def with_weights(options: _Options) -> _Options:
    """The options with the network's weights by name: ``oxford`` where it has them, else the first that it has."""
    if networks.is_own(options.network) or options.weights is not None:
        return options
    known = networks.weights_of(options.network)
    return options.model_copy(update={"weights": "oxford" if "oxford" in known or not known else known[0]})
