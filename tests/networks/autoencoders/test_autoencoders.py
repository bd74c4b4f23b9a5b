"""All autoencoders of the registry, and the classifier that begins with an encoder."""

import pytest
import torch
from torch import nn

from deepatelier import networks
from deepatelier.networks.autoencoders import Autoencoder, EncoderClassifier
from deepatelier.networks.autoencoders.autoencoder import start_near

NAMES = [name for name in networks.names("pictures") if issubclass(networks.class_of(name), Autoencoder)]
every = pytest.mark.parametrize("name", NAMES)


@every
@pytest.mark.parametrize(("channels", "side"), [(1, 8), (3, 25), (1, 33)])
def test_a_picture_becomes_a_code_and_a_picture_of_the_same_size(name, channels, side):
    network = networks.build(name, code=5, in_channels=channels, input_size=side).eval()
    pictures = torch.rand(2, channels, side, side)
    code = network.encode(pictures)
    assert code.shape == (2, 5)
    assert network.decode(code).shape == pictures.shape
    assert torch.equal(network(pictures), network.decode(code))


@pytest.mark.parametrize("name", ["autoencoder_conv", "vae"])
def test_both_ways_to_enlarge(name):
    for upsampling, kind in (("resize", nn.Upsample), ("transposed", nn.ConvTranspose2d)):
        network = networks.build(name, code=2, upsampling=upsampling, input_size=25)
        assert any(isinstance(each, kind) for each in network.modules())
        assert network(torch.rand(1, 1, 25, 25)).shape == (1, 1, 25, 25)


@every
def test_an_untrained_decoder_is_near_the_mean_picture(name):
    torch.manual_seed(0)
    network = networks.build(name, code=8, input_size=8)
    mean = torch.full((1, 8, 8), 0.1)
    network.start_from(mean)
    if name != "autoencoder_sparse":  # whose features are used from the start
        assert (network(torch.rand(4, 1, 8, 8)).mean() - 0.1).abs() < 0.05
    assert (network.decode(torch.zeros(1, 8)).mean() - 0.1).abs() < 0.05


def test_a_bias_per_pixel_or_per_channel():
    mean = torch.rand(3, 4, 4)
    dense, convolution = nn.Linear(2, 48), nn.Conv2d(2, 3, 1)
    start_near(dense, mean)
    start_near(convolution, mean)
    assert torch.allclose(dense.bias.sigmoid(), mean.flatten().clamp(0.01, 0.99))
    assert torch.allclose(convolution.bias.sigmoid(), mean.mean(dim=(1, 2)).clamp(0.01, 0.99))


def test_the_distribution_of_codes():
    torch.manual_seed(0)
    network = networks.build("autoencoder", code=3, input_size=8)
    assert torch.equal(network.code_axes, torch.eye(3))
    mixing = torch.tensor([[3.0, 0, 0], [1, 0.5, 0], [0, 0, 0.1]])
    codes = torch.randn(500, 3) @ mixing + 7
    network.describe(codes)
    assert torch.allclose(network.code_mean, codes.mean(dim=0), atol=1e-5)
    assert torch.allclose(network.code_axes.T @ network.code_axes, torch.cov(codes.T), atol=1e-4)
    lengths = network.code_axes.norm(dim=1)
    assert (lengths.diff() < 0).all()
    network.describe(codes[:2])  # fewer than there are axes
    assert torch.isfinite(network.code_axes).all()


def test_the_features_of_a_sparse_code_have_norm_one():
    network = networks.build("autoencoder_sparse", code=6, input_size=8)
    assert torch.allclose(network.features().flatten(1).norm(dim=1), torch.ones(6))
    code = torch.eye(6)[2:3] * 4
    assert torch.allclose(network.decode(code) - network.decode(0 * code), 4 * network.features()[2:3], atol=1e-6)
    assert (network.encode(torch.rand(3, 1, 8, 8)) >= 0).all()


@pytest.mark.parametrize("name", ["autoencoder_conv", "vae"])
def test_a_classifier_begins_with_the_encoder(name):
    autoencoder = networks.build(name, code=4, in_channels=3, input_size=16).eval()
    classifier = EncoderClassifier.of(autoencoder).eval()
    pictures = torch.rand(2, 3, 16, 16)
    assert classifier(pictures).shape == (2, 10)
    maps = classifier.encoder(classifier.prepare(pictures))
    assert torch.equal(autoencoder.encoder[-1](maps), autoencoder.encoder(autoencoder.prepare(pictures)))
