import math

import pytest
import torch
from torch import nn

from deepatelier import networks
from deepatelier.errors import UnknownNameError
from deepatelier.networks import INITIALIZATIONS, initialize

# variances as the papers state them, with n_in = 300 and n_out = 500
N_IN, N_OUT = 300, 500
VARIANCES = {
    "zero": 0.0,
    "uniform": 1 / 12,
    "standard": 1 / (3 * N_IN),
    "glorot": 2 / (N_IN + N_OUT),
    "lecun": 1 / N_IN,
    "identity": 1 / (3 * N_IN),
    "he": 2 / N_IN,
    "he_backward": 2 / N_OUT,
    "lenet": (2 * 2.4 / N_IN) ** 2 / 12,
    "alexnet": 1e-4,
    "zfnet": 1e-4,
    "vgg": 0.01,
}
BOUNDS = {"uniform": 0.5, "standard": 1 / math.sqrt(N_IN), "glorot": math.sqrt(6 / 800), "lenet": 2.4 / N_IN}


def test_every_name_is_tested():
    assert set(VARIANCES) == set(INITIALIZATIONS)


@pytest.mark.parametrize("name", VARIANCES)
def test_variances(name):
    torch.manual_seed(0)
    layer = nn.Linear(N_IN, N_OUT)
    initialize(layer, name)
    # of 150,000 draws the sample variance deviates by √(2/n) = 0.4 %
    assert layer.weight.var().item() == pytest.approx(VARIANCES[name], rel=0.02)
    assert layer.weight.mean().item() == pytest.approx(0, abs=4 * math.sqrt(VARIANCES[name] / 150_000) + 1e-12)
    assert torch.equal(layer.bias, torch.zeros(N_OUT))


@pytest.mark.parametrize("name", BOUNDS)
def test_uniform_weights_keep_to_their_bounds(name):
    torch.manual_seed(0)
    layer = nn.Linear(N_IN, N_OUT)
    initialize(layer, name)
    assert layer.weight.abs().max().item() == pytest.approx(BOUNDS[name], rel=1e-3)
    assert layer.weight.abs().max().item() <= BOUNDS[name] * (1 + 1e-6)


def test_units_of_a_convolution_count_its_kernel_and_its_group():
    torch.manual_seed(0)
    layer = nn.Conv2d(64, 256, 3, groups=4)
    initialize(layer, "he")
    assert layer.weight.var().item() == pytest.approx(2 / (16 * 9), rel=0.03)
    initialize(layer, "he_backward")
    assert layer.weight.var().item() == pytest.approx(2 / (64 * 9), rel=0.03)


def test_alexnets_biases_of_one():
    network = networks.build("alexnet", num_classes=10)
    biases = {
        name: network.get_submodule(network.layers[name]).bias
        for name in ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8")
    }
    ones = {name for name, bias in biases.items() if torch.equal(bias, torch.ones_like(bias))}
    zeros = {name for name, bias in biases.items() if not bias.any()}
    assert ones == {"conv2", "conv4", "conv5", "fc6", "fc7"}
    assert zeros == {"conv1", "conv3", "fc8"}


def test_he_keeps_the_variance_through_relu_and_standard_does_not():
    torch.manual_seed(0)
    x = torch.randn(512, 400)
    network = nn.Sequential(*(layer for _ in range(10) for layer in (nn.Linear(400, 400), nn.ReLU())))
    initialize(network, "he")
    with torch.no_grad():
        assert 0.3 < network(x).square().mean() < 3
        initialize(network, "standard")
        assert network(x).square().mean() < 1e-6  # (1/6)^10 is 1.7e-8


def test_lenets_own_bounds():
    torch.manual_seed(0)
    network = networks.build("lenet5_original")
    c3 = network.features[4]
    first = 0
    for row in c3.table:
        weights = c3.weight[first : first + len(row)]
        assert weights.abs().max() <= 2.4 / (25 * len(row))
        assert weights.abs().max() > 0.8 * 2.4 / (25 * len(row))
        first += len(row)
    assert network.features[2].weight.abs().max() <= 2.4 / 4
    assert set(network.classifier[2].codes.unique().tolist()) == {-1.0, 1.0}


def test_an_unknown_name():
    with pytest.raises(UnknownNameError, match="glorot"):
        initialize(nn.Linear(2, 2), "glorat")
