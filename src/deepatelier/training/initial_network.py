"""The initial model of a training, adapted to its pictures."""

from __future__ import annotations

import math
import posixpath
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from deepatelier import networks
from deepatelier.data import Dataset, Labelled
from deepatelier.errors import OptionError
from deepatelier.images import resize
from deepatelier.networks import Airbench, Network
from deepatelier.networks.autoencoders import (
    Autoencoder,
    ConvolutionalAutoencoder,
    EncoderClassifier,
    VariationalAutoencoder,
)
from deepatelier.networks.layers import InputNormalization
from deepatelier.training.batches import SMALL
from deepatelier.training.train_job import TrainingOptions

__all__ = [
    "ENCODER",
    "InitialModel",
    "initial_model",
    "network_for",
    "normalization_of",
    "own_size_of",
    "resized",
    "size_of",
]

ENCODER = "encoder_conv"
"""The network that begins with the encoder of an autoencoder, whose run is given with --weights."""

_ENOUGH = 5000
"""The number of pictures from which the whitening of airbench is computed, and that are processed at a time."""

_SMALL = 32
"""The maximum height of a grey picture for which mlp is the default network."""

_LEAST_DEVIATION = 1e-3
"""The minimum standard deviation of a channel, which avoids a division by zero."""


@dataclass(frozen=True)
class InitialModel:
    """A network before its training.

    Attributes:
        network: The network.
        name: Its name in the registry.
        options: The options of its architecture.
        new: The path of the new module, if all others have pretrained weights; empty if all modules are new.
    """

    network: Network
    name: str
    options: dict[str, Any]
    new: str = ""


def network_for(options: TrainingOptions, dataset_shape: tuple[int, ...] | None) -> str:
    """Return the name of the network that the options select.

    Args:
        options: The options, with ``network``, with the ``weights`` of a training, or with neither.
        dataset_shape: (C, H, W) of the pictures, or (T, values at each step) of sequences; None if it is unknown, which
            selects a network for colour pictures.
    """
    if options.network is not None:
        if networks.is_own(options.network):
            raise OptionError(
                f"{options.network} is a network of your own, which cannot be trained here. Choose a --network of the "
                "registry; give the run folder of a training with --weights."
            )
        if options.network in networks.names() and issubclass(networks.class_of(options.network), Autoencoder):
            raise OptionError(f"{options.network} has no classes: train it with --task reconstruct.")
        return options.network
    trained = networks.trained_file(options.weights) if options.weights else None
    if trained is not None and trained.is_file():
        name = networks.read_trained(trained).network
        return ENCODER if issubclass(networks.class_of(name), Autoencoder) else name
    if dataset_shape is not None and len(dataset_shape) == 2:
        return "lstm"
    channels, height, _ = dataset_shape or (3, 32, 32)
    if height == 1:
        return "linear"
    if channels == 1:
        return "mlp" if height <= _SMALL else "digits_conv32"
    return "resnet20"


def own_size_of(options: TrainingOptions) -> int:
    """Return the native input height and width of the network that the options select."""
    return size_of(network_for(options, None))


def size_of(name: str) -> int:
    """Return the native input height and width of a network."""
    blueprint = networks.blueprint(name)
    assert isinstance(blueprint, Network)
    return blueprint.input_size[1]


def resized(dataset: Dataset, name: str, *, progressive: bool = False) -> Dataset:
    """Return the data set with pictures of at least the network's minimum size, or of its only size if it is fixed.

    Args:
        dataset: The pictures or sequences.
        name: The network.
        progressive: Whether the first epochs have smaller pictures.

    Raises:
        OptionError: The network takes pictures and the data set has sequences, or the other way round.
    """
    takes = networks.input_kind(name)
    if takes != dataset.contains:
        raise OptionError(
            f"{name} takes {takes}, but {dataset.name} contains {dataset.contains}. atelier networks lists the "
            "networks with their inputs."
        )
    if takes == "sequences":
        return dataset
    _, height, width = dataset.shape
    if height == width and _accepts(name, height):
        return dataset
    blueprint = networks.blueprint(name)
    assert isinstance(blueprint, Network)
    smallest = math.ceil(blueprint.smallest / SMALL) if progressive else blueprint.smallest
    size = max(height, smallest), max(width, smallest)
    if blueprint.exact:
        _, *only = blueprint.input_size
        size = only[0], only[1]
    if size == (height, width):
        return dataset

    def of(part: Labelled) -> Labelled:
        pieces = [_enlarged(part.images[start : start + _ENOUGH], size) for start in range(0, len(part), _ENOUGH)]
        return replace(part, images=torch.cat(pieces)) if pieces else part

    return replace(dataset, train=of(dataset.train), test=None if dataset.test is None else of(dataset.test))


