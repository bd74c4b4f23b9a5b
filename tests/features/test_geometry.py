import pytest
import torch
from conftest import TinyNetwork
from tests_support import extractor
from torch import nn

from deepatelier.errors import OptionError
from deepatelier.features import extract


@pytest.mark.parametrize(
    ("layer", "side"), [("relu1_1", 1), ("relu2_1", 2), ("relu3_4", 4), ("relu5_1", 16), ("pixels", 1)]
)
def test_the_side_of_a_position(layer, side):
    assert extractor((layer,)).geometry.least_side() == side


def test_a_network_that_uses_the_word_layers_for_something_else():
    assert extractor(["layers.0"], network="conftest:OddNetwork").geometry.least_side() == 3


@pytest.mark.parametrize(
    ("network", "layer"),
    [("vgg19", "relu3_1"), ("efficientnet_lite0", "block2/relu_depthwise"), ("efficientnet_lite0", "relu_stem")],
)
@pytest.mark.parametrize("size", [(64, 64), (75, 112), (49, 50)])
def test_it_knows_what_its_layers_see_at_every_size(network, layer, size):
    """Also where the padding depends on the size: a position's gradient ends where its field does."""
    seeing = extractor((layer,), network=network, precision="float32")
    image = torch.rand(1, 3, *size, requires_grad=True)
    maps = extract(seeing.module, image, [layer])[layer]
    row, column = maps.shape[2] // 2, maps.shape[3] // 2
    maps[0, :, row, column].sum().backward()
    seen = image.grad[0].abs().sum(dim=0)
    field = seeing.geometry.fields(size)[layer]
    for axis, place, other in ((field.rows, row, 1), (field.columns, column, 0)):
        touched = seen.sum(dim=other).nonzero().flatten()
        start = axis.start + place * axis.stride
        assert max(0, start) <= touched.min()
        assert touched.max() < start + axis.size
        assert touched.max() - touched.min() + 1 >= 0.8 * (min(size[1 - other], start + axis.size) - max(0, start))


def test_a_layer_that_is_not_run_is_said(monkeypatch):
    class Idle(TinyNetwork):
        def __init__(self) -> None:
            super().__init__()
            self.layers["idle"] = "idle"
            self.idle = nn.Conv2d(3, 2, 1)

    monkeypatch.setattr("conftest.TinyNetwork", Idle)
    geometry = extractor(["idle"], network="conftest:TinyNetwork").geometry
    for ask in (geometry.widths, geometry.strides, lambda: geometry.fields((32, 32))):
        with pytest.raises(OptionError, match=r"does not run idle\. atelier networks conftest:TinyNetwork lists"):
            ask()
