"""Every network of the registry can be looked into, untrained."""

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


def image_for(network) -> torch.Tensor:
    """As small as the network takes it."""
    channels, height, width = network.input_size
    side = max(64, network.smallest)
    size = (height, width) if network.exact else (side, side)
    picture = gradient_picture(80, 80).tensor(size)
    return picture if channels == 3 else picture.mean(dim=1, keepdim=True)


@pytest.mark.parametrize("name", networks.names())
def test_maps_filters_and_deconvolution(name):
    pytest.importorskip("captum")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = networks.build(name).eval().requires_grad_(False)
    image = image_for(network)
    with torch.device("meta"):
        calls = trace(networks.blueprint(name), torch.empty(image.shape))
    advised, layer = choices(network, calls), last_maps(network, calls)
    assert saliency(network, image, 1).shape == (1, *image.shape[-2:])
    window = min(image.shape[-2:])
    assert occlusion(network, image, [0, 1], window=window, stride=window).shape == (2, 1, 1)
    if layer is not None:
        assert grad_cam(network, image, 1, layer).ndim == 3
    if "look cam" in advised:
        found = class_activation_map(network, image, 1)
        assert (found.maps.mean() + found.bias - found.scores).abs().item() < 1e-4 * max(1, found.scores.abs().item())
    else:
        with pytest.raises(OptionError, match="global average pooling"):
            class_activation_map(network, image, 1)
    assert filters(network, filter_layers(network)[0]).shape[1] == network.input_size[0]
    rectified = [
        path for path, module in network.named_modules() if isinstance(module, (torch.nn.ReLU, torch.nn.ReLU6))
    ]
    if rectified and layer is not None:
        assert deconvolution(network, image, rectified[0], [(0, 1, 1)]).shape == image.shape
