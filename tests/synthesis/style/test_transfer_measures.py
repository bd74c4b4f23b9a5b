import numpy as np
import pytest
import torch
from conftest import gradient_picture
from skimage.metrics import structural_similarity

from deepatelier import samples
from deepatelier.images import to_array
from deepatelier.painters import FastStyle, FastStyleOptions
from deepatelier.synthesis import StyleOptions, StyleTransfer
from deepatelier.synthesis.style.luminance import lab
from deepatelier.synthesis.style.regions import Style
from deepatelier.synthesis.style.transfer_measures import transfer_measures

ALL = [Style(0, 1.0)]


def test_the_photograph_has_its_content_and_the_painting_its_style(photo, painting):
    own, other = photo.tensor(), painting.tensor()
    found = transfer_measures(own, own, [other], ALL, "cpu")
    assert found["content distance"] == 0
    assert found["SSIM of luminance"] == pytest.approx(1)
    painted = transfer_measures(other, other, [other], ALL, "cpu")
    assert painted["style distance"] == pytest.approx(0)
    assert painted["style distance at other layers"] == pytest.approx(0, abs=1e-6)
    assert 0 < painted["style distance at other layers"] + 1e-9 < found["style distance at other layers"]


def test_distances_are_those_of_the_losses(photo, painting):
    """In the documents' units they are what the transfer minimises."""
    transfer = StyleTransfer(photo, painting, StyleOptions(size=48, levels=1, margin=0, beta=2.0, device="cpu"))
    image, own = torch.rand(1, 3, 34, 48), photo.tensor((34, 48))
    losses = transfer.losses(image)
    found = transfer_measures(
        image, own, [painting.tensor(transfer.painting_sizes(transfer.levels[-1])[0])], ALL, "cpu"
    )
    assert found["content distance"] == pytest.approx(losses["content"], rel=1e-4)
    assert found["style distance"] == pytest.approx(losses["style"] / 2, rel=1e-4)


def test_similarity_is_scikit_images(photo):
    first, second = photo.tensor(), (photo.tensor() + 0.1 * torch.rand(1, 3, *photo.size)).clamp(0, 1)
    wanted = structural_similarity(*(lab(to_array(each))[..., 0] for each in (first, second)), data_range=100)
    assert transfer_measures(second, first, [first], ALL, "cpu")["SSIM of luminance"] == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(
    ("recipe", "options"), [(StyleTransfer, StyleOptions(steps=2)), (FastStyle, FastStyleOptions())]
)
def test_it_is_in_the_measures(photo, recipe, options):
    mixed = [samples.open_picture(name) for name in ("swirl", "mosaic")]
    options = options.model_copy(update={"size": 48, "device": "cpu"})
    made = recipe(photo, mixed, options.model_copy(update={"measure": True}))
    names = {"content distance", "style distance", "style distance at other layers", "SSIM of luminance"}
    image = torch.rand(1, 3, 34, 48) if recipe is StyleTransfer else np.random.default_rng(0).random((34, 48, 3), "f4")
    assert names <= set(made.measures(image))
    silent = recipe(photo, mixed, options)
    assert not names & set(silent.measures(image))


def test_regions_are_measured_where_they_are():
    photo, image = gradient_picture(32, 64).tensor(), torch.rand(1, 3, 32, 64)
    left = np.zeros((32, 64), np.float32)
    left[:, :32] = 1
    styles = [Style(0, 0.5, left), Style(None, 0.5, 1 - left)]
    half = image.clone()
    half[..., 32:] = photo[..., 32:]
    mixed = transfer_measures(half, photo, [image], styles, "cpu")["style distance at other layers"]
    assert mixed < 0.5 * transfer_measures(photo, photo, [image], styles, "cpu")["style distance at other layers"]
