import torch
from torch import nn

from deepatelier.labs.fitting import perceptron
from deepatelier.labs.initialization import signals


def test_signals_are_what_passes():
    torch.manual_seed(0)
    network, x, y = perceptron((4, 5, 6, 3), nn.Tanh).double(), torch.randn(7, 4).double(), torch.arange(7) % 3
    outputs, gradients = signals(network, nn.Tanh, x, y)
    first, _, second, _, last = network
    torch.testing.assert_close(outputs[0], first(x).tanh())
    torch.testing.assert_close(outputs[1], second(outputs[0]).tanh())
    scores = last(outputs[1])
    delta = (scores.softmax(1) - torch.eye(3).double()[y]) / 7
    back = (delta @ last.weight) * (1 - outputs[1] ** 2)
    torch.testing.assert_close(gradients[1], back)
    torch.testing.assert_close(gradients[0], (back @ second.weight) * (1 - outputs[0] ** 2))


def test_a_perceptron_ends_without_activation():
    kinds = [type(layer) for layer in perceptron((4, 5, 6, 3), nn.Tanh, batch_norm=True)]
    assert kinds == [nn.Linear, nn.BatchNorm1d, nn.Tanh, nn.Linear, nn.BatchNorm1d, nn.Tanh, nn.Linear]
    layers = list(perceptron((4, 5, 5, 3), nn.Tanh, batch_norm=True))
    assert layers[1] is not layers[4]
    assert [type(layer) for layer in perceptron((4, 3))] == [nn.Linear]
