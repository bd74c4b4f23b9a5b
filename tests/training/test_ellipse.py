import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from deepatelier.data.eyes import draw_eye
from deepatelier.training.ellipse import EllipseRegression, ellipse_errors, fitted_ellipse

TASK = EllipseRegression((32.0, 32.0, 9.0, 7.0, 0.0), (4.0, 4.0, 2.0, 2.0, 45.0))


def outputs_for(ellipse):
    return (ellipse - torch.tensor(TASK.shift)) / torch.tensor(TASK.scale)


@given(angle=st.floats(-90, 90), turns=st.integers(-2, 2))
def test_a_half_turn_changes_nothing(angle, turns):
    truth = torch.tensor([[30.0, 31.0, 10.0, 6.0, angle]])
    told = truth + torch.tensor([0, 0, 0, 0, 180.0 * turns])
    assert TASK.loss(outputs_for(told), truth).item() == pytest.approx(0, abs=1e-4)
    assert ellipse_errors(told, truth)["angle"].item() == pytest.approx(0, abs=1e-3)
    assert -90 <= TASK.values(outputs_for(told))[0, 4] <= 90


def test_the_angle_counts_less_for_what_is_nearly_round():
    turned = torch.tensor([[30.0, 31.0, 10.0, 5.0, 90.0]])
    slim, round_ = torch.tensor([[30.0, 31.0, 10.0, 5.0, 0.0]]), torch.tensor([[30.0, 31.0, 10.0, 9.9, 0.0]])
    assert TASK.loss(outputs_for(turned), slim).item() == pytest.approx(4 * 0.5 * 2)
    turned[0, 3] = 9.9
    assert TASK.loss(outputs_for(turned), round_).item() == pytest.approx(4 * 0.01 * 2, rel=1e-3)


def test_means_and_deviations_are_of_the_training_pictures():
    targets = torch.tensor([[30.0, 20.0, 10.0, 8.0, 5.0], [34.0, 22.0, 12.0, 8.0, -80.0]])
    task = EllipseRegression.of(targets)
    assert task.shift == pytest.approx((32, 21, 11, 8, 0))
    assert task.scale == pytest.approx((4 / math.sqrt(2), math.sqrt(2), math.sqrt(2), 1e-3, 45))


def test_errors():
    errors = ellipse_errors(torch.tensor([[3.0, 4.0, 5.0, 8.0, 80.0]]), torch.tensor([[0.0, 0.0, 9.0, 5.0, -80.0]]))
    assert {name: value.item() for name, value in errors.items()} == {"center": 5, "axes": 0.5, "angle": 20}


def test_the_classical_fit_finds_clean_ellipses():
    y, x = torch.meshgrid(torch.arange(64) + 0.5, torch.arange(64) + 0.5, indexing="ij")
    for angle in (-60.0, 0.0, 35.0):
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        u, v = (x - 30) * cos + (y - 33) * sin, (y - 33) * cos - (x - 30) * sin
        radius = torch.sqrt((u / 12) ** 2 + (v / 7) ** 2)
        grey = 0.85 - 0.4 * torch.sigmoid((2 - radius) * 20) - 0.35 * torch.sigmoid((1 - radius) * 20)
        found = fitted_ellipse(grey[None])
        errors = ellipse_errors(found[None], torch.tensor([[30.0, 33.0, 12.0, 7.0, angle]]))
        assert errors["center"] < 0.3
        assert errors["axes"] < 0.8
        assert errors["angle"] < 3


def test_the_classical_fit_on_drawn_eyes():
    generator = torch.Generator().manual_seed(1)
    drawn = [draw_eye(generator) for _ in range(25)]
    fits = [fitted_ellipse(image[0] / 255) for image, _ in drawn]
    errors = [
        ellipse_errors(fit[None], truth[None])["center"].item()
        for fit, (_, truth) in zip(fits, drawn, strict=True)
        if fit is not None
    ]
    assert len(errors) >= 20
    assert sorted(errors)[len(errors) // 2] < 2


def test_nothing_dark_has_no_ellipse():
    ramp = torch.linspace(0, 1, 64).expand(1, 64, 64)
    found = fitted_ellipse(ramp)
    assert found is None or found.isfinite().all()
