import numpy as np
import pytest
from conftest import gradient_picture
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.color import rgb2lab

from deepatelier.synthesis.style.luminance import grey, lab, match_luminance, recolored, srgb


@pytest.fixture
def random():
    """Draws an image of random colours."""
    generator = np.random.default_rng(0)
    return lambda *shape: generator.random(shape, np.float32)


@given(arrays("float32", (4, 5, 3), elements=st.floats(0, 1, width=32)))
def test_lab_is_that_of_scikit_image(pixels):
    found = lab(pixels)
    assert found.dtype == np.float32
    assert np.allclose(found, rgb2lab(pixels), atol=0.05)


def test_there_and_back(random):
    image = random(20, 30, 3)
    assert np.allclose(srgb(lab(image)), image, atol=1e-4)


def test_grey_keeps_the_luminance_and_nothing_else(random):
    image = random(20, 30, 3)
    found = grey(image)
    assert np.ptp(found, axis=-1).max() < 1e-3
    assert abs(lab(found)[..., 0] - lab(image)[..., 0]).max() < 0.05


def test_the_colours_stay_and_the_luminance_comes_as_near_as_a_screen_shows(random):
    photo, painted = gradient_picture(40, 50).array(), random(40, 50, 3)
    found = recolored(painted, photo)
    assert 0 <= found.min() <= found.max() <= 1
    colors, wanted, own = lab(found), lab(painted)[..., 0], lab(photo)
    assert np.linalg.norm(colors[..., 1:] - own[..., 1:], axis=-1).mean() < 1
    lower, upper = np.minimum(wanted, own[..., 0]), np.maximum(wanted, own[..., 0])
    assert ((colors[..., 0] - lower > -1) & (colors[..., 0] - upper < 1)).all()
    assert abs(colors[..., 0] - wanted).mean() < 0.6 * abs(own[..., 0] - wanted).mean()


def test_a_grey_photograph_stays_grey(random):
    photo, painted = np.repeat(random(12, 12, 1), 3, axis=-1), random(12, 12, 3)
    found = recolored(painted, photo)
    assert np.ptp(found, axis=-1).max() < 0.01
    assert abs(lab(found)[..., 0] - lab(painted)[..., 0]).max() < 0.3


def test_luminance_is_matched_in_mean_and_deviation(random):
    image, reference = 0.3 + 0.2 * np.repeat(random(30, 30, 1), 3, axis=-1), gradient_picture(20, 30).array()
    found, wanted = lab(match_luminance(image, reference))[..., 0], lab(reference)[..., 0]
    assert abs(found.mean() - wanted.mean()) < 0.1
    assert abs(found.std() - wanted.std()) < 0.1
    flat = match_luminance(np.full((4, 4, 3), 0.2, np.float32), reference)
    assert np.isfinite(flat).all()
