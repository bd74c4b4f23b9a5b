import io
import struct
import zlib

import numpy as np
import pytest
import pyvips
import tifffile
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from deepatelier import images
from deepatelier.errors import ImageError

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _swapped_profile() -> bytes:
    """sRGB's profile with the primaries of red and blue exchanged."""
    data = bytearray(SRGB)
    entries = {}
    for number in range(struct.unpack_from(">I", data, 128)[0]):
        place = 132 + 12 * number
        entries[bytes(data[place : place + 4])] = place
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    data[red + 4 : red + 12], data[blue + 4 : blue + 12] = data[blue + 4 : blue + 12], data[red + 4 : red + 12]
    return bytes(data)


SWAPPED = _swapped_profile()
NO_PROFILE = b"no profile"

# the modes that each format keeps, without loss
MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB", "YCbCr"),
    "WEBP": ("RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB"),
    "GIF": ("1", "L", "P"),
    "JPEG": ("L", "RGB", "CMYK"),
    "AVIF": ("RGB", "RGBA"),
}
WITH_PROFILE = ("PNG", "TIFF", "WEBP", "JPEG", "AVIF")
WITH_EXIF = ("PNG", "TIFF", "WEBP", "JPEG", "AVIF")


def _pixels(mode: str, size: tuple[int, int], seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (*size, 4), dtype=np.uint8)
    base = Image.fromarray(np.ascontiguousarray(noise[..., :3]))
    if mode in ("RGBA", "LA"):
        colors = base.convert(mode[:-1])
        colors.putalpha(Image.fromarray(np.ascontiguousarray(noise[..., 3])))
        return colors
    if mode == "LAB":
        return ImageCms.profileToProfile(
            base, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        )
    return base.convert(mode)


def _as_pillow(data: bytes) -> np.ndarray:
    """What Pillow and littlecms make of a file: upright, in sRGB, over white."""
    raster = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    profile = raster.info.get("icc_profile")
    alpha = raster.convert("RGBA").getchannel("A")
    grey = raster.mode in ("1", "L", "LA")
    colors = raster if raster.mode in ("CMYK", "LAB", "YCbCr") else raster.convert("L" if grey else "RGB")
    if profile and profile != NO_PROFILE and colors.mode in ("RGB", "LAB"):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        colors = ImageCms.profileToProfile(colors, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    colors = colors.convert("RGB")
    if raster.mode == "LAB":
        return np.asarray(colors)
    return np.asarray(Image.composite(colors, Image.new("RGB", colors.size, "white"), alpha))


@given(
    kind=st.sampled_from([(format_, mode) for format_, modes in MODES.items() for mode in modes]),
    height=st.integers(1, 70) | st.just(301),
    width=st.integers(1, 70) | st.just(257),
    orientation=st.integers(1, 8),
    profile=st.sampled_from([None, SRGB, SWAPPED, NO_PROFILE]),
    seed=st.integers(0, 9),
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_file_gives_the_pixels_that_pillow_and_littlecms_give(kind, height, width, orientation, profile, seed):
    format_, mode = kind
    options = {}
    if profile and format_ in WITH_PROFILE and mode not in ("1", "CMYK", "LAB", "YCbCr"):
        options["icc_profile"] = profile
    if format_ in WITH_EXIF:
        exif = Image.Exif()
        exif[0x0112] = orientation
        options["exif"] = exif
    if format_ == "WEBP":
        options["lossless"] = True
    buffer = io.BytesIO()
    _pixels(mode, (height, width), seed).save(buffer, format_, **options)
    got = (images.decode(buffer.getvalue())[0].permute(1, 2, 0) * 255).round().numpy()
    expected = _as_pillow(buffer.getvalue())
    assert got.shape == expected.shape
    assert np.array_equal(got, expected)
    turned = orientation >= 5 and format_ in WITH_EXIF
    assert got.shape[:2] == ((width, height) if turned else (height, width))


@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (7, 5), (64, 33)])
def test_sixteen_bits_of_colour_are_read_whole(format_, alpha, size):
    values = torch.randint(0, 65536, (1, 3, *size), generator=torch.Generator().manual_seed(0)).double() / 65535
    opaque = torch.ones(1, 1, *size)
    opaque[..., 0] = 0.0
    data = images.encode(values.float(), format_, bits=16, alpha=opaque[0, 0].numpy() if alpha else None)
    got = images.decode(data)
    wanted = torch.where(opaque > 0, values, 1.0) if alpha else values
    assert (got - wanted).abs().max() < 1 / 65535


