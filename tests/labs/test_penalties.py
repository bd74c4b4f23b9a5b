import pytest
import torch

from deepatelier.labs.penalties import _BEST, _HESSIAN, smallest


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0, 2.5])
def test_l2_is_where_the_gradient_is_zero(strength):
    w = smallest("L2", strength)
    torch.testing.assert_close(_HESSIAN @ (w - _BEST) + 2 * strength * w, torch.zeros(2).double(), atol=1e-12, rtol=0)


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0, 2.5])
def test_l1_is_where_zero_is_a_subgradient(strength):
    w = smallest("L1", strength)
    for slope, value in zip((_HESSIAN @ (w - _BEST)).tolist(), w.tolist(), strict=True):
        if value:
            assert slope == pytest.approx(-strength * (1 if value > 0 else -1), abs=1e-9)
        else:
            assert abs(slope) <= strength + 1e-9


def test_l1_makes_a_weight_zero_and_l2_does_not():
    assert 0 in smallest("L1", 2.5).tolist()
    assert 0 not in smallest("L2", 2.5).tolist()
