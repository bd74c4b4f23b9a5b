"""Pictures in and out: the only file that knows PIL, EXIF, ICC, alpha and bit depth.

Inside deepatelier an image is a float32 tensor (1, 3, H, W), sRGB in [0, 1].
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import warnings
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from deepatelier.errors import ImageError, OptionError, OutputError, SurroundingsError

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "OUTPUT_FORMATS",
    "Picture",
    "Resampling",
    "check_output",
    "decode",
    "encode",
    "open_picture",
    "picture_from_array",
    "read_text",
    "write_atomically",
]

MAX_PIXELS = 100_000_000
"""The largest picture that is read, in pixels. It bounds the memory that a small, hostile file can take."""

MAX_BYTES = 2**29
"""The largest file that is read, in bytes."""

OUTPUT_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
"""File endings that can be written, and Pillow's name of each format."""

Resampling = Literal["bilinear", "lanczos"]

_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "lanczos": Image.Resampling.LANCZOS}
_QUALITY = {"PNG": {}, "JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"quality": 95}}


@dataclass(frozen=True)
class Picture:
    """A picture as it was given: 8-bit sRGB, upright, at its own size.

    Attributes:
        name: The file's name without its folders, or the sample's name.
        sha256: Of the file's bytes, or of the pixels for a picture that was drawn.
    """

    name: str
    sha256: str
    _raster: Image.Image

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self._raster.height, self._raster.width

    def tensor(self, size: tuple[int, int] | None = None, resampling: Resampling = "lanczos") -> Tensor:
        """The picture as a tensor (1, 3, H, W), float32, sRGB in [0, 1].

        Args:
            size: Height and width of the result; its own size if None.
            resampling: Pillow's filter, on 8-bit values, as the published programs resize.
        """
        raster = self._raster
        if size is not None and size != self.size:
            raster = raster.resize((size[1], size[0]), _FILTERS[resampling])
        return _to_tensor(raster)

    def fitted(self, longest: int) -> tuple[int, int]:
        """Height and width at which the longest side is ``longest``: int(side · longest / longest side), at least 1."""
        height, width = self.size
        return max(1, height * longest // max(self.size)), max(1, width * longest // max(self.size))


def open_picture(path: str | os.PathLike[str]) -> Picture:
    """Read a picture from a file: EXIF orientation applied, ICC profile converted to sRGB, alpha laid over white.

    Raises:
        ImageError: The file is missing, empty, a folder, damaged, not a picture, or above `MAX_PIXELS`.
    """
    path = Path(path)
    data = _read_file(path)
    return Picture(path.name, hashlib.sha256(data).hexdigest(), _read(data, str(path)))


def picture_from_array(name: str, pixels: NDArray[np.uint8]) -> Picture:
    """A picture from an array (H, W, 3) of 8-bit sRGB values."""
    return Picture(name, hashlib.sha256(np.ascontiguousarray(pixels).data).hexdigest(), Image.fromarray(pixels))


def check_output(
    path: str | os.PathLike[str],
    sources: Iterable[str | os.PathLike[str]] = (),
    formats: Collection[str] = tuple(OUTPUT_FORMATS),
) -> Path:
    """Return the path if a picture can be written there.

    Args:
        path: Where to write.
        sources: Files that must not be overwritten; what is no file is passed over.
        formats: The endings that can be written.

    Raises:
        OutputError: The ending is unknown, the folder does not exist or cannot be written, a folder is in the
            way, or it is one of the sources.
    """
    path = Path(path)
    if path.suffix.lower() not in formats:
        raise OutputError(
            f"Cannot write {path.name!r}: the ending {path.suffix!r} is not a known picture format. "
            f"Use one of: {', '.join(formats)}."
        )
    try:
        if path.is_dir():
            raise OutputError(f"{path} is a folder. Give the name of a file to write.")
        if not path.parent.is_dir():
            raise OutputError(f"The folder {path.parent} does not exist. Create it, or write somewhere else.")
        if path.exists() and any(Path(source).exists() and path.samefile(source) for source in sources):
            raise OutputError(f"{path} is also an input, and would be lost. Write to another name.")
        if path.exists() and not os.access(path, os.W_OK):
            raise OutputError(f"{path} is write-protected. Write to another name.")
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"Cannot write to {path.parent}: {reason}. Write somewhere else.") from error
    return path


def encode(image: Tensor, format_: str, text: dict[str, str] | None = None) -> bytes:
    """A picture file's bytes, 8 bits a channel.

    Args:
        image: (1, 3, H, W); values outside [0, 1] are clipped.
        format_: A value of `OUTPUT_FORMATS`.
        text: Text that a PNG carries, by key; the other formats leave it out.
    """
    levels = image.detach()[0].float().clamp(0, 1).mul(255).round().to("cpu", torch.uint8)
    raster = Image.fromarray(levels.permute(1, 2, 0).contiguous().numpy())
    options: dict[str, object] = dict(_QUALITY[format_])
    if format_ == "PNG":
        info = PngInfo()
        info.add(b"sRGB", b"\x00")
        for key, value in (text or {}).items():
            info.add_itxt(key, value)
        options["pnginfo"] = info
    buffer = io.BytesIO()
    try:
        raster.save(buffer, format_, **options)
    except (OSError, ValueError) as error:  # a format's own limit: WebP ends at 16383 pixels a side, JPEG at 65500
        raise OptionError(
            f"{format_} cannot hold {raster.width} x {raster.height} pixels ({error}). Write a .png."
        ) from error
    return buffer.getvalue()


def decode(data: bytes) -> Tensor:
    """The image (1, 3, H, W) in a picture file's bytes. Raises ImageError as `open_picture` does."""
    return _to_tensor(_read(data, "the picture"))


def read_text(path: str | os.PathLike[str]) -> dict[str, str]:
    """The text that a PNG carries, by key; empty for other formats. Raises ImageError as `open_picture` does."""
    path = Path(path)
    with _opened(_read_file(path), str(path)) as raster:
        return {key: str(value) for key, value in getattr(raster, "text", {}).items()}


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: under a temporary name beside it, then renamed.

    Raises:
        SurroundingsError: The disk is full, or the folder has gone.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise SurroundingsError(f"{path} could not be written: {error.strerror or error}.") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _read_file(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise ImageError(f"{path} is a folder. Give the path of one picture.")
        if not path.exists():
            raise ImageError(f"There is no file {path}. Check the path; it was looked up from {Path.cwd()}.")
        if not path.is_file():
            raise ImageError(f"{path} is not a regular file. Give the path of one picture.")
        if path.stat().st_size == 0:
            raise ImageError(f"{path} is empty (0 bytes). Give a picture: JPEG, PNG, WebP, TIFF, BMP or GIF.")
        if path.stat().st_size > MAX_BYTES:
            raise ImageError(f"{path} has {path.stat().st_size} bytes; at most {MAX_BYTES} are read. Make it smaller.")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ImageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    return data


def _read(data: bytes, name: str) -> Image.Image:
    """8-bit RGB, upright, in sRGB."""
    with _opened(data, name) as raster:
        return _to_srgb(ImageOps.exif_transpose(raster))


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Image.Image]:
    """A picture, loaded, whatever it takes: every failure inside is an ImageError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damage that it can mend, and of sizes that we check
            with Image.open(io.BytesIO(data)) as raster:
                if raster.width * raster.height > MAX_PIXELS:
                    raise _too_large(name, f"{raster.width} x {raster.height} pixels")
                raster.load()
                yield raster
    except (ImageError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(name, "far more pixels") from error
    except UnidentifiedImageError as error:
        raise ImageError(
            f"{name} is not a picture that can be read. Give a JPEG, PNG, WebP, TIFF, BMP or GIF."
        ) from error
    # a damaged file makes Pillow's decoders raise nearly anything: OSError, SyntaxError, struct.error, IndexError …
    except Exception as error:
        raise ImageError(f"{name} is damaged or incomplete ({error}). Get a whole copy of the picture.") from error


def _too_large(name: str, what: str) -> ImageError:
    return ImageError(f"{name} has {what}; at most {MAX_PIXELS:,} pixels are read. Make it smaller first.")


def _to_srgb(raster: Image.Image) -> Image.Image:
    profile = raster.info.get("icc_profile")
    if raster.mode.startswith("I") or raster.mode == "F":
        return _sixteen_bits_to_eight(raster)
    if "transparency" in raster.info or raster.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        raster = raster.convert("RGBA")
        white = Image.new("RGBA", raster.size, "white")
        raster = Image.alpha_composite(white, raster).convert("RGB")
    elif raster.mode not in ("RGB", "L", "CMYK", "LAB"):
        raster = raster.convert("RGB")
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                raster, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a damaged profile, or one of another colour space than the pixels: take the pixels as sRGB
        else:
            assert converted is not None
            return converted
    return raster.convert("RGB")


def _sixteen_bits_to_eight(raster: Image.Image) -> Image.Image:
    """Greyscale of 16 or 32 bits or floating point; Pillow's own conversion clips at 255."""
    values = np.asarray(raster, dtype=np.float64)
    top = 1.0 if raster.mode == "F" and values.max(initial=0) <= 1 else 65535.0
    return Image.fromarray((np.clip(values / top, 0, 1) * 255).round().astype(np.uint8)).convert("RGB")


def _to_tensor(raster: Image.Image) -> Tensor:
    pixels = torch.from_numpy(np.array(raster, dtype=np.uint8))
    return pixels.permute(2, 0, 1)[None].float().div(255).contiguous()


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
