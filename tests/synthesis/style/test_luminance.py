import torch
from conftest import gradient_picture
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.color import rgb2lab

from deepatelier.synthesis.style.luminance import grey, lab, match_luminance, recolored, srgb


@given(arrays("float32", (4, 5, 3), elements=st.floats(0, 1, width=32)))
def test_lab_is_that_of_scikit_image(pixels):
    found = lab(torch.from_numpy(pixels).permute(2, 0, 1)[None])[0].permute(1, 2, 0)
    assert torch.allclose(found, torch.from_numpy(rgb2lab(pixels)).float(), atol=0.05)


def test_there_and_back():
    image = torch.rand(1, 3, 20, 30)
    assert torch.allclose(srgb(lab(image)), image, atol=1e-4)


def test_grey_keeps_the_luminance_and_nothing_else():
    image = torch.rand(1, 3, 20, 30)
    found = grey(image)
    assert (found.amax(1) - found.amin(1)).max() < 1e-3
    assert (lab(found)[:, 0] - lab(image)[:, 0]).abs().max() < 0.05


def test_the_colours_stay_and_the_luminance_comes_as_near_as_a_screen_shows():
    photo, painted = gradient_picture(40, 50).tensor(), torch.rand(1, 3, 40, 50)
    found = recolored(painted, photo)
    colors, wanted, own = lab(found), lab(painted)[:, 0], lab(photo)
    assert (colors[:, 1:] - own[:, 1:]).norm(dim=1).mean() < 1
    between = (colors[:, 0] - torch.minimum(wanted, own[:, 0]) > -1) & (
        colors[:, 0] - torch.maximum(wanted, own[:, 0]) < 1
    )
    assert between.all()
    assert (colors[:, 0] - wanted).abs().mean() < 0.6 * (own[:, 0] - wanted).abs().mean()


def test_a_grey_photograph_stays_grey():
    photo = torch.rand(1, 1, 12, 12).expand(1, 3, 12, 12)
    painted = torch.rand(1, 3, 12, 12)
    found = recolored(painted, photo)
    assert (found.amax(1) - found.amin(1)).max() < 0.01
    assert (lab(found)[:, 0] - lab(painted)[:, 0]).abs().max() < 0.3


def test_luminance_is_matched_in_mean_and_deviation():
    image, reference = 0.3 + 0.2 * torch.rand(1, 1, 30, 30).expand(1, 3, -1, -1), gradient_picture(20, 30).tensor()
    found, wanted = lab(match_luminance(image, reference))[:, 0], lab(reference)[:, 0]
    assert abs(found.mean() - wanted.mean()) < 0.1
    assert abs(found.std(correction=0) - wanted.std(correction=0)) < 0.1
    flat = match_luminance(torch.full((1, 3, 4, 4), 0.2), reference)
    assert torch.isfinite(flat).all()
