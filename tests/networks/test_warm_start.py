import pytest
import torch

from deepatelier import networks
from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.networks import vgg, warm_start


def _pair(**options):
    torch.manual_seed(0)
    return networks.build("vgg13", num_classes=0, **options), networks.build("vgg11", num_classes=0)


def test_the_papers_start_of_a_deeper_network():
    deep, shallow = _pair()
    before = {name: deep.get_submodule(path).weight.clone() for name, path in deep.layers.items() if "conv" in name}
    taken = [name for name in vgg.START if name.startswith("conv")]
    assert warm_start(deep, shallow, taken) == tuple(taken)
    assert set() < set(taken) < set(before)
    for name, weight in before.items():
        now = deep.get_submodule(deep.layers[name]).weight
        if name in taken:
            assert torch.equal(now, shallow.get_submodule(shallow.layers[name]).weight)
        else:
            assert torch.equal(now, weight)


def test_all_that_fits_by_default():
    deep, shallow = _pair(in_channels=1)
    copied = warm_start(deep, shallow)
    assert copied == ("conv2_1", "conv3_1", "conv3_2", "conv4_1", "conv4_2", "conv5_1", "conv5_2")  # conv1_1 does not


def test_residual_blocks_by_name():
    torch.manual_seed(0)
    deep, shallow = networks.build("resnet56"), networks.build("resnet20")
    copied = warm_start(deep, shallow)
    assert {"conv1", "conv2_1", "conv4_3", "conv4_3/bn2", "fc"} <= set(copied)
    assert torch.equal(deep.layer3[2].conv2.weight, shallow.layer3[2].conv2.weight)
    assert torch.equal(deep.layer3[2].bn2.running_var, shallow.layer3[2].bn2.running_var)


def test_the_dense_layers_of_the_papers_start_have_one_shape():
    a, b, c = map(networks.blueprint, ("vgg11", "vgg16", "vgg19"))
    for name in vgg.START:
        shapes = {network.get_submodule(network.layers[name]).weight.shape for network in (a, b, c)}
        assert len(shapes) == 1


def test_what_cannot_be_copied():
    deep, shallow = _pair(in_channels=1)
    with pytest.raises(OptionError, match="conv1_1 has other shapes"):
        warm_start(deep, shallow, ["conv1_1"])
    with pytest.raises(UnknownNameError, match="layer in both networks"):
        warm_start(deep, shallow, ["conv1_2"])
    with pytest.raises(OptionError, match="no layer"):
        warm_start(deep, networks.build("mlp"))
