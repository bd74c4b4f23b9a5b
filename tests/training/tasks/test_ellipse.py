import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from deepatelier.training.tasks.ellipse import EllipseRegression, ellipse_errors

ELLIPSES = st.tuples(
    st.floats(20, 44), st.floats(20, 44), st.floats(6, 13), st.floats(0.4, 0.95), st.floats(-89.9, 89.9)
).map(lambda e: torch.tensor([[e[0], e[1], e[2], e[2] * e[3], e[4]]]))
TASK = EllipseRegression((32.0, 32.0, 9.0, 7.0, 1.0), (4.0, 4.0, 2.0, 2.0, 3.0))


def outputs_for(ellipse):
    """By the definition: S = R·diag(a, b)·Rᵀ."""
    x, y, a, b, angle = ellipse[0].tolist()
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    turn = torch.tensor([[cos, -sin], [sin, cos]])
    matrix = turn @ torch.diag(torch.tensor([a, b])) @ turn.T
    numbers = torch.tensor([[x, y, matrix[0, 0], matrix[1, 1], matrix[0, 1]]])
    return (numbers - torch.tensor(TASK.shift)) / torch.tensor(TASK.scale)


@given(ELLIPSES)
def test_right_outputs_are_the_ellipse_and_cost_nothing(ellipse):
    errors = ellipse_errors(TASK.values(outputs_for(ellipse)), ellipse)
    assert max(error.item() for error in errors.values()) < 0.05
    assert TASK.loss(outputs_for(ellipse), ellipse).item() == pytest.approx(0, abs=1e-6)


@given(ELLIPSES, st.integers(-2, 2))
def test_a_half_turn_changes_nothing(ellipse, turns):
    turned = ellipse + torch.tensor([0, 0, 0, 0, 180.0 * turns])
    assert TASK.loss(outputs_for(turned), ellipse).item() == pytest.approx(0, abs=1e-6)


def test_the_loss_counts_deviations():
    truth = torch.tensor([[30.0, 31.0, 10.0, 5.0, 0.0]])
    moved = outputs_for(truth + torch.tensor([8.0, 0, 0, 0, 0]))
    assert TASK.loss(moved, truth).item() == pytest.approx(4)


def test_means_and_deviations_are_of_the_training_pictures():
    targets = torch.tensor([[30.0, 20.0, 10.0, 8.0, 0.0], [34.0, 22.0, 12.0, 8.0, 90.0]])
    task = EllipseRegression.of(targets)
    assert task.shift == pytest.approx((32, 21, 9, 10, 0), abs=1e-5)
    assert task.scale == pytest.approx((4 / math.sqrt(2), math.sqrt(2), math.sqrt(2), 4 / math.sqrt(2), 1e-3), rel=1e-4)


def test_errors():
    errors = ellipse_errors(torch.tensor([[3.0, 4.0, 5.0, 8.0, 80.0]]), torch.tensor([[0.0, 0.0, 9.0, 5.0, -80.0]]))
    assert {name: value.item() for name, value in errors.items()} == {"center": 5, "axes": 0.5, "angle": 20}
