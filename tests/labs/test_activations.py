import pytest
import torch
from torch.autograd.functional import jacobian

from deepatelier.labs.activations import ACTIVATIONS, softmax, softmax_jacobian


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_is_autograds(name):
    z = torch.linspace(-4, 4, 81, dtype=torch.float64)
    z = z[z.abs() > 1e-9].requires_grad_(True)
    (wanted,) = torch.autograd.grad(ACTIVATIONS[name].value(z).sum(), z)
    torch.testing.assert_close(ACTIVATIONS[name].slope(z.detach()), wanted, rtol=1e-12, atol=1e-14)


def test_softmax_and_its_derivative():
    z = torch.tensor([0.3, -2.0, 1000.0, 999.0], dtype=torch.float64)
    torch.testing.assert_close(softmax(z), torch.softmax(z, 0), rtol=1e-12, atol=0)
    torch.testing.assert_close(softmax_jacobian(z), jacobian(lambda v: torch.softmax(v, 0), z), rtol=1e-10, atol=1e-12)


def test_the_documents_examples():
    assert softmax(torch.tensor([0.0, 1.0, 0.0])).tolist() == pytest.approx([0.21, 0.58, 0.21], abs=0.005)
    assert softmax(torch.tensor([0.0, 10.0, 0.0])).tolist() == pytest.approx([0, 1, 0], abs=1e-4)
    assert softmax(torch.tensor([0.0, -10.0, 0.0])).tolist() == pytest.approx([0.5, 0, 0.5], abs=1e-4)
