import gc

import pytest
import torch

from deepatelier.errors import MemoryLimitError, OptionError
from deepatelier.frozen_network import FrozenNetwork, with_weights
from deepatelier.synthesis import StyleOptions


def _looking(layers=("relu3_1",), head=False, **options):
    return FrozenNetwork(with_weights(StyleOptions(device="cpu", **options)), layers, head)


def test_one_network_is_shared_while_it_is_used():
    first, second = _looking(), _looking(("relu1_1",))
    assert first.module is second.module
    assert _looking(pooling="average").module is not first.module
    assert _looking(precision="bfloat16").module is not _looking(precision="float32").module
    kept = id(first.module)
    del first, second
    gc.collect()
    again = [_looking(pooling="average"), _looking()]
    assert all(next(each.module.parameters()).device.type == "cpu" for each in again)
    assert kept != id(again[0].module)


def test_untrained_networks_differ_by_seed_alone():
    weights = [
        next(_looking((), head=True, network="lenet5", weights="random", seed=seed).module.parameters())
        for seed in (1, 1, 2)
    ]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize(
    ("layer", "side"), [("relu1_1", 1), ("relu2_1", 2), ("relu3_4", 4), ("relu5_1", 16), ("pixels", 1)]
)
def test_the_side_of_a_position(layer, side):
    assert _looking((layer,)).least_side() == side


def test_classes_and_sizes():
    efficient = _looking((), head=True, network="efficientnet_lite0")
    assert (efficient.classes, efficient.only_size, efficient.channels) == (1000, None, 3)
    digits = _looking((), head=True, network="lenet5", weights="random")
    assert (digits.classes, digits.only_size, digits.channels) == (10, (28, 28), 1)
    with pytest.raises(OptionError, match="ends in maps"):
        _ = _looking().classes


def test_a_step_of_vgg19_needs_what_was_measured(monkeypatch):
    """1600 and 2700 bytes a pixel to relu5_1, rounded up; less to a lower layer."""
    for precision, measured in (("bfloat16", 1600), ("float32", 2700)):
        deep, low = (_looking((layer,), precision=precision) for layer in ("relu5_1", "relu2_1"))
        monkeypatch.setattr("deepatelier.frozen_network.available_memory", lambda _, m=measured: m * 10**6)
        with pytest.raises(MemoryLimitError, match=r"about 9\d\d pixels"):
            deep.check_memory(10**6, 1000, 0)
        low.check_memory(10**6, 1000, 0)
        monkeypatch.setattr("deepatelier.frozen_network.available_memory", lambda _, m=measured: m * 11 * 10**5)
        deep.check_memory(10**6, 1000, 0)


def test_a_network_that_uses_the_word_layers_for_something_else():
    looking = FrozenNetwork(StyleOptions(network="conftest:OddNetwork", device="cpu"), ["layers.0"])
    assert looking.least_side() == 3


def test_it_knows_what_its_layers_see():
    fields = _looking(("relu1_1", "relu4_1")).fields()
    assert [(field.rows.size, field.rows.stride) for field in fields.values()] == [(3, 1), (68, 8)]
