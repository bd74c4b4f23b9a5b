import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from deepatelier import networks
from deepatelier.data import Labelled
from deepatelier.errors import OptionError
from deepatelier.training import linear_regression
from deepatelier.training.linear_regression import least_squares, solve

GENERATOR = torch.Generator().manual_seed(0)
X = torch.randn(40, 5, generator=GENERATOR, dtype=torch.float64)
Y = torch.randn(40, 2, generator=GENERATOR, dtype=torch.float64)


def test_equals_lstsq():
    found = least_squares(X, Y)
    wanted, *_ = np.linalg.lstsq(np.c_[X, np.ones(40)], Y, rcond=None)
    np.testing.assert_allclose(torch.cat([found.weight.T, found.bias[None]]), wanted, atol=1e-10)
    assert (found.rank, found.ridge) == (6, 0)


def test_in_pieces_it_is_the_same(monkeypatch):
    whole = least_squares(X, Y)
    monkeypatch.setattr(linear_regression, "_TOGETHER", 7)
    torch.testing.assert_close(least_squares(X, Y).weight, whole.weight, rtol=1e-10, atol=1e-12)


def test_with_a_penalty_equals_scikit_learns_ridge():
    found = least_squares(X, Y, l2=0.3)
    wanted = Ridge(alpha=0.3 * len(X)).fit(X.numpy(), Y.numpy())
    np.testing.assert_allclose(found.weight, wanted.coef_, atol=1e-9)
    np.testing.assert_allclose(found.bias, wanted.intercept_, atol=1e-9)


def test_singular_equations_get_a_ridge_and_nearly_the_smallest_solution():
    x = torch.cat([X, X[:, :1], torch.zeros(40, 1)], dim=1)
    found = least_squares(x, Y)
    assert found.rank == 6
    assert found.ridge > 0
    wanted, *_ = np.linalg.lstsq(np.c_[x, np.ones(40)], Y, rcond=None)
    np.testing.assert_allclose(found.weight.T, wanted[:-1], atol=1e-3)


def test_the_network_gives_the_solution():
    part = Labelled(torch.rand(50, 1, 3, 3, generator=GENERATOR), torch.arange(50) % 3)
    network = networks.build("linear", num_classes=3, input_size=3)
    wanted = torch.nn.functional.one_hot(part.targets, 3)
    solve(network, part, wanted)
    outputs = network(part.images).double()
    residual = outputs - wanted
    inputs = torch.cat([part.images.flatten(1), torch.ones(50, 1)], dim=1).double()
    assert (inputs.T @ residual).abs().max().item() == pytest.approx(0, abs=1e-4)  # the normal equations


def test_other_networks_have_no_closed_form():
    part = Labelled(torch.rand(4, 1, 28, 28), torch.arange(4))
    with pytest.raises(OptionError, match="--network linear"):
        solve(networks.build("mlp"), part, torch.zeros(4, 10))
