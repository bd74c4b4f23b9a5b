import pytest
import torch
from torch import nn

from deepatelier import networks
from deepatelier.errors import UnknownNameError
from deepatelier.features import extract
from deepatelier.networks import vgg


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


TABLE_1 = {  # layers with weights, 'maxpool' aside
    "A": "64 M 128 M 256 256 M 512 512 M 512 512 M",
    "B": "64 64 M 128 128 M 256 256 M 512 512 M 512 512 M",
    "C": "64 64 M 128 128 M 256 256 256:1 M 512 512 512:1 M 512 512 512:1 M",
    "D": "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M",
    "E": "64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M",
}


@pytest.mark.parametrize("column", TABLE_1)
def test_the_columns_of_table_1(column):
    with torch.device("meta"):
        network = vgg.VGG(column)
    found = []
    for module in network.features:
        if isinstance(module, nn.Conv2d):
            found.append(f"{module.out_channels}" + (":1" if module.kernel_size == (1, 1) else ""))
        elif isinstance(module, nn.MaxPool2d):
            found.append("M")
    assert " ".join(found) == TABLE_1[column]


def test_normalisation_in_a_lrn_follows_the_first_relu():
    network = networks.blueprint("vgg11_lrn")
    assert list(network.layers)[:4] == ["conv1_1", "relu1_1", "norm1_1", "pool1"]


@pytest.mark.parametrize(
    ("name", "sides"), [("vgg16", [224, 112, 56, 28, 14, 7]), ("vgg16_gap", [224, 112, 56, 28, 14, 7])]
)
def test_the_sizes_of_document_003(name, sides):
    network = networks.blueprint(name).eval()
    layers = ["conv1_2", "pool1", "pool2", "pool3", "pool4", "pool5"]
    found = extract(network, torch.empty(1, 3, 224, 224, device="meta"), layers)
    assert [found[layer].shape[-1] for layer in layers] == sides
    assert [found[layer].shape[1] for layer in layers] == [64, 64, 128, 256, 512, 512]


def test_the_plain_forward_pass():
    network = networks.build("vgg11", num_classes=7, in_channels=1).eval()
    with torch.no_grad():
        assert network(torch.rand(2, 1, 64, 48)).shape == (2, 7)
        assert networks.build("vgg11", num_classes=0)(torch.rand(1, 3, 64, 96)).shape == (1, 512, 2, 3)


def test_oxford_is_vgg19_without_dense_layers(oxford):
    assert _parameters(oxford) == 20_024_384
    assert not oxford.training
    assert not any(parameter.requires_grad for parameter in oxford.parameters())
    # the first filters' known facts: 64 of 3x3x3, and conv1_1's bias of the authors' first filter
    assert oxford.features[0].weight.shape == (64, 3, 3, 3)


def test_oxford_takes_bgr_less_the_mean(oxford):
    image = torch.tensor([1.0, 0.5, 0.0]).view(1, 3, 1, 1).expand(1, 3, 4, 4)
    expected = torch.tensor([0 - 103.939, 127.5 - 116.779, 255 - 123.68])
    assert torch.allclose(oxford.normalization(image)[0, :, 0, 0], expected)


def test_normalisation_is_exact_in_bfloat16():
    network = networks.build("vgg19", weights="oxford").to(torch.bfloat16)
    normalized = network.normalization(torch.full((1, 3, 1, 1), 104 / 255))
    assert normalized.dtype == torch.bfloat16
    assert normalized[0, 0].item() == pytest.approx(104 - 103.939, rel=1e-2)


def test_an_unknown_head():
    with pytest.raises(UnknownNameError, match="average"):
        networks.blueprint("vgg16", head="averag")
