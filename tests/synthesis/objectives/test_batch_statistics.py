import pytest
import torch
from tests_support import loss_of
from torch import nn

from deepatelier import networks, samples
from deepatelier.features import OUTPUT, FeatureExtractor, extract
from deepatelier.synthesis import VisualizationOptions, batch_statistics
from deepatelier.synthesis.objectives import Region, spread


@pytest.fixture
def network():
    torch.manual_seed(0)
    made = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).eval().requires_grad_(False)
    made[1].running_mean.uniform_(-1, 1)
    made[1].running_var.uniform_(0.5, 2)
    made[1].weight.data = torch.tensor([1.0, -2.0, 0.5, 0.0])
    made[1].bias.data.uniform_(-1, 1)
    return made


def test_by_hand_from_what_the_normalisation_is_given(network):
    image = torch.rand(2, 3, 8, 9)
    given = network[0](image)[:, :3]  # the fourth channel is multiplied by 0: what it was given is lost
    norm = network[1]
    z = (given - norm.running_mean[:3, None, None]) / (norm.running_var[:3, None, None] + norm.eps).sqrt()
    mean, deviation = z.mean(dim=(0, 2, 3)), z.std(dim=(0, 2, 3), correction=0)
    wanted = (mean.square() + (deviation - 1).square()).mean().item()
    assert loss_of(batch_statistics(network, ["1"]), extract(network, image, ["1"])) == pytest.approx(wanted, rel=1e-3)


def test_statistics_of_parts_add_up(network):
    maps = torch.randn(1, 4, 6, 8)
    objective = batch_statistics(network, ["1"])
    whole = objective.statistic({"1": maps}, {"1": Region.all_of(maps)})
    parts = []
    for first, last in ((0, 3), (3, 8)):
        region = Region((slice(0, 6), slice(0, last - first)), (slice(0, 6), slice(first, last)), (6, 8))
        parts.append(objective.statistic({"1": maps[..., first:last]}, {"1": region}))
    for name, value in whole.items():
        assert torch.allclose(parts[0][name] + parts[1][name], value, rtol=1e-5, atol=1e-6)


def _normalized(name):
    options = VisualizationOptions(network=name, weights="random", device="cpu")
    return FeatureExtractor(options, [OUTPUT], head=True).geometry.normalized_layers()


def test_which_layers():
    assert _normalized("vgg11") == []
    layers = spread(_normalized("efficientnet_lite0"))
    assert (len(set(layers)), layers[0], layers[-1]) == (12, "_bn0", "_bn1")
    assert spread(["a", "b"]) == ["a", "b"]


def test_photographs_are_nearer_than_noise():
    network = networks.build("efficientnet_lite0", weights="imagenet")
    layers = spread(_normalized("efficientnet_lite0"))
    photo = samples.open_picture("chelsea").tensor((224, 224))
    losses = [
        loss_of(batch_statistics(network, layers), extract(network, image, layers))
        for image in (photo, torch.rand(1, 3, 224, 224))
    ]
    assert 2 * losses[0] < losses[1]