def _accepts(name: str, side: int) -> bool:
    """Return whether a network can be built for square pictures of this height."""
    if "input_size" not in networks.options_of(name):
        return False
    try:
        networks.blueprint(name, input_size=side)
    except OptionError:
        return False
    return True


def _enlarged(images: Tensor, size: tuple[int, int]) -> Tensor:
    if images.dtype != torch.uint8:
        return resize(images, size)
    return resize(images / 255, size).clamp(0, 1).mul(255).round().to(torch.uint8)


def initial_model(options: TrainingOptions, dataset: Dataset, train: Labelled, outputs: int) -> InitialModel:
    """Build the network. Its weights depend on the seed; its input normalization depends on the training pictures.

    Args:
        options: See `TrainingOptions`.
        dataset: The data set, which gives the shape of the pictures.
        train: The training pictures, in a size that the network accepts.
        outputs: The number of outputs.

    Raises:
        UnknownNameError: There is no such network, initialization or weights.
        OptionError: The network does not accept these pictures, options or weights.
        WeightsError: The weights are not available, or are damaged.
    """
    name = network_for(options, dataset.shape)
    blueprint = networks.blueprint(name)
    if options.progressive_resizing and getattr(blueprint, "exact", True):
        raise OptionError(f"{name} accepts only one picture size. Leave --progressive-resizing out.")
    pretrained = None if options.weights is None else _pretrained(name, options.weights)
    chosen = _architecture(options, name, dataset.shape, outputs)
    if pretrained is not None and pretrained[1]:
        given = {key: value for key, value in pretrained[1].items() if key in networks.options_of(name)}
        if given.get("input_size", chosen.get("input_size")) != chosen.get("input_size"):
            trained, here = (f"{each['input_size']} x {each['input_size']} pixels" for each in (given, chosen))
            raise OptionError(
                f"The weights {options.weights} were trained on pictures of {trained}, but these have {here}. Give "
                "pictures of the same size, or resize your own with --size."
            )
        chosen = {**given, **chosen}
    with torch.random.fork_rng():
        torch.manual_seed(options.seed)
        network = networks.build(name, initialization=options.initialization, **chosen)
        assert isinstance(network, Network)
        if options.dropout and "dropout" not in chosen:
            _set_dropout(network, name, options.dropout)
        if pretrained is not None:
            return InitialModel(
                network, name, chosen, _copy_weights(network, pretrained[0], f"{options.weights} for {name}")
            )
    network.normalization = normalization_of(train)
    if isinstance(network, Airbench):
        order = torch.randperm(len(train), generator=torch.Generator().manual_seed(options.seed))
        network.whiten(train.pixels(order[:_ENOUGH]))
    return InitialModel(network, name, chosen)


def _architecture(options: TrainingOptions, name: str, shape: tuple[int, ...], outputs: int) -> dict[str, Any]:
    known = networks.options_of(name)
    if networks.input_kind(name) == "sequences":
        given = {"width": options.width, "num_layers": options.layers, "bidirectional": options.bidirectional}
        needed = {"num_classes": outputs, "in_channels": shape[-1], **given}
        chosen: dict[str, Any] = {key: value for key, value in needed.items() if value is not None}
    else:
        chosen = _for_pictures(name, known, shape, outputs)
    if options.dropout and "dropout" in known:
        chosen["dropout"] = options.dropout
    if options.batch_norm:
        if "batch_norm" not in known:
            suitable = [each for each in networks.names() if "batch_norm" in networks.options_of(each)]
            raise OptionError(f"{name} has no option --batch-norm. Networks with it: {', '.join(suitable)}.")
        chosen["batch_norm"] = True
    return chosen


