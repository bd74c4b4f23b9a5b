import io
import os
import stat
import struct
import zlib

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from deepatelier import images
from deepatelier.errors import ImageError, OptionError, OutputError, SurroundingsError


def _save(path, array, **options):
    Image.fromarray(array).save(path, **options)
    return path


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (13, 21, 3), dtype=np.uint8)


@given(height=st.integers(1, 40), width=st.integers(1, 40), ending=st.sampled_from(sorted(images.OUTPUT_FORMATS)))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_written_and_read_again(height, width, ending):
    image = torch.linspace(0, 1, 3 * height * width).view(1, 3, height, width)
    decoded = images.decode(images.encode(image, images.OUTPUT_FORMATS[ending]))
    assert decoded.shape == image.shape
    assert decoded.dtype == torch.float32
    if ending == ".png":  # the others lose
        assert (decoded - image).abs().max() <= 0.5 / 255 + 1e-6


def test_values_outside_are_clipped_and_rounded():
    image = torch.tensor([-1.0, 0.0, 0.4999 / 255, 0.501 / 255, 1.0, 7.0]).expand(3, 6)[None, :, None]
    levels = (images.decode(images.encode(image, "PNG")) * 255)[0, 0, 0]
    assert levels.tolist() == [0, 0, 0, 1, 255, 255]


def test_a_png_carries_text_and_is_tagged_srgb(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(images.encode(torch.zeros(1, 3, 2, 2), "PNG", {"key": "Grüße → {}"}))
    assert images.read_text(path) == {"key": "Grüße → {}"}
    with Image.open(path) as raster:
        assert raster.info["srgb"] == 0


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


def test_exif_orientation_is_applied(tmp_path, noise):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 270°
    picture = images.open_picture(_save(tmp_path / "a.png", noise, exif=exif))
    assert np.array_equal(picture.tensor()[0].permute(1, 2, 0).mul(255).round().numpy(), np.rot90(noise, -1))


def test_alpha_is_laid_over_white(tmp_path):
    pixels = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 128]]], dtype=np.uint8)
    image = images.open_picture(_save(tmp_path / "a.png", pixels)).tensor()
    assert image[0, :, 0, 0].tolist() == [1, 0, 0]
    assert image[0, :, 0, 1].tolist() == [1, 1, 1]
    assert image[0, :, 0, 2].mean().item() == pytest.approx(127 / 255, abs=1e-3)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I", "F", "I;16"])
def test_every_mode_is_read(tmp_path, mode):
    grey = Image.fromarray(np.linspace(0, 255, 64, dtype=np.uint8).reshape(8, 8))
    raster = Image.fromarray(np.linspace(0, 65535, 64, dtype=np.uint16).reshape(8, 8)) if mode == "I;16" else None
    if mode == "F":
        raster = Image.fromarray(np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8))
    if mode in ("LAB",):
        to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
        raster = ImageCms.applyTransform(grey.convert("RGB"), to_lab)
    if mode in ("YCbCr", "LA"):
        raster = grey.convert("RGB" if mode != "LA" else "L").convert(mode)
    if mode == "I":
        raster = Image.fromarray(np.linspace(0, 65535, 64, dtype=np.int32).reshape(8, 8))
    path = tmp_path / ("a.png" if mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else "a.tiff")
    (raster or grey.convert(mode)).save(path)
    image = images.open_picture(path).tensor()
    assert image.shape == (1, 3, 8, 8)
    assert image.min() < 0.1
    assert image.max() > 0.9


def test_an_icc_profile_is_converted_to_srgb(tmp_path, noise):
    gray = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = images.open_picture(_save(tmp_path / "a.png", noise, icc_profile=gray)).tensor()
    assert (same[0].permute(1, 2, 0).mul(255).numpy() - noise).__abs__().max() <= 1.01
    damaged = images.open_picture(_save(tmp_path / "b.png", noise, icc_profile=b"no profile")).tensor()
    assert np.array_equal(damaged[0].permute(1, 2, 0).mul(255).round().numpy(), noise)


def _png_header(width: int, height: int) -> bytes:
    """A PNG that says it is huge, in less than a kilobyte."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def _bad_files(folder):
    good = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(good, "JPEG")
    (folder / "folder").mkdir()
    (folder / "empty.png").write_bytes(b"")
    (folder / "text.png").write_text("this is no picture")
    (folder / "truncated.jpg").write_bytes(good.getvalue()[: len(good.getvalue()) // 2])
    (folder / "header.jpg").write_bytes(good.getvalue()[:20])
    (folder / "huge.png").write_bytes(_png_header(60_000, 60_000))
    (folder / "large.png").write_bytes(_png_header(12_000, 9_000))
    os.mkfifo(folder / "pipe.png")
    return {
        "missing.png": "There is no file",
        "folder": "is a folder",
        "empty.png": "is empty",
        "text.png": "is not a picture",
        "truncated.jpg": "is damaged",
        "header.jpg": "is damaged|is not a picture",
        "huge.png": "at most 100,000,000 pixels",
        "large.png": "12000 x 9000 pixels; at most",
        "pipe.png": "is not a regular file",
        "nul\0.png": "There is no file|cannot be read",
        "n" * 300: "cannot be read",
    }


def test_files_that_cannot_be_read_are_explained(tmp_path):
    for name, message in _bad_files(tmp_path).items():
        with pytest.raises(ImageError, match=message) as caught:
            images.open_picture(tmp_path / name)
        assert len(str(caught.value).splitlines()) == 1


def test_a_file_of_too_many_bytes(tmp_path, monkeypatch, photo_file):
    monkeypatch.setattr(images, "MAX_BYTES", 10)
    with pytest.raises(ImageError, match="at most 10 are read"):
        images.open_picture(photo_file)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_mutated_file_is_read_or_explained(data):
    buffer = io.BytesIO()
    pixels = np.random.default_rng(2).integers(0, 255, (9, 9, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])))
    file = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        image = images.decode(bytes(file))
    except ImageError:
        return
    assert image.shape[:2] == (1, 3)
    assert 0 <= image.min() <= image.max() <= 1


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a.xyz", "ending '.xyz' is not a known picture format"),
        ("a", "ending '' is not a known"),
        ("no/where/a.png", "does not exist"),
        ("folder.png", "is a folder"),
    ],
)
def test_outputs_that_cannot_be_written(tmp_path, path, message):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(OutputError, match=message):
        images.check_output(tmp_path / path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder.png"]


def test_a_folder_without_permission(tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(images.tempfile, "TemporaryFile", refuse)  # root may write anywhere
    with pytest.raises(OutputError, match="Permission denied"):
        images.check_output(tmp_path / "a.png")


def test_writing_is_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    images.write_atomically(path, b"old")
    path.chmod(0o640)

    def full(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(images.os, "fsync", full)
        with pytest.raises(SurroundingsError, match="No space left"):
            images.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    images.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_a_format_cannot_hold_is_said():
    with pytest.raises(OptionError, match=r"Write a \.png"):
        images.encode(torch.zeros(1, 3, 1, 20_000), "WEBP")
