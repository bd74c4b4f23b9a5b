"""Every network that takes sequences."""

import pytest
import torch

from deepatelier import networks
from deepatelier.errors import OptionError, ShapeError, UnknownNameError
from deepatelier.networks.recurrent.recurrent_network import LAYERS

SEQUENCES = pytest.mark.parametrize("name", networks.names("sequences"))


def built(name, **options):
    torch.manual_seed(0)
    return networks.build(name, width=5, num_classes=3, **options).eval()


def test_each_kind_of_layers_is_a_network():
    assert networks.names("sequences") == list(LAYERS)
    assert not set(networks.names("sequences")) & set(networks.names("pictures"))
    assert {networks.input_kind(name) for name in networks.names("pictures")} == {"pictures"}
    with pytest.raises(UnknownNameError, match="lstm"):
        networks.input_kind("lstn")


@SEQUENCES
def test_every_parameter_gets_a_gradient_and_the_seed_decides(name):
    network = built(name, num_layers=2, bidirectional=True, dropout=0.5)
    x = torch.randn(4, 6, 2)
    outputs = network(x)
    outputs.square().sum().backward()
    assert outputs.shape == (4, 3)
    assert not [key for key, parameter in network.named_parameters() if parameter.grad is None]
    assert torch.equal(built(name, num_layers=2, bidirectional=True)(x), outputs)
    assert not torch.equal(network.train()(x), network(x))


@SEQUENCES
def test_the_output_is_that_after_the_last_step(name):
    network = built(name)
    x, lengths = torch.randn(2, 6, 2), torch.tensor([6, 4])
    padded = network(x, lengths)
    torch.testing.assert_close(padded[0], network(x)[0], atol=1e-6, rtol=0)
    torch.testing.assert_close(padded[1], network(x[:, :4])[1], atol=1e-6, rtol=0)


@SEQUENCES
def test_a_truncated_gradient_stops_but_the_output_stays(name):
    network = built(name)
    x = torch.randn(2, 6, 2, requires_grad=True)
    whole, cut = network(x), network(x, truncate=2)
    torch.testing.assert_close(cut, whole, atol=1e-6, rtol=0)
    (gradient,) = torch.autograd.grad(cut.sum(), [x])
    assert not gradient[:, :4].any()
    assert gradient[:, 4:].all()
    assert torch.equal(network(x, truncate=6), whole)


def test_which_layers_are_computed_by_torch():
    assert [built(name).computed_by for name in ("rnn", "lstm", "gru")] == [
        "torch.nn.RNN", "torch.nn.LSTM", "torch.nn.GRU"
    ]  # fmt: skip
    assert built("lstm_peephole").computed_by == "deepatelier's PeepholeLSTMCell"


@SEQUENCES
def test_what_cannot_be(name):
    network = built(name)
    for shape in ((2, 6, 3), (2, 0, 2), (6, 2), (1, 2, 6, 6)):
        with pytest.raises(ShapeError, match=r"takes sequences of shape \(B, T, 2\); received"):
            network(torch.zeros(shape))
    for options in ({"num_layers": 0}, {"dropout": 1.0}):
        with pytest.raises(OptionError, match="number of layers of 1 or more"):
            built(name, **options)
    with pytest.raises(OptionError, match="one length"):
        network(torch.zeros(2, 6, 2), torch.tensor([6, 4]), truncate=2)
    with pytest.raises(OptionError, match="one direction"):
        built(name, bidirectional=True)(torch.zeros(2, 6, 2), truncate=2)
