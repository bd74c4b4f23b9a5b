"""The programs that draw the paintings that ship. ``python -m tools.paintings check`` draws all of them in full."""

from functools import cache

import numpy as np
import pytest
import skimage.transform

from deepatelier import samples
from tools.paintings import drawn
from tools.paintings.__main__ import check
from tools.paintings.brush import Brush, paint_layer


def test_what_ships_is_what_is_drawn(capsys):
    """Of the quickest to draw."""
    assert check(["engraving"]) == 0
    assert capsys.readouterr().out == "engraving: as it ships\n"


SLOW = {"ink_wash", "pastel", "cubist", "swirl"}
"""Those of thousands of strokes, which take as long at every height: in the long tests."""
DRAWN = [pytest.param(name, marks=pytest.mark.long) if name in SLOW else name for name in samples.paintings()]


@cache
def _once(name, height):
    return drawn(name, height)


def _check_structures(name, height):
    picture = _once(name, height).astype(float).mean(axis=-1)
    assert picture.shape[0] == height
    large = picture[: height // 8 * 8, : picture.shape[1] // 8 * 8].reshape(8, height // 8, 8, -1).mean(axis=(1, 3))
    assert large.std() > 10  # a composition, and no plain pattern
    assert np.abs(np.diff(picture, axis=1)).mean() > 4
    assert picture.max() - picture.min() > 120


@pytest.fixture(scope="module", params=DRAWN)
def name(request):
    """A painting's; the tests of one follow each other, and share what is drawn."""
    return request.param


def test_a_small_one_has_structures(name):
    picture = _once(name, 64)
    assert picture.dtype == np.uint8
    assert picture.shape == (64, 80, 3)
    _check_structures(name, 64)


@pytest.mark.parametrize("name", DRAWN)
def test_another_seed_gives_another_picture(name):
    assert not np.array_equal(_once(name, 64), drawn(name, 64, 2))


@pytest.mark.parametrize("name", DRAWN)
def test_a_seed_gives_its_picture(name):
    assert np.array_equal(_once(name, 64), drawn(name, 64, 7))


@pytest.mark.parametrize("name", DRAWN)
def test_a_large_one_has_structures_and_the_composition_of_the_small_one(name):
    _check_structures(name, 200)
    small, large = (
        skimage.transform.resize(_once(name, height).astype(float), (12, 15), anti_aliasing=True)
        for height in (64, 200)
    )
    assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.8


@pytest.mark.long
def test_swirl_is_blue_above_and_has_lights_and_a_dark_land():
    picture = _once("swirl", 200).astype(float)
    sky, land = picture[:112], picture[150:]
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
