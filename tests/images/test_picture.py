import numpy as np
import pytest
from PIL import Image

from deepatelier import images


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (13, 21, 3), dtype=np.uint8)


def test_size_and_fitted(noise):
    picture = images.picture_from_array("p", noise)
    assert picture.size == (13, 21)
    assert picture.fitted(42) == (26, 42)
    assert picture.fitted(20) == (12, 20)  # int(13 · 20 / 21) = int(12.38)
    assert images.picture_from_array("p", noise[:1]).fitted(8) == (1, 8)


@pytest.mark.parametrize("resampling", ["bilinear", "lanczos"])
def test_resizing_is_pillows(noise, resampling):
    expected = Image.fromarray(noise).resize((8, 5), getattr(Image.Resampling, resampling.upper()))
    got = images.picture_from_array("p", noise).tensor((5, 8), resampling)
    assert np.array_equal((got[0].permute(1, 2, 0) * 255).round().numpy(), np.asarray(expected))


def test_sixteen_bits_are_resized_as_such(tmp_path):
    ramp = np.linspace(20_000, 20_400, 64).astype(np.uint16)  # two levels of 8 bits
    path = tmp_path / "a.png"
    Image.fromarray(np.tile(ramp, (8, 1))).save(path)
    picture = images.open_picture(path)
    assert picture.bits == 16
    small = picture.tensor((4, 32))
    assert len(small.unique()) == 32
    assert small.min() * 65535 == pytest.approx(20_003, abs=20)


def test_transparency_is_resized_with_the_picture(tmp_path):
    pixels = np.zeros((8, 12, 4), np.uint8)
    pixels[:, 6:, 3] = 255
    path = tmp_path / "a.png"
    Image.fromarray(pixels).save(path)
    picture = images.open_picture(path)
    alpha = picture.alpha((4, 6))
    assert alpha.shape == (4, 6)
    assert alpha[..., 0].max() < 0.01
    assert alpha[..., -1].min() > 0.99
    assert picture.tensor()[0, :, 0, 0].tolist() == [1, 1, 1]


def test_a_picture_that_is_opaque_has_no_transparency(tmp_path, noise):
    path = tmp_path / "a.png"
    Image.fromarray(noise).convert("RGBA").save(path)
    assert images.open_picture(path).alpha() is None


@pytest.mark.parametrize("ending", [".gif", ".png", ".webp", ".tiff"])
def test_of_an_animation_it_is_the_first_frame(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    frames = [Image.new("RGB", (6, 4), color) for color in ("red", "blue")]
    options = {} if ending != ".webp" else {"lossless": True}
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)
    picture = images.open_picture(path)
    assert picture.animated
    assert picture.tensor()[0, :, 0, 0].tolist() == [1, 0, 0]
