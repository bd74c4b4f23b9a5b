import pytest
import torch
from torch import nn

from deepatelier import networks
from deepatelier.errors import ShapeError
from deepatelier.interpretation import summarize

ENDING_IN_AN_AVERAGE = {"GoogLeNet", "ResNet", "CifarResNet", "DenseNet", "SENet", "EfficientNetLite0"}


@pytest.mark.parametrize("name", networks.names())
def test_rows_add_up_and_every_layer_that_is_advised_is_one(name):
    network = networks.blueprint(name)
    summary = summarize(network)
    assert sum(row.parameters for row in summary.rows) == summary.parameters == summary.trainable
    assert sum(row.multiply_adds for row in summary.rows) == summary.multiply_adds
    assert sum(row.parameters for row in summary.rows if row.shapes) == summary.parameters
    advised = {layer for layers in summary.choices.values() for layer in layers}
    assert ("look filters" in summary.choices) == (networks.input_kind(name) == "pictures")
    assert advised <= network.layers.keys()
    assert ("look cam" in summary.choices) == (type(network).__name__ in ENDING_IN_AN_AVERAGE)


def test_alexnets_table_as_document_003_prints_it():
    rows = {row.name: row for row in summarize(networks.blueprint("alexnet")).rows if row.shapes}
    found = [(name, row.output, row.parameters) for name, row in rows.items() if name not in ("avgpool",)]
    assert found == [
        ("conv1", (96, 55, 55), 34_944),
        ("pool1", (96, 27, 27), 0),
        ("conv2", (256, 27, 27), 614_656),
        ("pool2", (256, 13, 13), 0),
        ("conv3", (384, 13, 13), 885_120),
        ("conv4", (384, 13, 13), 1_327_488),
        ("conv5", (256, 13, 13), 884_992),
        ("pool5", (256, 6, 6), 0),
        ("fc6", (4096,), 37_752_832),
        ("fc7", (4096,), 16_781_312),
        ("fc8", (1000,), 4_097_000),
    ]
    assert rows["conv1"].kernel == "11x11/4+2"
    assert rows["conv3"].kernel == "3x3+1"
    assert rows["conv1"].receptive_field == (11, 11)
    assert rows["conv1"].stride == (4, 4)
    assert rows["conv1"].multiply_adds == 96 * 55 * 55 * 3 * 11 * 11
    assert rows["fc6"].receptive_field is None


def test_a_module_without_names_has_paths(tiny):
    class Mine(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(3, 1, 1))
            self.body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 2))

        def forward(self, x):
            return self.body(self.scale * x)

    summary = summarize(Mine(), (3, 8, 8))
    assert [row.name for row in summary.rows] == ["body.0", "body.1", "body.2", ""]
    assert summary.rows[-1].parameters == 3  # its own, beside those of its parts
    assert summary.parameters == 3 + 112 + 290


def test_shared_weights_count_once():
    layer = nn.Linear(4, 4)
    summary = summarize(nn.Sequential(nn.Flatten(), layer, nn.ReLU(), layer), (1, 2, 2))
    assert summary.parameters == 20
    assert sum(row.parameters for row in summary.rows) == 20


def test_frozen_weights_are_not_trainable():
    summary = summarize(networks.build("efficientnet_lite0", weights="imagenet"))
    assert (summary.parameters, summary.trainable) == (4_652_008, 0)


def test_a_shape_that_does_not_fit():
    with pytest.raises(ShapeError, match="1, 28, 28"):
        summarize(networks.blueprint("mlp"), (3, 28, 28))
    with pytest.raises(ShapeError, match=r"Sequential does not accept pictures of shape \(1, 9, 9\)"):
        summarize(nn.Sequential(nn.Conv2d(3, 4, 3)), (1, 9, 9))


def test_what_is_hidden_from_the_rows_of_submodules_has_a_row():
    class Functional(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.unused = nn.BatchNorm2d(3), nn.Linear(2, 2)
            self.weight = nn.Parameter(torch.rand(4, 3, 3, 3))

        def forward(self, x):
            return {"maps": nn.functional.conv2d(self.norm(x), self.weight)}

    summary = summarize(Functional(), (3, 8, 8))
    rows = {row.name: row for row in summary.rows}
    assert rows[""].multiply_adds == summary.multiply_adds == 36 * 4 * 27
    assert rows[""].parameters == 108
    assert rows["not called"].parameters == 6
    assert sum(row.parameters for row in summary.rows) == summary.parameters


def test_the_products_in_attention_are_counted():
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    summary = summarize(nn.Sequential(nn.Conv2d(3, 8, 4, 4), nn.Flatten(2), _Transposed(), layer), (3, 16, 16))
    tokens, width = 16, 8
    products = 3 * tokens * width**2 + 2 * tokens**2 * width + tokens * width**2 + 2 * tokens * width * 16
    assert summary.multiply_adds == tokens * width * 48 + products
    assert sum(row.multiply_adds for row in summary.rows) == summary.multiply_adds
    assert sum(row.parameters for row in summary.rows) == summary.parameters


class _Transposed(nn.Module):
    def forward(self, x):
        return x.transpose(1, 2)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16])
def test_a_network_in_another_precision(dtype):
    assert summarize(nn.Sequential(nn.Conv2d(3, 4, 3)).to(dtype), (3, 8, 8)).parameters == 112


def test_whatever_a_network_raises_names_the_shape():
    class Raises(nn.Module):
        def forward(self, x):
            raise KeyError("missing")

    with pytest.raises(ShapeError, match=r"Raises does not accept .* \(3, 224, 224\) \(KeyError: 'missing'\)"):
        summarize(Raises())
