from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from deepatelier.labs.activations import ACTIVATIONS
from deepatelier.labs.backpropagation import Layer, backward, forward, loss_of, outer_products


def a_network(widths, seed):
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64).requires_grad_(True)

    return [Layer(draw(outputs, inputs), draw(outputs)) for inputs, outputs in pairwise(widths)]


@settings(max_examples=40, deadline=None)
@given(
    widths=st.lists(st.integers(1, 6), min_size=2, max_size=5),
    count=st.integers(1, 5),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    loss=st.sampled_from(["squared", "cross-entropy"]),
    seed=st.integers(0, 1000),
)
def test_gradients_by_hand_are_autograds(widths, count, activation, loss, seed):
    layers = a_network(widths, seed)
    x = torch.randn(count, widths[0], generator=torch.Generator().manual_seed(seed + 1), dtype=torch.float64)
    y = torch.eye(widths[-1], dtype=torch.float64)[torch.arange(count) % widths[-1]]
    passed = forward(x, layers, ACTIVATIONS[activation], loss)
    flat = [each for layer in layers for each in layer]
    wanted = torch.autograd.grad(loss_of(passed.a[-1], y, loss), flat)
    with torch.no_grad():
        found, deltas = backward(passed, y, layers, ACTIVATIONS[activation], loss)
    for ours, theirs in zip([each for layer in found for each in layer], wanted, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)
    for delta, a, layer in zip(deltas, passed.a, found, strict=False):
        torch.testing.assert_close(outer_products(delta, a), layer.weight, rtol=1e-10, atol=1e-10)


def test_one_unit_by_the_slides():
    """δ = (a − y)·f'(z), ∂J/∂w = δ·x, with f'(z) = a·(1 − a) for the sigmoid."""
    layer = Layer(torch.tensor([[0.5]]).double(), torch.tensor([0.1]).double())
    passed = forward(torch.tensor([[2.0]]).double(), [layer], ACTIVATIONS["sigmoid"])
    a = passed.a[-1].item()
    (found,), (delta,) = backward(passed, torch.tensor([[1.0]]).double(), [layer], ACTIVATIONS["sigmoid"])
    assert delta.item() == pytest.approx((a - 1) * a * (1 - a))
    assert found.weight.item() == pytest.approx(2 * delta.item())
