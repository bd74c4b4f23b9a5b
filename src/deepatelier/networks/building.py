"""Build networks by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError, UnknownNameError, WeightsError
from deepatelier.networks import vgg
from deepatelier.networks.catalogue import CATALOGUE, Entry, Paper, Pretrained, what_serves_offline
from deepatelier.networks.initialization import check_initialization, initialize
from deepatelier.networks.layers import InputNormalization
from deepatelier.networks.naming import is_own, trained_file, unknown_network
from deepatelier.networks.network import Network
from deepatelier.networks.own import own_network
from deepatelier.networks.trained import read_trained
from deepatelier.weights import WEIGHT_FILES, Source, load_file

__all__ = [
    "blueprint",
    "build",
    "class_of",
    "input_kind",
    "is_weights_file",
    "names",
    "options_of",
    "paper_of",
    "source_of",
    "weights_of",
]


def names(takes: Literal["pictures", "sequences"] | None = None) -> list[str]:
    """Return the names of all networks, in the order of the catalogue; or of those that take pictures or sequences."""
    return [name for name in CATALOGUE if takes is None or input_kind(name) == takes]


def input_kind(name: str) -> Literal["pictures", "sequences"]:
    """Return what a network takes: pictures or sequences. Raises UnknownNameError."""
    return class_of(name).takes


def weights_of(name: str) -> list[str]:
    """Return the names of a network's pretrained weights. Raises UnknownNameError."""
    return sorted(_entry(name).weights)


def options_of(name: str) -> tuple[str, ...]:
    """Return the names of a network's options. Raises UnknownNameError."""
    return tuple(inspect.signature(_entry(name).builder).parameters)


def source_of(name: str, weights: str) -> Source | None:
    """Return the file of a network's named weights. Raises UnknownNameError."""
    return _pretrained(name, _entry(name), weights).source


def paper_of(name: str) -> Paper:
    """Return the paper of a network. Raises UnknownNameError."""
    return _entry(name).paper


def build(
    name: str, *, weights: str | Path | None = None, initialization: str | None = None, **options: Any
) -> nn.Module:
    """Build a network by name.

    Args:
        name: One of `names`; ``module:function`` for your own network, which the function returns; or a run folder, or
            the weights file of a run.
        weights: One of `weights_of`, or the path of a ``state_dict`` file (`deepatelier.weights.WEIGHT_FILES`); None
            initialises at random. With weights, the network is in evaluation mode, its parameters are frozen, and its
            input normalisation is that of the weights (for a file, that of the network's ``imagenet`` weights if it has
            1000 classes, and otherwise the network's default). ``oxford`` has no dense layers.
        initialization: One of `deepatelier.networks.INITIALIZATIONS`; None is the network's default.
        options: Options of the architecture: ``num_classes`` (0 omits the head, if the class supports it),
            ``in_channels``, ``pooling`` …

    Under ``torch.device("meta")``, nothing is allocated or initialised.

    Raises:
        UnknownNameError: There is no such network, weights, option or initialisation.
        OptionError: An option has a value that the network or its weights do not support.
        WeightsError: The weights are missing, or do not fit.
    """
    file = None if name in CATALOGUE else trained_file(name)
    if file is not None:
        if weights is not None or initialization is not None:
            raise OptionError(f"{name} has trained weights of its own. Leave weights and initialization out.")
        return _trained(file, options)
    if ":" in name:
        if weights is not None or initialization is not None or options:
            raise OptionError(f"{name} is your own network: set its weights and options in your function.")
        return own_network(name)
    entry = _entry(name)
    _check_options(name, entry.builder, options)
    if weights is not None:
        if initialization is not None:
            raise OptionError("Weights are loaded or initialised, not both. Leave initialization or weights out.")
        return _load(name, entry, weights, options)
    if initialization is not None:
        check_initialization(initialization)
    device = torch.get_default_device()
    with torch.device("meta"):
        network = entry.builder(**options)
    if device.type != "meta":
        network.to_empty(device=device)
        initialize(network, initialization or network.initialization)
    return network


def blueprint(name: str, **options: Any) -> nn.Module:
    """Build a network without weights on the meta device: names and shapes at no cost in memory or time.

    Args:
        name: As for `build`. Your own networks (``module:function``, or a run) are built with their weights.
        options: As for `build`.

    Raises:
        UnknownNameError: There is no such network or option.
        InputError: Your own network cannot be built.
    """
    if is_own(name):
        return build(name, **options)
    with torch.device("meta"):
        return build(name, **options)


def is_weights_file(name: str, weights: str | Path) -> bool:
    """Return whether these weights of a network are the path of a file, not one of the names of `weights_of`."""
    known = CATALOGUE[name].weights if name in CATALOGUE else {}
    return str(weights) not in known and Path(weights).suffix in WEIGHT_FILES


