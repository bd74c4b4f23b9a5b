import numpy as np
import pytest

from deepatelier.synthesis.style.colors import Colors, match_colors

RANDOM = np.random.default_rng(0)


def _random(*shape):
    return RANDOM.random(shape, np.float32)


def _statistics(image):
    colors = image.reshape(-1, 3).astype(float)
    return Colors(colors.mean(0), np.cov(colors.T, bias=True))


def _near(found, wanted, atol):
    return all(np.allclose(*pair, atol=atol) for pair in zip(found, wanted, strict=True))


def test_mean_and_covariance_are_the_references():
    mix = np.array([[0.10, 0.03, 0.0], [0.0, 0.08, 0.02], [0.01, 0.0, 0.05]])
    image = (0.5 + 0.1 * RANDOM.standard_normal((30, 40, 3)).clip(-3, 3)).astype(np.float32)
    reference = (0.4 + RANDOM.standard_normal((20, 20, 3)).clip(-3, 3) @ mix.T).astype(np.float32)
    matched = match_colors(image, Colors.of(reference))
    assert matched.dtype == np.float32
    assert matched.shape == image.shape
    assert _near(_statistics(matched), _statistics(reference), 1e-6)


def test_the_map_is_symmetric():
    """Of the maps between two covariances, the one that moves the colours least is symmetric and positive."""
    image, reference = _random(9, 9, 3), _random(9, 9, 3) * np.float32([0.2, 0.5, 0.9])
    basis = np.eye(3, dtype=np.float32)[None]
    zero, *units = match_colors(np.concatenate([0 * basis[:, :1], basis], 1), Colors.of(reference), Colors.of(image))[0]
    transform = np.array(units) - zero
    assert np.allclose(transform, transform.T, atol=1e-6)
    assert np.linalg.eigvalsh(transform).min() > 0


def test_a_region_has_the_statistics_of_its_pixels():
    image, where = _random(8, 6, 3), np.zeros((8, 6), np.float32)
    where[2:5, 1:4] = 0.5
    assert _near(Colors.of(image, where), _statistics(image[2:5, 1:4]), 1e-12)


def test_mixed_statistics_are_those_of_all_pixels():
    parts = [_random(5, 4, 3), 0.5 * _random(5, 12, 3)]
    mixed = Colors.mixed([Colors.of(part) for part in parts], [0.25, 0.75])
    assert _near(mixed, _statistics(np.concatenate(parts, 1)), 1e-12)


def test_its_own_colours_change_nothing():
    image = _random(12, 12, 3)
    assert np.allclose(match_colors(image, Colors.of(image)), image, atol=1e-5)


def test_a_part_is_changed_as_the_whole():
    image, wanted = _random(12, 12, 3), Colors.of(_random(9, 9, 3))
    part = match_colors(image[:5, 3:], wanted, Colors.of(image))
    assert np.allclose(part, match_colors(image, wanted)[:5, 3:], atol=1e-6)


GREY, FLAT = np.repeat(_random(9, 9, 1), 3, 2), np.full((9, 9, 3), 0.3, np.float32)
COLORFUL, ONE = _random(9, 9, 3), np.full((1, 1, 3), 0.6, np.float32)


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        (ONE, COLORFUL),
        (COLORFUL, ONE),
        (GREY, COLORFUL),
        (COLORFUL, GREY),
        (FLAT, COLORFUL),
        (COLORFUL, FLAT),
        (FLAT, FLAT),
    ],
)
def test_pictures_without_colour_or_contrast(image, reference):
    matched = match_colors(image, Colors.of(reference))
    assert np.isfinite(matched).all()
    assert np.allclose(matched.mean((0, 1)), reference.mean((0, 1)), atol=0.05)


def test_a_painting_that_diverged_stays_nan():
    image = _random(9, 9, 3)
    image[4, 4] = np.nan
    assert np.isnan(match_colors(image, Colors.of(COLORFUL))).all()
