import numpy as np
import pytest
import torch

from deepatelier.images import to_array
from deepatelier.synthesis.style.colors import Colors
from deepatelier.synthesis.style.luminance import lab
from deepatelier.synthesis.style.style_colors import StyleColors


def _colors(photo, painting, mode):
    return StyleColors(photo, [painting], mode, "lanczos", photo.size)


def test_the_painting_in_the_photographs_colours(photo, painting):
    found = Colors.of(to_array(_colors(photo, painting, "match").painting(0)))
    wanted = Colors.of(photo.array())
    assert np.allclose(found.mean, wanted.mean, atol=1e-3)
    assert np.allclose(found.covariance, wanted.covariance, atol=1e-3)


def test_without_colours_the_painting_has_the_photographs_luminance(photo, painting):
    colors = _colors(photo, painting, "photo")
    own, found = (lab(to_array(image)) for image in (colors.photo_at((20, 28)), colors.painting(0)))
    assert max(abs(own[..., 1:]).max(), abs(found[..., 1:]).max()) < 0.1
    wanted = lab(photo.array())[..., 0]
    assert found[..., 0].mean() == pytest.approx(wanted.mean(), abs=1)
    assert found[..., 0].std() == pytest.approx(wanted.std(), rel=0.1)


def test_of_its_own_colours_nothing_is_changed(photo, painting):
    colors = _colors(photo, painting, "painting")
    assert torch.equal(colors.painting(0, (24, 18)), painting.tensor((24, 18)))
    assert torch.equal(colors.photo_at(photo.size), photo.tensor())
    assert colors.of_paintings_alone
    assert not _colors(photo, painting, "match").of_paintings_alone
