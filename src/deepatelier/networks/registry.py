"""The registry of networks: one dict, from names to builders, papers and weights."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from deepatelier.errors import InputError, OptionError, UnknownNameError, WeightsError
from deepatelier.networks import efficientnet_lite, vgg
from deepatelier.networks.alexnet import AlexNet
from deepatelier.networks.densenet import DenseNet
from deepatelier.networks.digits import DigitConvNet
from deepatelier.networks.efficientnet_lite import EfficientNetLite0
from deepatelier.networks.googlenet import GoogLeNet
from deepatelier.networks.initialization import initialize
from deepatelier.networks.layers import InputNormalization
from deepatelier.networks.lenet import LeNet5, LeNet5Original
from deepatelier.networks.mlp import MLP
from deepatelier.networks.resnet import CifarResNet, ResNet
from deepatelier.networks.senet import SENet
from deepatelier.networks.vgg import VGG
from deepatelier.networks.zfnet import ZFNet
from deepatelier.weights import HubFile, UrlFile, load_file, load_hub_file, load_url_file

__all__ = ["Paper", "blueprint", "build", "names", "paper_of", "weights_of"]


@dataclass(frozen=True)
class Paper:
    """Where a network comes from."""

    authors: str
    year: int
    title: str


@dataclass(frozen=True)
class _Pretrained:
    """A set of weights: how to get it, its input normalisation, and the options under which it fits the network."""

    load: Callable[[], dict[str, Tensor]]
    normalization: Callable[[], InputNormalization]
    options: Mapping[str, Any] = field(default_factory=dict)
    offline: bool = True


@dataclass(frozen=True)
class _Entry:
    builder: Callable[..., nn.Module]
    paper: Paper
    weights: Mapping[str, _Pretrained] = field(default_factory=dict)


_REGISTRY: dict[str, _Entry] = {}


def _register(name: str, paper: Paper, builder: Callable[..., nn.Module], **weights: _Pretrained) -> None:
    if name in _REGISTRY:
        raise ValueError(f"the network {name!r} is registered twice")
    _REGISTRY[name] = _Entry(builder, paper, weights)


def _imagenet_normalization() -> InputNormalization:
    """What weights take that were trained as torchvision's: the mean and deviation of ImageNet's colours."""
    return InputNormalization(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


_IMAGENET = {"in_channels": 3, "num_classes": 1000}


def _hub(
    repository: str, convert: Callable[[dict[str, Tensor]], dict[str, Tensor]] = lambda tensors: tensors
) -> _Pretrained:
    """ImageNet weights on the hub."""
    return _Pretrained(
        lambda: convert(load_hub_file(HubFile(repository), instead=_what_serves_offline())),
        _imagenet_normalization,
        _IMAGENET,
        offline=False,
    )


def _url(
    url: str, normalization: Callable[[], InputNormalization] = _imagenet_normalization, **holds: Any
) -> _Pretrained:
    """ImageNet weights at an address; ``holds`` are options of the network that was saved."""
    return _Pretrained(
        lambda: load_url_file(UrlFile(url), instead=_what_serves_offline()),
        normalization,
        _IMAGENET | holds,
        offline=False,
    )


_MLP = Paper("Müller", 2019, "Introduction to Deep Learning: MLP for digit recognition")
_DIGITS = Paper("Loo", 2017, "Deep Learning: comparison on digits")
_LENET = Paper("LeCun, Bottou, Bengio, Haffner", 1998, "Gradient-Based Learning Applied to Document Recognition")
_ALEXNET = Paper("Krizhevsky, Sutskever, Hinton", 2012, "ImageNet Classification with Deep Convolutional Networks")
_ONE_TOWER = Paper("Krizhevsky", 2014, "One Weird Trick for Parallelizing Convolutional Neural Networks")
_ZFNET = Paper("Zeiler, Fergus", 2013, "Visualizing and Understanding Convolutional Networks")
_VGG = Paper("Simonyan, Zisserman", 2014, "Very Deep Convolutional Networks for Large-Scale Image Recognition")
_GOOGLENET = Paper("Szegedy et al.", 2014, "Going Deeper with Convolutions")
_RESNET = Paper("He, Zhang, Ren, Sun", 2015, "Deep Residual Learning for Image Recognition")
_DENSENET = Paper("Huang, Liu, van der Maaten, Weinberger", 2016, "Densely Connected Convolutional Networks")
_SENET = Paper("Hu, Shen, Sun", 2017, "Squeeze-and-Excitation Networks")
_EFFICIENTNET = Paper("Tan, Le", 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks")

_register("mlp", _MLP, MLP)
_register("digits_dense", _DIGITS, partial(MLP, hidden=(280, 280)))
for _name in ("conv5", "conv32", "conv64"):
    _register(f"digits_{_name}", _DIGITS, partial(DigitConvNet, _name))
_register("lenet5", _LENET, LeNet5)
_register("lenet5_original", _LENET, LeNet5Original)
_register("alexnet", _ALEXNET, AlexNet)
_register(
    "alexnet_torchvision",
    _ONE_TOWER,
    partial(AlexNet, (64, 192, 384, 256, 256), normalized=False),
    imagenet=_url("https://download.pytorch.org/models/alexnet-owt-7be5be79.pth"),
)
_register("zfnet", _ZFNET, ZFNet)

_OXFORD = _Pretrained(vgg.load_oxford, vgg.oxford_normalization, {"num_classes": 0, "in_channels": 3})
for _configuration, _depth in {"A": 11, "B": 13, "D": 16, "E": 19}.items():
    _oxford = {"oxford": _OXFORD} if _depth == 19 else {}
    _name, _builder = f"vgg{_depth}", partial(VGG, _configuration)
    _register(_name, _VGG, _builder, imagenet=_hub(f"timm/{_name}.tv_in1k", vgg.from_timm), **_oxford)
    _register(
        f"{_name}_bn",
        _VGG,
        partial(_builder, batch_norm=True),
        imagenet=_hub(f"timm/{_name}_bn.tv_in1k", vgg.from_timm),
    )
    _register(f"{_name}_gap", _VGG, partial(_builder, head="average"))
_register("vgg11_lrn", _VGG, partial(VGG, "A-LRN"))
_register("vgg16_c", _VGG, partial(VGG, "C"))

_register("googlenet", _GOOGLENET, GoogLeNet)
_register("googlenet_auxiliary", _GOOGLENET, partial(GoogLeNet, auxiliary=True))
_register("googlenet_naive", _GOOGLENET, partial(GoogLeNet, naive=True))
_register(
    "googlenet_torchvision",
    _GOOGLENET,
    partial(GoogLeNet, torchvision=True),
    imagenet=_url(
        "https://download.pytorch.org/models/googlenet-1378be20.pth",
        lambda: InputNormalization(mean=(0.5,), std=(0.5,)),
        auxiliary=True,
    ),
)

for _depth in (18, 34, 50, 101, 152):
    _name = f"resnet{_depth}"
    _register(_name, _RESNET, partial(ResNet, _depth), imagenet=_hub(f"timm/{_name}.tv_in1k"))
for _depth in (20, 56):
    _register(f"resnet{_depth}", _RESNET, partial(CifarResNet, _depth))
    _register(f"resnet{_depth}_projection", _RESNET, partial(CifarResNet, _depth, "projection"))
    _register(f"plain{_depth}", _RESNET, partial(CifarResNet, _depth, "none"))

for _depth in (121, 161, 169, 201):
    _name = f"densenet{_depth}"
    _register(_name, _DENSENET, partial(DenseNet, _depth), imagenet=_hub(f"timm/{_name}.tv_in1k"))

_TIMM = "https://github.com/rwightman/pytorch-image-models/releases/download"
for _name, _file in {
    "se_resnet50": "v0.1-cadene/se_resnet50-ce0d4300.pth",
    "senet154": "v0.1-weights/legacy_senet154-e9eb9fe6.pth",
}.items():
    _register(_name, _SENET, partial(SENet, _name), imagenet=_url(f"{_TIMM}/{_file}"))

_register(
    "efficientnet_lite0",
    _EFFICIENTNET,
    EfficientNetLite0,
    imagenet=_Pretrained(efficientnet_lite.load_imagenet, efficientnet_lite.tensorflow_normalization, _IMAGENET),
)


def names() -> list[str]:
    """The names of all networks, in the order of their papers."""
    return list(_REGISTRY)


def weights_of(name: str) -> list[str]:
    """The names of the pretrained weights that a network has. Raises UnknownNameError."""
    return sorted(_entry(name).weights)


def paper_of(name: str) -> Paper:
    """Where a network comes from. Raises UnknownNameError."""
    return _entry(name).paper


def build(
    name: str, *, weights: str | Path | None = None, initialization: str | None = None, **options: Any
) -> nn.Module:
    """Build a network by name.

    Args:
        name: One of `names`, or ``module:function`` for a network of your own: what the function returns.
        weights: One of `weights_of`, or the path of a ``.safetensors``, ``.pt`` or ``.pth`` file of a ``state_dict``;
            None initialises at random. With weights, the network is in evaluation mode, its parameters are frozen and
            its input normalisation is theirs (a file's is that of the network's ``imagenet``). ``oxford`` has no dense
            layers.
        initialization: One of `deepatelier.networks.INITIALIZATIONS`; None is the network's own.
        options: The architecture's own: ``num_classes`` (0 leaves the head out where the class says so),
            ``in_channels``, ``pooling`` …

    Under ``torch.device("meta")`` nothing is allocated or initialised.

    Raises:
        UnknownNameError: No such network, weights, option or initialisation; the nearest known names are given.
        OptionError: An option has a value that the network or its weights do not take.
        WeightsError: The weights are not at hand, or do not fit.
    """
    if ":" in name:
        if weights is not None or initialization is not None or options:
            raise OptionError(f"{name} is yours: give it its weights and options in your function.")
        return _own(name)
    entry = _entry(name)
    _check_options(name, entry.builder, options)
    if weights is not None:
        if initialization is not None:
            raise OptionError("Weights are loaded or initialised, not both. Leave initialization or weights out.")
        return _load(name, entry, weights, options)
    device = torch.get_default_device()
    with torch.device("meta"):
        network = entry.builder(**options)
    if device.type != "meta":
        network.to_empty(device=device)
        initialize(network, initialization or str(network.initialization))
    return network


def blueprint(name: str, **options: Any) -> nn.Module:
    """A network without its weights, on the meta device: names and shapes that cost neither memory nor time.

    Args:
        name: As of `build`; a network of your own (``module:function``) is built as it is, with its weights.
        options: As of `build`.

    Raises:
        UnknownNameError: No such network or option.
        InputError: A network of your own cannot be built.
    """
    if ":" in name:
        return build(name, **options)
    with torch.device("meta"):
        return build(name, **options)


def _load(name: str, entry: _Entry, weights: str | Path, options: dict[str, Any]) -> nn.Module:
    pretrained = _pretrained(name, entry, weights)
    for key, value in pretrained.options.items():
        if key == "auxiliary":  # with or without: what is not wanted is left out
            continue
        given = options.setdefault(key, value)
        if given != value and not (key == "num_classes" and given == 0):
            raise OptionError(f"The weights {str(weights)!r} of {name} need {key}={value}, not {given}.")
    saved = {**options, **pretrained.options}
    state = pretrained.load()
    with torch.device("meta"):
        network = complete = entry.builder(**options)
        if saved != options:
            complete = entry.builder(**saved)
    try:
        complete.load_state_dict(state, strict=True, assign=True)
    except RuntimeError as error:
        reasons = [line.strip() for line in str(error).splitlines()[1:]]
        raise WeightsError(f"The weights {str(weights)!r} do not fit {name}. {' '.join(reasons)[:200]}") from error
    if complete is not network:
        wanted = network.state_dict()
        network.load_state_dict({key: value for key, value in state.items() if key in wanted}, assign=True)
    network.normalization = pretrained.normalization()
    return network.eval().requires_grad_(False)


def _pretrained(name: str, entry: _Entry, weights: str | Path) -> _Pretrained:
    if weights in entry.weights:
        return entry.weights[str(weights)]
    path = Path(weights)
    if path.suffix in (".safetensors", ".pt", ".pth"):
        known = entry.weights.get("imagenet")
        return _Pretrained(lambda: load_file(path), known.normalization if known else InputNormalization)
    if not entry.weights:
        raise OptionError(f"There are no pretrained weights for {name}. {_what_serves_offline()}")
    raise UnknownNameError(f"set of weights for {name}", str(weights), sorted(entry.weights))


def _what_serves_offline() -> str:
    sets = [
        f"{name} with {weights}"
        for name, entry in _REGISTRY.items()
        for weights, pretrained in entry.weights.items()
        if pretrained.offline
    ]
    return f"Without a connection there are: {', '.join(sets)}."


def _own(name: str) -> nn.Module:
    """What the user's ``module:function`` returns; the module may lie in the working directory."""
    path, _, attribute = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        made = getattr(importlib.import_module(path), attribute)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise InputError(
            f"{name} gives no network ({error}). Give module:function, where module can be imported from here and the "
            "function takes no argument."
        ) from error
    finally:
        sys.path.pop(0)
    if not isinstance(made, nn.Module):
        raise InputError(f"{name} returned {type(made).__name__}, not a torch.nn.Module.")
    return made


def _entry(name: str) -> _Entry:
    if name not in _REGISTRY:
        raise UnknownNameError("network", name, names(), "A network of your own is module:function.")
    return _REGISTRY[name]


def _check_options(name: str, builder: Callable[..., nn.Module], options: Mapping[str, Any]) -> None:
    known = list(inspect.signature(builder).parameters)
    has_head = bool(getattr(getattr(builder, "func", builder), "head", ()))
    least = {"num_classes": 0 if has_head else 1, "in_channels": 1, "input_size": 1}
    for key, value in options.items():
        if key not in known:
            raise UnknownNameError(f"option of {name}", key, known)
        if key in least and value < least[key]:
            raise OptionError(f"{key} of {name} is {least[key]} or more; received {value}.")
