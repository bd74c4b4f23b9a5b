"""Films: several frames of the same size in a file."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from deepatelier.errors import SurroundingsError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["FILM_FORMATS", "check_film_format", "decode_film", "decode_last", "encode_film", "film_format_of"]

FILM_FORMATS = {".gif": "GIF", ".webp": "WEBP", ".png": "PNG", ".mp4": "mp4", ".webm": "webm"}
"""File extensions of films, and the name of each format; .png is an animated PNG."""

_CODECS = {
    "mp4": ("libx264", {"crf": "18", "x264-params": "cpu-independent=1"}),
    "webm": ("libvpx-vp9", {"crf": "24", "b": "0"}),
}
"""The codec of each video format, with a quality that preserves the fine structures of a dream."""

_OPTIONS: dict[str, dict[str, object]] = {"WEBP": {"quality": 90}, "GIF": {"optimize": False}}


def film_format_of(path: str) -> str:
    """Return the format of a film's file extension. Raises KeyError."""
    return FILM_FORMATS["." + path.rpartition(".")[2].lower()]


def encode_film(frames: Sequence[Tensor], format_: str, fps: int) -> bytes:
    """Encode a film. GIF, WebP and PNG loop forever.

    Args:
        frames: (1, 3, H, W) each, sRGB in levels of 0 to 255 (uint8); one or more.
        format_: A value of `FILM_FORMATS`. mp4 and webm need even sides: an odd last row or column is dropped.
        fps: Frames per second.

    Raises:
        SurroundingsError: The format is mp4 or webm, and PyAV is not installed.
    """
    pictures = [frame[0].permute(1, 2, 0).numpy() for frame in frames]
    if format_ in _CODECS:
        return _video(pictures, format_, fps)
    first, *others = [Image.fromarray(picture) for picture in pictures]
    buffer = io.BytesIO()
    duration = 10 * round(100 / fps)  # GIF counts in hundredths of a second
    first.save(
        buffer, format_, save_all=True, append_images=others, duration=duration, loop=0, **_OPTIONS.get(format_, {})
    )
    return buffer.getvalue()


def check_film_format(format_: str) -> None:
    """Raise SurroundingsError if the package that writes this format is not installed."""
    if format_ in _CODECS and importlib.util.find_spec("av") is None:
        raise SurroundingsError(
            f"A film in {format_} needs PyAV, which is not installed: pip install 'deepatelier[video]'. "
            ".gif, .webp and .png work without it."
        )


def decode_last(data: bytes, format_: str) -> Tensor:
    """Return the last frame of an encoded film, (1, 3, H, W), sRGB in [0, 1]."""
    *_, last = decode_film(data, format_)
    return last


def decode_film(data: bytes, format_: str) -> Iterator[Tensor]:
    """Yield the frames of an encoded film in order, (1, 3, H, W) each, sRGB in [0, 1]."""
    import torch  # lazy: checking a format does not need torch

    for pixels in _pixels_of(data, format_):
        yield torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)[None]


def _pixels_of(data: bytes, format_: str) -> Iterator[NDArray[np.uint8]]:
    if format_ in _CODECS:
        import av

        with av.open(io.BytesIO(data), "r") as container:
            for frame in container.decode(video=0):
                pixels: NDArray[np.uint8] = frame.to_ndarray(format="rgb24").astype(np.uint8)
                yield pixels
    else:
        with Image.open(io.BytesIO(data)) as film:
            for picture in ImageSequence.Iterator(film):
                yield np.asarray(picture.convert("RGB"))


def _video(pictures: list[NDArray[np.uint8]], format_: str, fps: int) -> bytes:
    check_film_format(format_)
    import av

    buffer = io.BytesIO()
    codec, options = _CODECS[format_]
    height, width = (side - side % 2 for side in pictures[0].shape[:2])
    with av.open(buffer, "w", format=format_) as container:
        stream = container.add_stream(codec, rate=Fraction(fps), options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.thread_count = 1  # with several threads, the same frames do not always give the same bytes
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return buffer.getvalue()
