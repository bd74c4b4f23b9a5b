import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from deepatelier.training.least_squares import least_squares

GENERATOR = torch.Generator().manual_seed(0)
X = torch.randn(40, 5, generator=GENERATOR, dtype=torch.float64)
Y = torch.randn(40, 2, generator=GENERATOR, dtype=torch.float64)
SINGULAR = torch.cat([X, X[:, :1], torch.zeros(40, 1)], dim=1)


@pytest.mark.parametrize("pieces", [1, 3, 40])
@pytest.mark.parametrize(("x", "rank"), [(X, 6), (SINGULAR, 6), (X[:4], 4)], ids=["unique", "singular", "few"])
def test_equals_numpys_solution_of_least_norm(x, rank, pieces):
    y = Y[: len(x)]
    found = least_squares(zip(x.chunk(pieces), y.chunk(pieces), strict=True))
    wanted, *_ = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)
    np.testing.assert_allclose(torch.cat([found.weight.T, found.bias[None]]), wanted, atol=1e-10)
    assert found.rank == rank


def test_with_a_penalty_equals_scikit_learns_ridge():
    found = least_squares([(X, Y)], ridge=0.3)
    wanted = Ridge(alpha=0.3 * len(X)).fit(X.numpy(), Y.numpy())
    np.testing.assert_allclose(found.weight, wanted.coef_, atol=1e-9)
    np.testing.assert_allclose(found.bias, wanted.intercept_, atol=1e-9)
