import numpy as np
import pytest

from deepatelier import samples
from deepatelier.errors import MemoryLimitError
from deepatelier.painters import universal_painter
from deepatelier.painters.universal_painter import paint

PHOTO, SWIRL = (samples.open_sample(name).array((72, 96)) for name in ("coffee", "swirl"))
RED, BLUE = (np.random.default_rng(0).random((64, 80, 1), np.float32) * np.float32(of) for of in ([1, 0, 0], [0, 0, 1]))


@pytest.mark.parametrize(("height", "width"), [(1, 32), (33, 50), (700, 9), (40, 300)])
def test_pictures_of_any_shape(height, width):
    photo = np.random.default_rng(0).random((height, width, 3), np.float32)
    painted = paint(photo, [SWIRL[:9, :50]], [1])
    assert painted.shape == photo.shape
    assert painted.dtype == np.float32
    assert 0 <= painted.min() <= painted.max() <= 1


@pytest.mark.parametrize("photo", [np.full((96, 96, 3), 0.5, np.float32), PHOTO])
@pytest.mark.parametrize("painting", [np.full((40, 40, 3), 0.25, np.float32), SWIRL])
def test_pictures_of_one_colour(photo, painting):
    painted = paint(photo, [painting], [1])
    of_one_colour = painting.std((0, 1)).max() == 0
    assert np.allclose(painted, painting[0, 0], atol=1e-6) == of_one_colour
    assert np.allclose(painted.mean((0, 1)), painting.mean((0, 1)), atol=0.06)  # the worst of ten seeds: 0.051


def test_the_picture_is_made_of_the_painting():
    painted = paint(PHOTO, [RED], [1])
    assert painted[..., 1:].mean() < 0.05 < painted[..., 0].mean()


def test_each_painting_has_its_share():
    painted = paint(PHOTO, [RED, BLUE], [0.75, 0.25])
    assert painted[..., 0].mean() / painted.sum(2).mean() == pytest.approx(0.75, abs=0.08)


def test_a_photograph_painted_by_itself_is_itself():
    again = paint(PHOTO, [PHOTO], [1], seed=1)
    other = paint(PHOTO, [SWIRL], [1], seed=1)
    assert abs(again - PHOTO).mean() < 0.5 * abs(other - PHOTO).mean()


def test_less_strength_is_nearer_to_the_photograph():
    away = [abs(paint(PHOTO, [SWIRL], [1], strength=strength) - PHOTO).mean() for strength in (0, 0.3, 0.7, 1)]
    assert away[0] == 0
    assert sorted(away) == away


def test_too_large_a_picture_is_refused(monkeypatch):
    monkeypatch.setattr(universal_painter, "available_memory", lambda _device: 2**20)
    with pytest.raises(MemoryLimitError, match="Lower --size"):
        paint(PHOTO, [SWIRL], [1])


def test_the_memory_of_the_paintings_counts(monkeypatch):
    photo, painting = np.zeros((512, 512, 3), np.float32), np.zeros((1024, 1024, 3), np.float32)
    monkeypatch.setattr(universal_painter, "available_memory", lambda _device: 800 * 2**20)
    monkeypatch.setattr(
        universal_painter, "chosen_patches", lambda small, *_, **__: np.zeros(small.shape[0] * small.shape[1], np.intp)
    )
    paint(photo, [painting], [1])
    with pytest.raises(MemoryLimitError, match="fewer paintings"):
        paint(photo, [painting] * 4, [0.25] * 4)
