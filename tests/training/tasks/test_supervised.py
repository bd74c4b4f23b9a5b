import pytest
import torch
from torch.nn import functional

from deepatelier.training.tasks.classification import Classification
from deepatelier.training.tasks.regression import Regression

SCORES = torch.tensor([[2.0, -1.0, 0.5], [0.0, 0.0, 3.0]], dtype=torch.float64)
TRUTH = torch.tensor([0, 1])


def test_cross_entropy_and_smoothing():
    log = SCORES.log_softmax(dim=1)
    assert Classification(("a", "b", "c")).loss(SCORES, TRUTH).item() == pytest.approx(
        -(log[0, 0] + log[1, 1]).item() / 2
    )
    wanted = torch.full((2, 3), 0.3 / 3, dtype=torch.float64) + 0.7 * functional.one_hot(TRUTH, 3)
    smooth = Classification(("a", "b", "c"), smoothing=0.3).loss(SCORES, TRUTH).item()
    assert smooth == pytest.approx(-(wanted * log).sum().item() / 2, rel=1e-6)


def test_the_squared_loss_of_classes():
    wanted = torch.tensor([[1.0, 0, 0], [0, 1, 0]])
    found = Classification(("a", "b", "c"), "squared").loss(SCORES, TRUTH).item()
    assert found == pytest.approx((SCORES - wanted).square().sum().item() / 2)


def test_accuracy_is_of_each_picture():
    assert Classification(("a", "b", "c")).metric(SCORES, TRUTH).tolist() == [1, 0]


def test_regression():
    task = Regression(("x", "y"))
    assert task.loss(torch.tensor([[1.0, 2.0], [0.0, 0.0]]), torch.tensor([[0.0, 0.0], [0.0, 3.0]])).item() == 7
    assert task.outputs == 2
