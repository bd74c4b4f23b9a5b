"""Networks of every class of the registry can be looked into, untrained.

Of a family that shares its code the smallest members stand for all; `test_summary.py` goes through every name.
"""

from functools import lru_cache

import pytest
import torch
from conftest import gradient_picture

from deepatelier import networks
from deepatelier.errors import OptionError
from deepatelier.features import trace
from deepatelier.interpretation import (
    choices,
    class_activation_map,
    deconvolution,
    filter_layers,
    filters,
    grad_cam,
    last_maps,
    occlusion,
    saliency,
)
from deepatelier.networks.autoencoders import Autoencoder

AVERAGED = ["googlenet", "googlenet_auxiliary", "googlenet_torchvision", "resnet18", "resnet50", "resnet20", "plain20"]
AVERAGED += ["resnet20_projection", "densenet121", "se_resnet50", "efficientnet_lite0"]
"""They end in global average pooling."""
WITH_MAPS = ["digits_conv5", "digits_conv32", "lenet5", "lenet5_original", "alexnet", "zfnet", "vgg11_gap", "vgg11_bn"]
WITH_MAPS += ["airbench", "encoder_conv"]
"""Their maps come to the classes in another way."""
WITHOUT_MAPS = ["linear", "mlp"]
AUTOENCODERS = [name for name in networks.names("pictures") if issubclass(networks.class_of(name), Autoencoder)]
"""They have no classes."""
UNRECTIFIED = {"lenet5_original", "airbench"}


def image_for(network) -> torch.Tensor:
    """As small as the network takes it."""
    channels, height, width = network.input_size
    side = max(64, network.smallest)
    size = (height, width) if network.exact else (side, side)
    picture = gradient_picture(80, 80).tensor(size)
    return picture if channels == 3 else picture.mean(dim=1, keepdim=True)


@lru_cache(maxsize=1)
def _looked_at(name):
    """A network, a picture for it, what is advised and the layer of its last maps: its checks follow each other."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = networks.build(name).eval().requires_grad_(False)
    image = image_for(network)
    with torch.device("meta"):
        calls = trace(networks.blueprint(name), torch.empty(image.shape))
    return network, image, choices(network, calls), last_maps(network, calls)


def _has_saliency(network, image, advised, layer):
    assert saliency(network, image, 1).shape == (1, *image.shape[-2:])


def _can_be_covered(network, image, advised, layer):
    window = min(image.shape[-2:])
    assert occlusion(network, image, [0, 1], window=window, stride=window).shape == (2, 1, 1)


def _has_filters(network, image, advised, layer):
    assert filters(network, filter_layers(network)[0]).shape[1] == network.input_size[0]


def _has_no_maps(network, image, advised, layer):
    assert layer is None


def _has_a_grad_cam(network, image, advised, layer):
    assert grad_cam(network, image, 1, layer).ndim == 3


def _has_a_class_activation_map(network, image, advised, layer):
    assert "look cam" in advised
    found = class_activation_map(network, image, 1)
    assert (found.maps.mean() + found.bias - found.scores).abs().item() < 1e-4 * max(1, found.scores.abs().item())


def _has_no_class_activation_map(network, image, advised, layer):
    assert "look cam" not in advised
    with pytest.raises(OptionError, match="global average pooling"):
        class_activation_map(network, image, 1)


def _can_be_deconvolved(network, image, advised, layer):
    rectified = [
        path for path, module in network.named_modules() if isinstance(module, (torch.nn.ReLU, torch.nn.ReLU6))
    ]
    assert deconvolution(network, image, rectified[0], [(0, 1, 1)]).shape == image.shape


def _checks():
    always = [_has_saliency, _can_be_covered, _has_filters]
    for name in WITHOUT_MAPS:
        yield from ((name, check) for check in (*always, _has_no_maps, _has_no_class_activation_map))
    for name in (*WITH_MAPS, *AVERAGED):
        cam = _has_a_class_activation_map if name in AVERAGED else _has_no_class_activation_map
        yield from ((name, check) for check in (*always, _has_a_grad_cam, cam))
        if name not in UNRECTIFIED:
            yield name, _can_be_deconvolved


def test_every_class_of_networks_is_looked_into():
    chosen = {type(networks.blueprint(name)) for name in (*WITHOUT_MAPS, *WITH_MAPS, *AVERAGED)}
    assert chosen == {networks.class_of(name) for name in networks.names("pictures") if name not in AUTOENCODERS}


def _id(given):
    return given if isinstance(given, str) else given.__name__.strip("_")


@pytest.mark.parametrize(("name", "check"), list(_checks()), ids=_id)
def test_a_network(name, check):
    pytest.importorskip("captum")
    check(*_looked_at(name))
