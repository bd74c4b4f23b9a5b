import io

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from deepatelier import images
from deepatelier.errors import OptionError

FORMATS = list(dict.fromkeys(images.OUTPUT_FORMATS.values()))
LOSSLESS = ("PNG", "TIFF", "BMP")


@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    format_=st.sampled_from(FORMATS),
    bits=st.sampled_from([8, 16]),
    transparent=st.booleans(),
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_written_and_read_again(height, width, format_, bits, transparent):
    colors = torch.linspace(0, 1, 3 * height * width).view(1, 3, height, width)
    alpha = torch.linspace(0, 255, height * width).round().view(1, 1, height, width) / 255 if transparent else None
    image = colors if alpha is None else alpha * colors + 1 - alpha
    data = images.encode(image, format_, bits=bits, alpha=None if alpha is None else alpha[0, 0].numpy())
    decoded = images.decode(data)
    assert decoded.shape == image.shape
    assert decoded.dtype == torch.float32
    if format_ in LOSSLESS:
        deep = bits == 16 and format_ != "BMP"
        tolerance = (1.5 if transparent else 0.5) / (65535 if deep else 255) + 1e-6
        assert (decoded - image).abs().max() <= tolerance
    with Image.open(io.BytesIO(data)) as raster:
        assert raster.format == format_


@pytest.mark.parametrize("format_", [format_ for format_ in FORMATS if images.holds_alpha(format_)])
def test_transparency_is_put_back(format_):
    alpha = np.zeros((6, 8), np.float32)
    alpha[:, 4:] = 1
    data = images.encode(torch.full((1, 3, 6, 8), 0.25), format_, alpha=alpha)
    with Image.open(io.BytesIO(data)) as raster:
        got = np.asarray(raster.convert("RGBA").getchannel("A")) / 255
    assert abs(got - alpha).max() < 0.02


def test_an_array_is_written_as_a_tensor_is():
    image = torch.rand(1, 3, 20, 30)
    assert images.encode(images.to_array(image), "PNG") == images.encode(image, "PNG")


@pytest.mark.parametrize("bits", [8, 16])
def test_a_png_that_is_not_compressed_says_the_same(bits):
    image = torch.linspace(0, 1, 3 * 40 * 50).view(1, 3, 40, 50)
    small, quick = (images.encode(image, "PNG", bits=bits, compressed=each) for each in (True, False))
    assert len(small) < len(quick)
    assert torch.equal(images.decode(small), images.decode(quick))


def test_values_outside_are_clipped_and_rounded():
    image = torch.tensor([-1.0, 0.0, 0.4999 / 255, 0.501 / 255, 1.0, 7.0]).expand(3, 6)[None, :, None]
    levels = (images.decode(images.encode(image, "PNG")) * 255)[0, 0, 0]
    assert levels.tolist() == [0, 0, 0, 1, 255, 255]


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("format_", FORMATS)
def test_text_is_carried_and_the_colours_are_tagged(tmp_path, format_, bits):
    path = tmp_path / "a"
    text = '{"Grüße": "→", "long": "' + "x" * 3000 + '"}'
    path.write_bytes(images.encode(torch.rand(1, 3, 20, 30), format_, bits=bits, text=text))
    assert images.read_text(path) == (text if images.holds_text(format_, text) else None)
    with Image.open(path) as raster:
        profile = raster.info.get("icc_profile")
        name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))) if profile else ""
        tagged = raster.info.get("srgb") == 0 or "sRGB" in name
    assert tagged == (format_ not in ("BMP", "GIF"))
    path.write_bytes(images.encode(torch.rand(1, 3, 20, 30), format_, bits=bits))
    assert images.read_text(path) is None


def test_a_long_text_does_not_fit_in_exif():
    assert images.holds_text("PNG", "x" * 70_000)
    assert not images.holds_text("JPEG", "x" * 70_000)


def test_what_a_format_cannot_hold_is_said():
    with pytest.raises(OptionError, match=r"Write a \.png"):
        images.encode(torch.zeros(1, 3, 1, 20_000), "WEBP")
