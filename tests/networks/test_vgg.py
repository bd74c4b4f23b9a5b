import pytest
import torch
from torch import nn

from deepatelier import networks
from deepatelier.errors import OptionError, UnknownNameError


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("vgg11", 132_863_336), ("vgg13", 133_047_848), ("vgg16", 138_357_544), ("vgg19", 143_667_240)],
)
def test_parameters_are_the_papers(name, parameters):
    with torch.device("meta"):
        assert _parameters(networks.build(name)) == parameters


@pytest.mark.parametrize("name", networks.names())
def test_every_network_names_its_layers(name):
    with torch.device("meta"):
        network = networks.build(name)
    for layer, path in network.layers.items():
        module = network.get_submodule(path)
        kinds = {"conv": nn.Conv2d, "relu": nn.ReLU, "pool": nn.MaxPool2d, "fc": nn.Linear}
        assert isinstance(module, next(kind for prefix, kind in kinds.items() if layer.startswith(prefix)))


def test_the_state_dicts_keys_are_torchvisions():
    with torch.device("meta"):
        keys = list(networks.build("vgg11").state_dict())
    convolutions = [f"features.{i}.{kind}" for i in (0, 3, 6, 8, 11, 13, 16, 18) for kind in ("weight", "bias")]
    assert keys == convolutions + [f"classifier.{i}.{kind}" for i in (0, 3, 6) for kind in ("weight", "bias")]


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


def test_pooling_is_chosen():
    with torch.device("meta"):
        network = networks.build("vgg16", pooling="average")
    assert sum(isinstance(module, nn.AvgPool2d) for module in network.modules()) == 5


def test_unknown_names_are_answered_with_near_ones():
    with pytest.raises(UnknownNameError, match="vgg19"):
        networks.build("vgg91")
    with pytest.raises(UnknownNameError, match="oxford"):
        networks.build("vgg19", weights="oxfrod")
    with pytest.raises(UnknownNameError, match="num_classes"):
        networks.build("vgg19", num_clases=3)
    with pytest.raises(OptionError, match="need num_classes=0"):
        networks.build("vgg19", weights="oxford", num_classes=10)


def test_a_name_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        networks._register("vgg19", nn.Identity)


def test_weights_of():
    assert networks.weights_of("vgg19") == ["oxford"]
    assert networks.weights_of("vgg11") == []
