import gc

import pytest
import torch
from tests_support import extractor
from torch import nn

from deepatelier import networks
from deepatelier.errors import OptionError, ShapeError
from deepatelier.features import OUTPUT


def test_one_network_is_shared_while_it_is_used():
    first, second = extractor(), extractor(("relu1_1",))
    assert first.module is second.module
    assert extractor(pooling="average").module is not first.module
    assert extractor(precision="bfloat16").module is not extractor(precision="float32").module
    kept = id(first.module)
    del first, second
    gc.collect()
    again = [extractor(pooling="average"), extractor()]
    assert all(next(each.module.parameters()).device.type == "cpu" for each in again)
    assert kept != id(again[0].module)


def test_untrained_networks_differ_by_seed_alone():
    weights = [
        next(extractor((), head=True, network="lenet5", weights="random", seed=seed).module.parameters())
        for seed in (1, 1, 2)
    ]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize(
    "options", [{"network": "conftest:TinyNetwork"}, {"network": "lenet5", "weights": "random"}, {"network": "vgg19"}]
)
def test_to_build_one_leaves_the_random_numbers_alone(options):
    before = torch.random.get_rng_state()
    extractor((), **options)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_classes_and_sizes():
    efficient = extractor((), head=True, network="efficientnet_lite0")
    assert (efficient.classes, efficient.only_size, efficient.channels) == (1000, None, 3)
    digits = extractor((), head=True, network="lenet5", weights="random")
    assert (digits.classes, digits.only_size, digits.channels) == (10, (28, 28), 1)
    with pytest.raises(OptionError, match="ends in feature maps"):
        _ = extractor().classes


@pytest.mark.parametrize("own", [True, False])
def test_a_network_of_ones_own_of_one_channel(own, monkeypatch):
    class Grey(nn.Sequential):
        pass

    def make():
        network = Grey(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.LazyLinear(3))
        network(torch.zeros(1, 1, 28, 28))
        if own:
            network.input_size = (1, 28, 28)
        return network

    monkeypatch.setattr("conftest.make_grey", make, raising=False)
    grey = extractor([OUTPUT], head=True, network="conftest:make_grey")
    assert grey.channels == 1
    if own:
        assert grey.only_size == (28, 28)
        assert grey.classes == 3
    else:
        with pytest.raises(ShapeError, match="input_size"):
            _ = grey.classes


@pytest.mark.parametrize("name", networks.names("sequences"))
def test_networks_for_sequences_are_refused(name):
    with pytest.raises(OptionError, match=f"{name} takes sequences, not pictures"):
        extractor((), network=name)


def test_so_are_those_of_a_run(tmp_path):
    options = {"width": 2, "num_classes": 1, "in_channels": 2}
    network = networks.build("gru", **options)
    about = networks.Trained.normalized(network, network="gru", options=options, values=("sum",), input_size=(5, 2))
    (tmp_path / networks.WEIGHTS_NAME).write_bytes(networks.save_trained(network, about))
    with pytest.raises(OptionError, match="takes sequences, not pictures"):
        extractor((), network=str(tmp_path))
