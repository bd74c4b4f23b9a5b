import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepatelier.training.fit_options import SCHEDULES
from deepatelier.training.schedules import learning_rate_factor


@pytest.mark.parametrize(
    ("schedule", "values"),
    {
        "constant": [1, 1, 1, 1, 1],
        "step": [1, 1, 0.1, 0.01, 0.01],
        "exponential": [1, 10**-0.5, 0.1, 10**-1.5, 0.01],
        "cosine": [1, 0.5 + math.sqrt(2) / 4, 0.5, 0.5 - math.sqrt(2) / 4, 0],
        "triangle": [0.2, 1 - 0.93 * 0.02 / 0.77, 1 - 0.93 * 0.27 / 0.77, 1 - 0.93 * 0.52 / 0.77, 0.07],
    }.items(),
)
def test_at_quarters(schedule, values):
    factor = learning_rate_factor(schedule, 400)
    assert [factor(step) for step in (0, 100, 200, 300, 400)] == pytest.approx(values)


def test_the_triangles_peak():
    assert learning_rate_factor("triangle", 100)(23) == pytest.approx(1)


@given(
    schedule=st.sampled_from(SCHEDULES), steps=st.integers(1, 500), warm_up=st.integers(0, 50), at=st.integers(0, 600)
)
def test_between_nothing_and_all(schedule, steps, warm_up, at):
    assert 0 <= learning_rate_factor(schedule, steps, warm_up)(at) <= 1


def test_the_warm_up_rises_in_equal_steps():
    factor = learning_rate_factor("constant", 100, warm_up=4)
    assert [factor(step) for step in range(5)] == [0.25, 0.5, 0.75, 1, 1]
