"""Each fixture gives a map that is really empty; the reason is then named."""

import pytest
import torch
from conftest import TinyClassifier
from torch import nn

from deepatelier.interpretation import class_activation_map, dead_layer, grad_cam, occlusion, saliency, why_empty

pytest.importorskip("captum")

IMAGE = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(4))


def dead() -> TinyClassifier:
    """Its rectifier lets nothing through."""
    network = TinyClassifier()
    network.conv.bias.data.fill_(-100)
    return network


def against() -> TinyClassifier:
    """All that it finds speaks against class 1."""
    network = TinyClassifier()
    network.fc.weight.data[1] = -1
    return network


def saturated() -> TinyClassifier:
    """Sure of class 2, to the last bit of float32."""
    network = TinyClassifier()
    network.fc.bias.data[2] = 1e4
    return network


class WithSoftmax(nn.Module):
    """Returns probabilities."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x).softmax(dim=1)


def test_a_dead_rectifier():
    network = dead()
    for found in (
        class_activation_map(network, IMAGE, 0).maps[0],
        grad_cam(network, IMAGE, 0, "relu")[0],
        saliency(network, IMAGE, 0)[0],
        occlusion(network, IMAGE, 0, window=2, stride=2)[0],
    ):
        assert not found.any()
        assert why_empty(network, IMAGE, 0, found, layer="relu") == (
            "Dead ReLU: every value of relu is zero for this picture."
        )
        assert "Dead ReLU: every value of relu" in (why_empty(network, IMAGE, 0, found) or "")
    assert dead_layer(network, IMAGE) == "relu"
    assert dead_layer(TinyClassifier(), IMAGE) is None


def test_the_layer_where_it_died_is_named():
    network = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(), nn.Conv2d(2, 2, 1, bias=False), nn.ReLU(), nn.Flatten())
    network[0].bias.data.fill_(-100)
    network.append(nn.Linear(32, 3))
    found = grad_cam(network, IMAGE, 1, "3")[0]
    assert why_empty(network, IMAGE, 1, found, layer="3") == (
        "Dead ReLU: every value of 3 is zero for this picture; the first such layer is 1."
    )


def test_nothing_speaks_for_the_class():
    network = against()
    for found in (class_activation_map(network, IMAGE, 1).maps[0], grad_cam(network, IMAGE, 1, "relu")[0]):
        assert found.max() <= 0
        assert "All contributions are negative" in (why_empty(network, IMAGE, 1, found, layer="relu") or "")


def test_a_saturated_softmax():
    network = saturated()
    for found in (
        saliency(network, IMAGE, 2, explained="probability")[0],
        grad_cam(network, IMAGE, 2, "relu", explained="probability")[0],
        occlusion(network, IMAGE, 2, window=2, stride=2, explained="probability")[0],
    ):
        assert not found.any()
        reason = why_empty(network, IMAGE, 2, found, explained="probability") or ""
        assert reason.startswith("Saturated softmax: the probability is 1, ")
        assert "Explain the score" in reason
    assert saliency(network, IMAGE, 2).any(), "the score still has a gradient"


def test_a_network_that_ends_in_a_saturated_softmax():
    network = WithSoftmax(saturated())
    found = saliency(network, IMAGE, 2)[0]
    assert not found.any()
    nearly = torch.full_like(found, 1e-28)  # what rounding leaves
    assert why_empty(network, IMAGE, 2, nearly) == why_empty(network, IMAGE, 2, found)
    assert "return the scores before it" in (why_empty(network, IMAGE, 2, found) or "")


def test_a_score_that_depends_on_nothing():
    network = TinyClassifier()
    network.fc.weight.data[3] = 0
    found = saliency(network, IMAGE, 3)[0]
    assert why_empty(network, IMAGE, 3, found) == "The score does not change with anything here."


def test_a_map_that_shows_something_has_no_reason():
    network = TinyClassifier()
    assert why_empty(network, IMAGE, 0, saliency(network, IMAGE, 0)[0]) is None


def test_a_small_positive_map_of_a_small_probability_is_no_negative_one():
    network = saturated()
    found = torch.full((3, 3), -1e-8)
    found[1, 1] = 3e-5
    assert why_empty(network, IMAGE, 0, found, explained="probability") is None