@pytest.mark.parametrize("orientation", range(1, 9))
def test_sixteen_bits_are_turned_as_eight_are(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    levels = np.arange(35, dtype=np.uint16).reshape(5, 7)
    deep, plain = tmp_path / "a.png", tmp_path / "b.png"
    Image.fromarray(257 * levels).save(deep, exif=exif)
    Image.fromarray(levels.astype(np.uint8)).save(plain, exif=exif)
    assert torch.allclose(images.open_picture(deep).tensor(), images.open_picture(plain).tensor(), atol=1e-6)


def test_sixteen_bits_with_a_profile_are_converted_from_eight(tmp_path):
    path = tmp_path / "a.png"
    deep = Image.fromarray((np.arange(256, dtype=np.uint16) * 257).reshape(16, 16))
    deep.save(path, icc_profile=SRGB)  # not a profile of greyscale: passed over
    picture = images.open_picture(path)
    assert picture.bits == 16
    assert torch.allclose(picture.tensor()[0, 0].flatten(), torch.arange(256) / 255, atol=1e-6)


@pytest.mark.parametrize(
    ("mode", "values", "white"),
    [
        ("F", np.linspace(0, 1, 64, dtype=np.float32), 1.0),
        ("F", np.linspace(0, 255, 64, dtype=np.float32), 1.0),
        ("F", np.array([np.nan, np.inf, -np.inf, 0.5] * 16, np.float32), 1.0),
        ("I", np.linspace(0, 65535, 64, dtype=np.int32), 1.0),
        ("I;16", np.linspace(0, 65535, 64, dtype=np.uint16), 1.0),
    ],
)
def test_deep_greyscale(tmp_path, mode, values, white):
    path = tmp_path / "a.tiff"
    Image.fromarray(values.reshape(8, 8)).save(path)
    image = images.open_picture(path).tensor()
    assert image.shape == (1, 3, 8, 8)
    assert image.min() == 0
    assert image.max() == white


def test_deep_tiffs_of_other_kinds(tmp_path):
    path = tmp_path / "a.tiff"
    ramp = np.linspace(0, 2**32 - 1, 64).astype(np.uint32).reshape(8, 8)
    tifffile.imwrite(path, ramp)
    assert images.open_picture(path).tensor()[0, 0].flatten().tolist() == pytest.approx(np.linspace(0, 1, 64), abs=1e-4)
    tifffile.imwrite(path, np.array([[0, 65535]], np.uint16), photometric="miniswhite")
    assert images.open_picture(path).tensor()[0, 0, 0].tolist() == [1, 0]


@pytest.mark.parametrize("compression", [None, "adobe_deflate"])
def test_deep_tiffs_in_separate_planes(tmp_path, compression):
    path = tmp_path / "a.tiff"
    planes = np.arange(3 * 8 * 8, dtype=np.uint16).reshape(3, 8, 8) * 300
    tifffile.imwrite(path, planes, photometric="rgb", planarconfig="separate", compression=compression)
    assert (images.open_picture(path).tensor()[0].mul(65535).round().numpy() == planes).all()


def test_deep_greyscale_with_alpha():
    deep = np.random.default_rng(3).integers(0, 65536, (6, 8, 2), dtype=np.uint16)
    data = pyvips.Image.new_from_array(deep, interpretation="grey16").pngsave_buffer()
    picture = images.picture_from_bytes("a.png", data)
    alpha = deep[..., 1] >> 8
    assert picture.bits == 16
    assert (np.rint(255 * picture.alpha()) == alpha).all()
    over_white = deep[..., 0] * (alpha / 255) + 65535 * (1 - alpha / 255)
    assert abs(picture.tensor()[0, 2].mul(65535).numpy() - over_white).max() <= 1


def test_a_key_of_deep_greyscale_is_transparent(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.array([[0, 1000, 65535]], np.uint16)).save(path, transparency=1000)
    picture = images.open_picture(path)
    assert picture.alpha()[0].tolist() == [1, 0, 1]


def _png_header(width: int, height: int) -> bytes:
    """A PNG that says it is huge, in less than a kilobyte."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_files_that_are_no_pictures_are_explained(tmp_path):
    good = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(good, "JPEG")
    for data, message in (
        (b"this is no picture", "is not a picture"),
        (good.getvalue()[: len(good.getvalue()) // 2], "is damaged"),
        (good.getvalue()[:20], "is damaged|is not a picture"),
        (_png_header(60_000, 60_000), "at most 100,000,000 pixels"),
        (_png_header(12_000, 9_000), "12000 x 9000 pixels; at most"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC picture"),
    ):
        with pytest.raises(ImageError, match=message) as caught:
            images.decode(data)
        assert len(str(caught.value).splitlines()) == 1
