"""The programs that draw the paintings that ship. ``python -m tools.paintings check`` draws all of them in full."""

from functools import cache

import numpy as np
import pytest
import skimage.transform

from deepatelier import samples
from tools.paintings import drawn
from tools.paintings.__main__ import check
from tools.paintings.brush import Brush, paint_layer
from tools.paintings.swirl import draw_swirl


def test_what_ships_is_what_is_drawn(capsys):
    """Of the quickest to draw."""
    assert check(["engraving"]) == 0
    assert capsys.readouterr().out == "engraving: as it ships\n"


@cache
def _once(name, height):
    return drawn(name, height)


@pytest.mark.parametrize("name", samples.paintings())
def test_a_seed_gives_its_picture(name):
    first, second, other = (drawn(name, 64, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
    assert first.dtype == np.uint8
    assert first.shape == (64, 80, 3)


@pytest.mark.parametrize("name", samples.paintings())
@pytest.mark.parametrize("height", [64, 200])
def test_a_painting_has_structures_of_every_size(name, height):
    picture = _once(name, height).astype(float).mean(axis=-1)
    assert picture.shape[0] == height
    large = picture[: height // 8 * 8, : picture.shape[1] // 8 * 8].reshape(8, height // 8, 8, -1).mean(axis=(1, 3))
    assert large.std() > 10  # a composition, and no plain pattern
    assert np.abs(np.diff(picture, axis=1)).mean() > 4
    assert picture.max() - picture.min() > 120


@pytest.mark.parametrize("name", samples.paintings())
def test_the_composition_is_that_of_every_size(name):
    small, large = (
        skimage.transform.resize(_once(name, height).astype(float), (12, 15), anti_aliasing=True)
        for height in (64, 200)
    )
    assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.8


def test_swirl_is_blue_above_and_has_lights_and_a_dark_land():
    picture = draw_swirl(160).astype(float)
    sky, land = picture[:90], picture[120:]
    assert sky[..., 2].mean() > sky[..., 0].mean() + 30
    assert land.mean() < sky.mean() - 20
    assert (picture[..., 0] - picture[..., 2] > 60).mean() > 0.03  # yellow


def test_strokes_follow_the_flow():
    canvas = np.zeros((60, 60, 3))
    right = np.array([1.0, 0.0])
    paint_layer(
        canvas, Brush(8, 4, 40, jitter=0, bristle=0), lambda p: np.tile(right, (len(p), 1)),
        lambda p: np.ones((len(p), 3)), np.random.default_rng(0),
    )  # fmt: skip
    assert canvas.max() > 0.9
    along, across = np.abs(np.diff(canvas, axis=1)).mean(), np.abs(np.diff(canvas, axis=0)).mean()
    assert across > 3 * along
