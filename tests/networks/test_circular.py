import pytest
import torch
from conftest import TinyNetwork

from deepatelier import networks
from deepatelier.errors import OptionError
from deepatelier.features import extract
from deepatelier.networks import with_circular_padding


@pytest.mark.parametrize("shift", [(2, 0), (6, 4), (-8, 10)])
def test_a_rolled_picture_gives_rolled_maps(shift):
    network = with_circular_padding(TinyNetwork(torch.float64))
    image = torch.rand(1, 3, 16, 20, dtype=torch.float64)
    maps = extract(network, image, ["relu1", "relu2"])
    rolled = extract(network, image.roll(shift, (2, 3)), ["relu1", "relu2"])
    assert torch.allclose(rolled["relu1"], maps["relu1"].roll(shift, (2, 3)))
    assert torch.allclose(rolled["relu2"], maps["relu2"].roll([each // 2 for each in shift], (2, 3)))


def test_the_network_itself_is_left_as_it_was(tiny):
    image = torch.rand(1, 3, 8, 8)
    before = tiny(image)
    assert not torch.equal(with_circular_padding(tiny)(image), before)
    assert torch.equal(tiny(image), before)


def test_vgg19_repeats_to_relu5_1(oxford):
    network = with_circular_padding(oxford)
    image = torch.rand(1, 3, 64, 48, generator=torch.Generator().manual_seed(0))
    maps, rolled = (extract(network, each, ["relu5_1"])["relu5_1"] for each in (image, image.roll((16, 32), (2, 3))))
    assert torch.allclose(rolled, maps.roll((1, 2), (2, 3)), rtol=1e-3, atol=1e-3 * maps.max().item())


@pytest.mark.parametrize("name", ["efficientnet_lite0", "resnet18"])
def test_what_pads_in_its_own_way_is_refused(name):
    with pytest.raises(OptionError, match="cannot be made to repeat"):
        with_circular_padding(networks.build(name))
