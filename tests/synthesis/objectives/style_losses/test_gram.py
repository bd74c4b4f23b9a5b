import pytest
import torch

from deepatelier.synthesis import gram_matrices


@pytest.mark.parametrize("size", [(1, 1), (7, 9), (40, 33), (64, 64)])
def test_in_bfloat16_it_is_hardly_rounded(size):
    """One product in bfloat16 is off by 2 in a thousand; whatever the number of positions is."""
    maps = torch.randn(1, 24, *size, generator=torch.Generator().manual_seed(0)).relu().bfloat16()
    found = gram_matrices({"layer": maps}, ["layer"])["layer"]
    exact = gram_matrices({"layer": maps.double()}, ["layer"])["layer"]
    assert found.dtype == torch.float32
    assert (found - exact).norm() < 5e-4 * exact.norm()


def test_its_gradient_is_that_of_float64():
    maps = torch.randn(1, 6, 9, 11, dtype=torch.float64).relu()
    gradients = []
    for dtype in (torch.float64, torch.bfloat16):
        seen = maps.detach().to(dtype).requires_grad_()
        gram_matrices({"layer": seen}, ["layer"])["layer"].square().sum().backward()
        gradients.append(seen.grad.double())
    assert torch.allclose(*gradients, rtol=0.02, atol=0.02 * gradients[0].abs().max().item())
