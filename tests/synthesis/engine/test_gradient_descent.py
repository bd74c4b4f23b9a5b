import pytest
import torch
from torch import nn

from deepatelier.synthesis.engine.gradient_descent import GradientDescent


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_step_has_its_length_whatever_the_unit_of_the_loss(scale):
    x = nn.Parameter(torch.tensor([3.0, -1.0]))
    optimizer = GradientDescent([x], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = scale * (x**2).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == pytest.approx(10 * scale)
    # gradient (6, -2), mean of its lengths 4
    assert torch.allclose(x.detach(), torch.tensor([3.0 - 0.75, -1.0 + 0.25]))


def test_without_gradient_nothing_moves():
    x = nn.Parameter(torch.ones(3))
    optimizer = GradientDescent([x], lr=0.5)

    def closure():
        loss = (0 * x).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert torch.equal(x.detach(), torch.ones(3))
