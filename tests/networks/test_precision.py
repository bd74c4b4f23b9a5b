import copy

import pytest
import torch
from torch import nn

from deepatelier import networks
from deepatelier.features import extract
from deepatelier.networks import in_precision


def _gradient(network, image):
    image = image.clone().requires_grad_()
    extract(network, image, ["relu2_1"])["relu2_1"].float().square().sum().backward()
    return image.grad


def test_the_picture_is_taken_exactly(oxford):
    fine = in_precision(copy.deepcopy(oxford), torch.bfloat16)
    coarse = copy.deepcopy(oxford).to(torch.bfloat16)
    image = 0.9 + 0.001 * torch.rand(1, 3, 32, 40)  # less than bfloat16 can tell apart there
    exact = extract(oxford, image, ["conv1_1"])["conv1_1"]
    ours, theirs = (extract(network, image, ["conv1_1"])["conv1_1"] for network in (fine, coarse))
    assert ours.dtype == torch.bfloat16
    assert torch.equal(ours, exact.bfloat16())
    assert (theirs - exact).abs().mean() > 3 * (ours - exact).abs().mean()
    image = torch.rand(1, 3, 32, 40)
    gradient = _gradient(oxford, image)
    assert torch.cosine_similarity(_gradient(fine, image).flatten(), gradient.flatten(), dim=0) > 0.999


def test_everything_else_is_converted_and_named_as_before(oxford):
    fine = in_precision(copy.deepcopy(oxford), torch.bfloat16)
    assert fine.layers == oxford.layers
    assert {path for path, parameter in fine.named_parameters() if parameter.dtype == torch.float32} == {
        "features.0.weight",
        "features.0.bias",
    }
    assert isinstance(fine.get_submodule("features.0"), nn.Conv2d)


@pytest.mark.parametrize("name", ["mlp", "resnet18", "efficientnet_lite0", "lenet5"])
def test_any_network_still_runs(name):
    network = in_precision(networks.build(name).eval().requires_grad_(False), torch.bfloat16)
    image = torch.rand(1, *network.input_size, requires_grad=True)
    network(image).float().sum().backward()
    assert image.grad.isfinite().all()


def test_float32_is_left_alone(oxford):
    assert not any(
        type(module).__name__ == "_FineConvolution" for module in in_precision(oxford, torch.float32).modules()
    )
