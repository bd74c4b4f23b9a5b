import gc

import pytest
import torch
from conftest import TinyNetwork
from torch import nn

from deepatelier.errors import MemoryLimitError, OptionError, ShapeError
from deepatelier.features import OUTPUT, extract
from deepatelier.frozen_network import FrozenNetwork, with_weights
from deepatelier.networks import is_checkpointed
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
            deep.take_memory(10**6, 1000, 0)
        low.take_memory(10**6, 1000, 0)
        monkeypatch.setattr("deepatelier.frozen_network.available_memory", lambda _, m=measured: m * 11 * 10**5)
        deep.take_memory(10**6, 1000, 0)


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_where_memory_is_short_stages_are_computed_twice(monkeypatch, precision):
    looking = _looking(("relu5_1",), precision=precision)
    needed = looking.memory(10**6)

    def within(part):
        monkeypatch.setattr("deepatelier.frozen_network.available_memory", lambda _: int(part * needed))
        return looking.within_memory(10**6, 1000, 0)

    assert within(1.01) is looking
    checkpointed = within(0.9)
    assert is_checkpointed(checkpointed.module)
    assert checkpointed.memory(10**6) < 0.85 * needed
    with pytest.raises(MemoryLimitError, match="pixels would fit"):
        within(0.5)


def test_freed_memory_is_kept_where_there_is_plenty(monkeypatch):
    kept = []
    monkeypatch.setattr("deepatelier.frozen_network.keep_freed_memory", lambda: not kept.append(1))
    looking = _looking(("relu2_1",))
    needed = looking.memory(10**6)
    monkeypatch.setattr("deepatelier.frozen_network.available_memory", lambda _: 2 * needed)
    looking.take_memory(10**6, 1000, 0)
    assert (kept, looking.peak_memory(10**6, 0)) == ([], needed)
    monkeypatch.setattr("deepatelier.frozen_network.available_memory", lambda _: 4 * needed)
    looking.take_memory(10**6, 1000, 0)
    assert kept
    assert looking.peak_memory(10**6, 0) > needed


def test_a_network_that_uses_the_word_layers_for_something_else():
    looking = FrozenNetwork(StyleOptions(network="conftest:OddNetwork", device="cpu"), ["layers.0"])
    assert looking.least_side() == 3


@pytest.mark.parametrize(
    ("network", "layer"),
    [("vgg19", "relu3_1"), ("efficientnet_lite0", "block2/relu_depthwise"), ("efficientnet_lite0", "relu_stem")],
)
@pytest.mark.parametrize("size", [(64, 64), (75, 112), (49, 50)])
def test_it_knows_what_its_layers_see_at_every_size(network, layer, size):
    """Also where the padding depends on the size: a position's gradient ends where its field does."""
    looking = _looking((layer,), network=network, precision="float32")
    image = torch.rand(1, 3, *size, requires_grad=True)
    maps = extract(looking.module, image, [layer])[layer]
    row, column = maps.shape[2] // 2, maps.shape[3] // 2
    maps[0, :, row, column].sum().backward()
    seen = image.grad[0].abs().sum(dim=0)
    field = looking.fields(size)[layer]
    for axis, place, other in ((field.rows, row, 1), (field.columns, column, 0)):
        touched = seen.sum(dim=other).nonzero().flatten()
        start = axis.start + place * axis.stride
        assert max(0, start) <= touched.min()
        assert touched.max() < start + axis.size
        assert touched.max() - touched.min() + 1 >= 0.8 * (min(size[1 - other], start + axis.size) - max(0, start))


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
    looking = FrozenNetwork(StyleOptions(network="conftest:make_grey", device="cpu"), [OUTPUT], head=True)
    assert looking.channels == 1
    if own:
        assert looking.only_size == (28, 28)
        assert looking.classes == 3
    else:
        with pytest.raises(ShapeError, match="input_size"):
            _ = looking.classes


def test_a_layer_that_is_not_run_is_said(monkeypatch):
    class Idle(TinyNetwork):
        def __init__(self) -> None:
            super().__init__()
            self.layers["idle"] = "idle"
            self.idle = nn.Conv2d(3, 2, 1)

    monkeypatch.setattr("conftest.TinyNetwork", Idle)
    looking = FrozenNetwork(StyleOptions(network="conftest:TinyNetwork", device="cpu"), ["idle"])
    for ask in (looking.widths, looking.strides, lambda: looking.fields((32, 32))):
        with pytest.raises(OptionError, match=r"does not run idle\. atelier networks conftest:TinyNetwork lists"):
            ask()
