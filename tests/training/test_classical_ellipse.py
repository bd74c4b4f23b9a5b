import math

import numpy as np
import pytest
import torch
from skimage.measure import EllipseModel

from deepatelier.data.eyes import draw_eye
from deepatelier.training.classical_ellipse import _Ellipse, fitted_ellipse
from deepatelier.training.tasks.ellipse import ellipse_errors


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


def test_a_ramp_has_a_finite_ellipse():
    assert fitted_ellipse(torch.linspace(0, 1, 64).expand(1, 64, 64)).isfinite().all()


def test_distances_are_nearly_those_of_the_nearest_points():
    angles = np.linspace(0, 2 * math.pi, 60)
    points = np.stack([30 + 12.3 * np.cos(angles), 33 + 7.2 * np.sin(angles)], axis=1)
    parameters = (30.0, 33.0), (12.0, 7.0), 0.0
    ours, theirs = _Ellipse(*parameters).residuals(points), EllipseModel(*parameters).residuals(points)
    assert theirs.max() == pytest.approx(0.3, abs=0.01)
    np.testing.assert_allclose(ours, theirs, atol=0.02)


@pytest.mark.parametrize(
    "points",
    [
        [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0], [5, 0]],
        [[1, 1]] * 6,
        [[23, 40.5], [23.5, 24], [23, 24.5], [22.5, 25], [19, 28.5], [20.5, 27]],  # TypeError in scikit-image 0.26
    ],
)
def test_points_of_no_ellipse(points):
    assert not _Ellipse.from_estimate(np.array(points, dtype=float))
