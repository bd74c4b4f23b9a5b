"""The feature extractor: the frozen network that a recipe's options name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import torch
from torch import Tensor, nn

from deepatelier import networks
from deepatelier.devices import choose_device, choose_precision
from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.features.extraction import check_layers, where_layers_are_listed
from deepatelier.features.geometry import Geometry
from deepatelier.inputs import Input
from deepatelier.options import RecipeOptions

__all__ = ["RANDOM", "FeatureExtractor", "has_head", "with_weights"]

_Options = TypeVar("_Options", bound=RecipeOptions)

RANDOM = "random"
"""The name for the weights of an untrained network."""


@dataclass(frozen=True)
class FeatureExtractor:
    """A frozen network with its device and dtype, for the activations of some layers.

    Args:
        options: The options for network, weights, pooling, device and precision; see `with_weights`.
        layers: The names of the layers.
        head: Whether the dense layers at the end are needed, for networks that can be built without.
        changes: Functions that modify the network before it is used.

    Attributes:
        inputs: The file of weights, if one was given, and that of a network that was trained here.
        device, precision: The device and the dtype of the network.
        module: The network.

    Raises:
        UnknownNameError: No such network, weights or layer.
        OptionError: The device cannot be used, or the network takes sequences.
        WeightsError: The weights are not available.
    """

    options: RecipeOptions
    layers: Sequence[str]
    head: bool = False
    changes: tuple[Callable[[nn.Module], nn.Module], ...] = ()
    inputs: dict[str, Input] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        options = self.options
        own = networks.is_own(options.network)
        if own and (options.weights is not None or options.pooling != "max"):
            where = "in your function" if ":" in options.network else "when you train it"
            raise OptionError(f"{options.network} is yours: give it its --weights and --pooling {where}.")
        takes = getattr(self.module, "takes", "pictures") if own else networks.input_kind(options.network)
        if takes != "pictures":
            raise OptionError(
                f"{options.network} takes {takes}, not pictures. Choose another --network: atelier networks lists "
                "them with their inputs."
            )
        _ = self.device, self.module  # fail early on bad options
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
        if not isinstance(self.module, networks.Network):  # it does not convert its input to another dtype
            return torch.float32
        return choose_precision(self.options.precision, self.device)

    @cached_property
    def module(self) -> nn.Module:  # noqa: D102
        return self._shared(choose_precision(self.options.precision, self.device))

    @cached_property
    def in_float32(self) -> nn.Module:
        """The network in float32, for measurements."""
        return self.module if self.precision == torch.float32 else self._shared(torch.float32)

    @cached_property
    def geometry(self) -> Geometry:
        """The sizes of its layers, and their receptive fields."""
        return Geometry(self.options.network, self.module, self.layers, self.channels, self.only_size, self.device)

    def replaced(self, change: Callable[[nn.Module], nn.Module]) -> FeatureExtractor:
        """Return the same with another network, which a function makes from this one. A user's own is built anew."""
        return replace(self, changes=(*self.changes, change))

    @property
    def channels(self) -> int:
        """The number of input channels."""
        size = networks.input_size_of(self.module)
        if size:
            return size[0]
        first = next((each for each in self.module.modules() if isinstance(each, nn.Conv2d)), None)
        return first.in_channels if first is not None and first.in_channels == 1 else 3

    def in_channels(self, image: Tensor) -> Tensor:
        """Return an image (1, 3, H, W) with the network's number of channels: for one channel, their mean."""
        return image if image.shape[1] == self.channels else image.mean(dim=1, keepdim=True)

    @property
    def only_size(self) -> tuple[int, int] | None:
        """The fixed input height and width, or None. A user's network with an ``input_size`` has a fixed one."""
        size = networks.input_size_of(self.module)
        return size[1:] if size and getattr(self.module, "exact", True) else None

    @property
    def usual_side(self) -> int | None:
        """The longer side of the network's standard input size, in pixels; None if unknown."""
        size = networks.input_size_of(self.module)
        return max(size[1:]) if size else None

    def usual_size(self, size: int) -> int:
        """Return a size in pixels, limited to twice the network's standard input size."""
        return min(size, 2 * (self.usual_side or size))

    @property
    def classes(self) -> int:
        """The number of classes.

        Raises:
            OptionError: The output is not a vector of class scores.
        """
        shape = self.geometry.calls[-1].output
        if len(shape) != 2:
            raise OptionError(
                f"{self.options.network} with these weights ends in feature maps, not in class scores. "
                f"Use --network efficientnet_lite0, or other weights."
            )
        return shape[-1]

    @property
    def class_names(self) -> networks.ClassNames:
        """The names of the classes. Raises the same as `classes`."""
        names = self.module.classes if isinstance(self.module, networks.Network) else ()
        return tuple((name,) for name in names) if names else networks.class_names(self.classes)

    def check_layers(self, layers: Iterable[str]) -> None:
        """Raise UnknownNameError for the first name that is not a layer of the network."""
        try:
            check_layers(self.module, layers)
        except UnknownNameError as error:
            raise error.with_hint(f"{where_layers_are_listed(self.options.network)}.") from None

    @property
    def _has_weights_file(self) -> bool:
        options = self.options
        return options.weights is not None and networks.is_weights_file(options.network, options.weights)

    def _shared(self, precision: torch.dtype) -> nn.Module:
        """Return the network in a dtype, shared by all users at the same time, such as the jobs of a sheet."""
        options = self.options
        key = options.network, options.weights, options.pooling, self.head, self.changes, str(self.device), precision
        if networks.is_own(options.network) or options.weights == RANDOM or self._has_weights_file:
            return self._built(precision)  # a user's function or file may have changed: do not share
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
        with torch.random.fork_rng():  # networks without given weights are initialised at random
            torch.manual_seed(options.seed)
            if networks.is_own(options.network):
                return networks.build(options.network).requires_grad_(False).eval()
            chosen: dict[str, Any] = {} if options.pooling == "max" else {"pooling": options.pooling}
            if options.weights == RANDOM:
                return networks.build(options.network, **chosen).requires_grad_(False).eval()
            headless: dict[str, Any] = {} if self.head else {"num_classes": 0}
            return networks.build(options.network, weights=options.weights, **headless, **chosen)


_SHARED: WeakValueDictionary[tuple[Any, ...], nn.Module] = WeakValueDictionary()
"""The networks that are in use."""


def has_head(options: RecipeOptions) -> bool:
    """Return whether the network with these weights has its dense layers; ``oxford`` has none."""
    return options.weights != "oxford"


def with_weights(options: _Options) -> _Options:
    """Return the options with a name for the weights: ``oxford`` if the network has them, else its first."""
    if networks.is_own(options.network) or options.weights is not None:
        return options
    known = networks.weights_of(options.network)
    return options.model_copy(update={"weights": "oxford" if "oxford" in known or not known else known[0]})
