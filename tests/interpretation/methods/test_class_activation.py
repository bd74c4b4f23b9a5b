import pytest
import torch
from conftest import TinyClassifier, TinyNetwork
from torch import nn

from deepatelier import networks, samples
from deepatelier.errors import OptionError
from deepatelier.interpretation import class_activation_map, grad_cam


@pytest.fixture(scope="module")
def lite() -> nn.Module:
    return networks.build("efficientnet_lite0", weights="imagenet")


def test_by_hand():
    network = TinyClassifier()
    image = torch.rand(1, 3, 4, 5)
    maps = network.relu(network.conv(image))[0]
    expected = sum(network.fc.weight[2, k] * maps[k] for k in range(8))
    found = class_activation_map(network, image, 2)
    assert torch.allclose(found.maps[0], expected, atol=1e-6)
    assert found.bias.item() == network.fc.bias[2].item()


@pytest.mark.parametrize(("name", "number"), [("chelsea", 285), ("coffee", 967), ("rocket", 744)])
def test_the_mean_and_the_bias_are_the_score(lite, name, number):
    picture = samples.open_picture(name)
    image = picture.tensor(picture.fitted(224))
    found = class_activation_map(lite, image, number)
    score = lite(image)[0, number]
    assert (found.maps[0].mean() + found.bias[0]).item() == pytest.approx(score.item(), abs=1e-5)
    assert found.scores[0].item() == pytest.approx(score.item(), abs=1e-5)


def test_several_pictures_have_a_class_each():
    network, images = TinyClassifier(), torch.rand(3, 3, 6, 6)
    together = class_activation_map(network, images, [0, 4, 2])
    for index, number in enumerate((0, 4, 2)):
        alone = class_activation_map(network, images[index : index + 1], number)
        assert torch.allclose(together.maps[index], alone.maps[0], atol=1e-6)
        assert torch.allclose(alone.maps.mean() + alone.bias, alone.scores, atol=1e-5)


def test_it_is_grad_cam_times_the_positions():
    pytest.importorskip("captum")
    network, image = TinyClassifier(), torch.rand(1, 3, 4, 6)
    assert torch.allclose(
        class_activation_map(network, image, 1).maps, 24 * grad_cam(network, image, 1, "relu"), atol=1e-5
    )


def test_scores_that_are_the_means_of_maps_have_those_as_maps():
    class Convolutional(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.pool = nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1)

        def forward(self, x):
            return self.pool(self.conv(x)).flatten(1)

    network, image = Convolutional(), torch.rand(1, 3, 7, 7)
    found = class_activation_map(network, image, 3)
    assert torch.equal(found.maps[0], network.conv(image)[0, 3])
    assert found.bias.item() == 0


@pytest.mark.parametrize("name", ["lenet5", "vgg11_gap", "digits_conv32"])
def test_other_networks_are_told_what_serves(name):
    network = networks.build(name).eval()
    with pytest.raises(OptionError, match=r"global average pooling.*gradcam"):
        class_activation_map(network, torch.rand(1, *network.input_size), 0)


def test_maps_are_no_scores():
    with pytest.raises(OptionError, match="not one score for each class"):
        class_activation_map(TinyNetwork(), torch.rand(1, 3, 8, 8), 0)


def test_functions_between_modules_are_seen():
    class Functional(TinyClassifier):
        def forward(self, x):
            x = nn.functional.relu(self.conv(x))
            return nn.functional.linear(
                nn.functional.adaptive_avg_pool2d(x, 1).flatten(1), self.fc.weight, self.fc.bias
            )

    image = torch.rand(1, 3, 5, 5)
    found, expected = class_activation_map(Functional(), image, 2), class_activation_map(TinyClassifier(), image, 2)
    assert torch.allclose(found.maps, expected.maps)


def test_a_single_position_is_no_map(lite):
    with pytest.raises(OptionError, match="raise --view-size"):
        class_activation_map(lite, torch.rand(1, 3, 32, 32), 0)


def test_scores_that_are_not_finite():
    with pytest.raises(OptionError, match="not finite"):
        class_activation_map(TinyClassifier(), torch.full((1, 3, 5, 5), torch.nan), 0)
