import pytest
import torch

from deepatelier.labs.bptt import (
    Weights,
    gradient_by_hand,
    gradient_norms,
    jacobians,
    linear_norms,
    loss_of,
    states_of,
    with_spectral_radius,
)
from deepatelier.networks.recurrent import GRUCell, LSTMCell, RNNCell


@pytest.fixture
def drawn():
    """The weights of a network, inputs and targets."""
    torch.manual_seed(0)
    weights = Weights(*(torch.randn(size, dtype=torch.float64) for size in ((5, 3), (5, 5), (2, 5))))
    return weights, torch.randn(12, 3, dtype=torch.float64), torch.randn(12, 2, dtype=torch.float64)


def test_the_gradient_by_hand_is_autograds(drawn):
    weights, x, targets = drawn
    hh = weights.hh.clone().requires_grad_()
    (wanted,) = torch.autograd.grad(loss_of(weights._replace(hh=hh), x, targets), [hh])
    torch.testing.assert_close(gradient_by_hand(weights, x, targets), wanted, rtol=0, atol=1e-10)


def test_the_jacobians_are_autograds(drawn):
    weights, x, _ = drawn
    states = states_of(weights, x)
    for h, each, jacobian in zip(states, x, jacobians(weights, states), strict=False):
        wanted = torch.autograd.functional.jacobian(
            lambda h, each=each: torch.tanh(weights.hx @ each + weights.hh @ h), h
        )
        torch.testing.assert_close(jacobian, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("cell", [RNNCell, LSTMCell, GRUCell])
def test_each_block_gets_the_spectral_radius(cell):
    scaled = with_spectral_radius(cell(2, 6).double(), 1.5)
    for block in scaled.weight_hh.chunk(cell.gates):
        assert torch.linalg.eigvals(block).abs().max().item() == pytest.approx(1.5)
    biases = scaled.bias_ih + scaled.bias_hh
    assert set(biases.tolist()) == ({0.0, 1.0} if cell is LSTMCell else {0.0})


def test_the_norms_of_a_plain_network_are_those_of_the_products_of_its_jacobians():
    """With inputs of zero, h is zero, and each Jacobian is W_hh."""
    cell = with_spectral_radius(RNNCell(2, 6).double(), 0.9)
    torch.manual_seed(1)
    norms = gradient_norms(cell, torch.zeros(1, 7, 2, dtype=torch.float64))
    torch.manual_seed(1)
    torch.testing.assert_close(norms, linear_norms(cell, 7), rtol=1e-12, atol=0)


def test_they_vanish_below_1():
    norms = gradient_norms(with_spectral_radius(RNNCell(2, 6).double(), 0.5), torch.randn(3, 40, 2).double())
    assert norms[-1] < 1e-9 * norms[0]
