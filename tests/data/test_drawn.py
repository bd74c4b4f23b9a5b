"""Data sets that the package draws itself."""

import math

import pytest
import torch

from deepatelier.data import ELLIPSE, open_dataset
from deepatelier.data.adding import adding
from deepatelier.data.eyes import draw_eye
from deepatelier.data.line import BIAS, SLOPE, line


def test_eyes_are_the_same_each_time_and_each_another():
    first, second = (draw_eye(torch.Generator().manual_seed(seed))[0] for seed in (0, 1))
    again, _ = draw_eye(torch.Generator().manual_seed(0))
    assert torch.equal(first, again)
    assert not torch.equal(first, second)
    assert first.shape == (1, 1, 64, 64)
    assert first.dtype == torch.uint8


def test_the_pupil_is_where_the_ellipse_says():
    """Its inside is darker than what is around it, and than the inside of an ellipse that is turned or moved."""
    generator = torch.Generator().manual_seed(5)
    drawn = [draw_eye(generator) for _ in range(60)]
    y, x = torch.meshgrid(torch.arange(64) + 0.5, torch.arange(64) + 0.5, indexing="ij")

    def levels(image, ellipse):
        cx, cy, a, b, angle = ellipse.tolist()
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        u, v = (x - cx) * cos + (y - cy) * sin, (y - cy) * cos - (x - cx) * sin
        radius = torch.sqrt((u / a) ** 2 + (v / b) ** 2)
        values = image[0, 0].float()
        return values[radius < 1].mean().item(), values[(radius > 1.25) & (radius < 1.5)].mean().item()

    for image, ellipse in drawn:
        inside, around = levels(image, ellipse)
        assert inside < around - 10
    slim = [(image, ellipse) for image, ellipse in drawn if ellipse[3] < 0.8 * ellipse[2]]
    for change in ((0, 0, 0, 0, 90.0), (3.0, 0, 0, 0, 0), (0, 3.0, 0, 0, 0)):
        right = sum(levels(image, ellipse)[0] for image, ellipse in slim)
        assert right < 0.95 * sum(levels(image, ellipse + torch.tensor(change))[0] for image, ellipse in slim)


def test_the_ranges_of_the_ellipses():
    generator = torch.Generator().manual_seed(0)
    ellipses = torch.stack([draw_eye(generator)[1] for _ in range(40)])
    assert ellipses.shape == (40, len(ELLIPSE))
    assert (ellipses[:, 2] >= ellipses[:, 3]).all()
    assert ellipses[:, 4].abs().max() <= 90


def test_the_line():
    found = line()
    x, y = found.train.images.flatten(), found.train.targets.flatten()
    rest = y - SLOPE * x - BIAS
    assert rest.mean().abs() < 0.15
    assert rest.std().item() == pytest.approx(0.5, rel=0.2)
    assert torch.equal(open_dataset("line").train.images, found.train.images)


def test_the_sum_is_of_two_marked_numbers_one_in_each_half():
    data = adding(length=9, seed=1, count=2000)
    numbers, markers = data.train.images.unbind(dim=2)
    assert data.contains == "sequences"
    assert data.shape == (9, 2)
    assert set(markers.unique().tolist()) == {0.0, 1.0}
    assert (markers[:, :4].sum(dim=1) == 1).all()
    assert (markers[:, 4:].sum(dim=1) == 1).all()
    assert markers.any(dim=0).all()
    assert torch.equal(data.train.targets[:, 0], (numbers * markers).sum(dim=1))
    assert data.train.targets.var().item() == pytest.approx(1 / 6, rel=0.1)
    assert 0 <= numbers.min() < 0.01 < 0.99 < numbers.max() < 1
