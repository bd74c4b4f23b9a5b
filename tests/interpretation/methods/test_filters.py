import pytest
import torch
from conftest import TinyNetwork

from deepatelier import networks
from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.features import extract
from deepatelier.interpretation import filter_layers, filters


@pytest.mark.parametrize(
    ("name", "weights", "layer"),
    [("vgg19", "oxford", "conv1_1"), ("efficientnet_lite0", "imagenet", "stem"), ("lenet5", None, "conv1")],
)
def test_the_first_layers_filters_are_derivatives_by_the_pictures_pixels(name, weights, layer):
    """Also where the network takes blue first, or divides by what its weights were trained with."""
    network = networks.build(name, weights=weights).eval().double()
    found = filters(network, layer)
    image = torch.rand(1, *network.input_size, dtype=torch.float64, requires_grad=True)
    output = extract(network, image, [layer])[layer]
    size = found.shape[-1]
    for channel in (0, 3, 5):
        (gradient,) = torch.autograd.grad(output[0, channel, 4, 4], image, retain_graph=True)
        rows = gradient[0].abs().sum(dim=(0, 2)).nonzero().flatten()
        top = int(rows.min())
        seen = gradient[0, :, top : top + size, top : top + size].float()
        assert torch.allclose(seen, found[channel], rtol=1e-4, atol=1e-6 * seen.abs().max().item())


def test_a_dense_layer_behind_the_picture_has_tiles_as_large_as_it():
    network = networks.build("mlp")
    assert filters(network, "fc1").shape == (512, 1, 28, 28)
    assert filter_layers(network) == ["fc1"]
    with pytest.raises(OptionError, match="has no filters"):
        filters(network, "fc2")


def test_deeper_filters_are_as_they_are(tiny):
    assert torch.equal(filters(tiny, "conv2"), tiny.conv2.weight)
    assert filter_layers(tiny) == ["conv1", "conv2"]


def test_what_has_no_filters():
    with pytest.raises(OptionError, match=r"relu1 is a ReLU and has no filters\. .* conv1, conv2"):
        filters(TinyNetwork(), "relu1")
    with pytest.raises(OptionError, match="no layer with filters"):
        filters(torch.nn.Sequential(torch.nn.ReLU()), "0")
    with pytest.raises(UnknownNameError):
        filters(TinyNetwork(), "conv9")