def _load(name: str, entry: Entry, weights: str | Path, options: dict[str, Any]) -> nn.Module:
    pretrained = _pretrained(name, entry, weights)
    for key, value in pretrained.options.items():
        given = options.setdefault(key, value)
        if given != value and not (key == "num_classes" and given == 0):
            raise OptionError(f"The weights {str(weights)!r} of {name} need {key}={value}, not {given}.")
    with torch.device("meta"):
        network = entry.builder(**options)
    normalization = pretrained.normalization() if pretrained.normalization else None
    _fill(network, pretrained.load(), f"The weights {str(weights)!r} do not fit {name}.", normalization)
    return network.eval().requires_grad_(False)


def _fill(
    network: Network, tensors: Mapping[str, Tensor], refusal: str, normalization: InputNormalization | None
) -> None:
    """Load weights into a network on the meta device, except those of a head that it does not have."""
    left_out = {part for part in network.head if getattr(network, part, None) is None}
    dtype = torch.get_default_dtype()
    state = {
        key: tensor.to(dtype) if tensor.is_floating_point() else tensor
        for key, tensor in tensors.items()
        if key.partition(".")[0] not in left_out
    }
    try:
        network.load_state_dict(state, strict=True, assign=True)
    except RuntimeError as error:
        reasons = [line.strip() for line in str(error).splitlines()[1:]]
        raise WeightsError(f"{refusal} {' '.join(reasons)[:200]}") from error
    if normalization:
        network.normalization = normalization
    for module in network.modules():  # buffers that are not in the file are still on the meta device
        if any(buffer.is_meta for buffer in module.buffers(recurse=False)):
            module.to_empty(device="cpu", recurse=False)
            getattr(module, "reset_parameters", lambda: None)()


def _trained(file: Path, options: dict[str, Any]) -> nn.Module:
    about = read_trained(file)
    entry = _entry(about.network)
    chosen = {**about.options, **options}
    _check_options(about.network, entry.builder, chosen)
    try:
        with torch.device("meta"):
            network = entry.builder(**chosen)
    except (TypeError, ValueError, KeyError, RuntimeError) as error:
        raise WeightsError(
            f"The network that {file} describes cannot be built ({error}). The file was changed."
        ) from error
    network.classes = about.classes
    if not network.exact:
        network.input_size = about.input_size
    _fill(
        network, load_file(file), f"The weights {file.name!r} do not fit {about.network}.", about.input_normalization()
    )
    return network.eval().requires_grad_(False)


def _pretrained(name: str, entry: Entry, weights: str | Path) -> Pretrained:
    if str(weights) in entry.weights:
        return entry.weights[str(weights)]
    path = Path(weights)
    if is_weights_file(name, weights):
        state = vgg.from_timm(load_file(path))
        with torch.device("meta"):
            last = next(reversed(entry.builder().state_dict()))  # of the last dense layer
        classes = len(state[last]) if last in state else None
        known = entry.weights.get("imagenet") if classes == 1000 else None
        takes_classes = "num_classes" in inspect.signature(entry.builder).parameters
        options = {"num_classes": classes} if classes and takes_classes else {}
        return Pretrained(lambda: state, known.normalization if known else None, options=options)
    if not entry.weights:
        raise OptionError(f"There are no pretrained weights for {name}. {what_serves_offline()}")
    raise UnknownNameError(f"set of weights for {name}", str(weights), sorted(entry.weights))


def _entry(name: str) -> Entry:
    if name not in CATALOGUE:
        raise unknown_network(name)
    return CATALOGUE[name]


def class_of(name: str) -> type[Network]:
    """Return the class that a builder builds; it may have some arguments already."""
    builder = _entry(name).builder
    built: type[Network] = builder.func if isinstance(builder, partial) else builder  # type: ignore[assignment]
    return built


def _check_options(name: str, builder: Callable[..., nn.Module], options: Mapping[str, Any]) -> None:
    known = list(inspect.signature(builder).parameters)
    has_head = bool(getattr(getattr(builder, "func", builder), "head", ()))
    least = {"num_classes": 0 if has_head else 1, "in_channels": 1, "input_size": 1}
    for key, value in options.items():
        if not known:
            raise OptionError(f"{name} has no options; received {key}.")
        if key not in known:
            raise UnknownNameError(f"option of {name}", key, known)
        if key in least and not isinstance(value, int):
            raise OptionError(f"{key} of {name} must be an integer; received {value!r}.")
        if key in least and value < least[key]:
            raise OptionError(f"{key} of {name} must be at least {least[key]}; received {value}.")
