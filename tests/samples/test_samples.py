import numpy as np
import pytest

from deepatelier import samples
from deepatelier.errors import ImageError
from deepatelier.samples.brush import Brush, paint_layer
from deepatelier.samples.swirl import draw_swirl


@pytest.mark.parametrize("name", [*samples.photographs(), *samples.paintings()])
def test_every_sample_is_a_picture(name):
    picture = samples.open_picture(name)
    assert min(picture.size) >= 300
    assert picture.tensor((64, 64)).std() > 0.1


def test_a_seed_gives_its_picture():
    first, second, other = (draw_swirl(96, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
    assert first.shape == (96, 120, 3)


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


def test_a_file_goes_before_a_sample(tmp_path, monkeypatch, photo_file):
    monkeypatch.chdir(tmp_path)
    photo_file.rename("swirl")
    assert samples.open_picture("swirl").size == (40, 56)


@pytest.mark.parametrize(("name", "message"), [("swril", "Did you mean swirl"), ("a/b.png", "There is no file")])
def test_what_is_neither_file_nor_sample(name, message):
    with pytest.raises(ImageError, match=message):
        samples.open_picture(name)
