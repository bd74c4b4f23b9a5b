import pytest
import torch
from conftest import TinyClassifier

from deepatelier import networks
from deepatelier.features import Axis, ReceptiveField, trace
from deepatelier.interpretation import choices, shown_by, summarize


def advice(name: str) -> dict[str, list[str]]:
    return summarize(networks.blueprint(name)).choices


SIZES = "look activations, patches, deconvolution; style, texture, dream"


def test_vgg_is_advised_as_the_documents_choose():
    found = advice("vgg19")
    assert found[SIZES] == ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]
    assert found["content, invert"] == ["relu4_2"]
    assert found["look filters"] == ["conv1_1"]
    assert found["look gradcam"] == ["relu5_4"]
    assert "look cam" not in found


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("resnet18", "conv5_2"),
        ("googlenet", "inception_5b"),
        ("efficientnet_lite0", "relu_top"),
        ("densenet121", "relu5"),
    ],
)
def test_networks_that_end_in_global_average_pooling_have_a_cam(name, layer):
    assert advice(name)["look cam"] == [layer]


@pytest.mark.parametrize("name", ["digits_conv32", "lenet5", "alexnet"])
def test_others_have_none(name):
    assert "look cam" not in advice(name)


def test_a_network_of_ones_own():
    network = TinyClassifier()
    found = choices(network, trace(network, torch.zeros(1, 3, 8, 8)))
    assert found["look cam"] == found["look gradcam"] == ["relu"]


@pytest.mark.parametrize(("size", "what"), [(3, "edges, colours"), (40, "textures"), (92, "parts"), (180, "objects")])
def test_what_a_layer_shows(size, what):
    axis = Axis(size=size, stride=1, start=0)
    assert shown_by(ReceptiveField(axis, axis), (224, 224)) == what
    assert shown_by(None, (224, 224)) == "objects"