def _for_pictures(name: str, known: tuple[str, ...], shape: tuple[int, ...], outputs: int) -> dict[str, Any]:
    """Return the options of a network that depend on the pictures (C, H, W) and the number of outputs."""
    channels, height, _ = shape
    default = networks.blueprint(name)
    assert isinstance(default, Network)
    needed = {"num_classes": outputs, "in_channels": channels, "input_size": height}
    fixed = {"num_classes": 10, "in_channels": default.input_size[0]}
    for key, words in (("num_classes", "outputs"), ("in_channels", "channels")):
        if key not in known and needed[key] != fixed[key]:
            raise OptionError(f"{name} always has {fixed[key]} {words}, but these pictures need {needed[key]}.")
    return {key: value for key, value in needed.items() if key in known}


def _set_dropout(network: Network, name: str, probability: float) -> None:
    found = [module for module in network.modules() if isinstance(module, nn.Dropout)]
    if not found:
        raise OptionError(f"{name} has no dropout. Leave --dropout out, or use mlp, digits_conv5, alexnet or a VGG.")
    for module in found:
        module.p = probability


def normalization_of(train: Labelled) -> InputNormalization:
    """Return the normalization to mean 0 and standard deviation 1 per channel; none for data that are not pictures."""
    if train.images.dtype != torch.uint8:
        return InputNormalization()
    moments = torch.zeros(2, train.images.shape[1], dtype=torch.float64)
    for start in range(0, len(train), _ENOUGH):
        pixels = train.pixels(slice(start, start + _ENOUGH)).double()
        moments += torch.stack([pixels.sum(dim=(0, 2, 3)), pixels.square().sum(dim=(0, 2, 3))])
    mean, square = moments / (train.images.numel() / train.images.shape[1])
    deviation = (square - mean.square()).clamp(min=_LEAST_DEVIATION**2).sqrt()
    return InputNormalization(tuple(mean.tolist()), tuple(deviation.tolist()))


def _pretrained(name: str, weights: str) -> tuple[Network, dict[str, Any]]:
    """Return a network with pretrained weights, and the options of its architecture if they are from a run folder."""
    file = None if weights in networks.weights_of(name) else networks.trained_file(weights)
    if file is not None and networks.was_trained_here(file):
        about = networks.read_trained(file)
        network, options = networks.build(str(file)), dict(about.options)
        if name == ENCODER and isinstance(network, Autoencoder):
            return _encoder_of(network, weights)
        if about.network != name:
            raise OptionError(f"The weights {weights} belong to {about.network}, not to {name}.")
    else:
        network, options = networks.build(name, weights=weights), {}
    assert isinstance(network, Network)
    return network, options


def _encoder_of(network: Autoencoder, weights: str) -> tuple[Network, dict[str, Any]]:
    """Return the classifier that begins with the encoder of an autoencoder, and the options of its architecture."""
    if not isinstance(network, (ConvolutionalAutoencoder, VariationalAutoencoder)):
        raise OptionError(
            f"The encoder of {weights} has no convolutions. Train autoencoder_conv, autoencoder_denoising or vae, and "
            "give that run with --weights."
        )
    channels, side, _ = network.input_size
    return EncoderClassifier.of(network), {"in_channels": channels, "input_size": side}


def _copy_weights(network: Network, pretrained: Network, words: str) -> str:
    """Copy pretrained weights, except those of the last dense layer. Return the path of the new module."""
    last = [path for path, module in network.named_modules() if isinstance(module, nn.Linear)][-1]
    state: dict[str, Tensor] = network.state_dict()
    given = {key: each for key, each in pretrained.state_dict().items() if not key.startswith(f"{last}.")}
    for key, tensor in given.items():
        if key not in state or state[key].shape != tensor.shape:
            here = f"has the shape {tuple(state[key].shape)}" if key in state else "does not exist"
            raise OptionError(
                f"The weights {words} do not fit these pictures and options: "
                f"{key} has the shape {tuple(tensor.shape)} in the weights, but {here} in the network."
            )
    if not given:
        raise OptionError(f"The weights {words} contain only the last layer, which is always new.")
    network.normalization = pretrained.normalization
    network.load_state_dict({**state, **given})
    paths = [key.rpartition(".")[0].replace(".", "/") for key in state.keys() - given]
    return posixpath.commonpath(paths).replace("/", ".")
