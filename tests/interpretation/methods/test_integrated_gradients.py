"""Integrated gradients."""

import pytest
import torch

from deepatelier.interpretation.methods.integrated_gradients import integrated_gradients


def curved(x):
    """A score of (N, 3, 2)."""
    return x.sin().sum(dim=(1, 2)) * x[:, 0, 1].exp() + x.prod(dim=2).sum(dim=1)


X, BASELINE = torch.randn(2, 3, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def test_they_add_up_to_the_difference_of_the_scores():
    found = integrated_gradients(curved, X, BASELINE)
    assert found.sum().item() == pytest.approx((curved(X[None]) - curved(BASELINE[None])).item(), abs=1e-10)


def test_a_linear_score():
    weights = torch.tensor([[1.0, -2.0], [0.5, 0.0], [3.0, 1.0]], dtype=torch.float64)
    assert torch.allclose(integrated_gradients(lambda x: (x * weights).sum(dim=(1, 2)), X), X * weights)


def test_they_equal_those_of_captum():
    attr = pytest.importorskip("captum.attr")
    theirs = attr.IntegratedGradients(curved).attribute(X[None], BASELINE[None], n_steps=50, method="gausslegendre")
    assert torch.allclose(integrated_gradients(curved, X, BASELINE, points=50, most=7), theirs[0], atol=1e-12)
