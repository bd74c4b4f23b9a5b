"""The products of a job, before they are written to files."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from deepatelier import images
from deepatelier.jobs.output import Kind

if TYPE_CHECKING:
    from torch import Tensor

    from deepatelier.images import Pixels

__all__ = ["ArrayProduct", "FilmProduct", "PictureProduct", "Product", "TableProduct", "TextProduct", "WeightsProduct"]


class Product(Protocol):
    """Something that can be written to a file."""

    kind: ClassVar[Kind]

    def holds_text(self, path: Path, text: str) -> bool:
        """Return whether a file with this name can carry a record of this length."""

    def encoded(self, path: Path, text: str | None) -> bytes:
        """Return the bytes of the file. The path's extension is the format; ``text`` is the record to embed."""

    def as_written(self, path: Path) -> Tensor | None:
        """Return the picture as it will be read from the file, (1, 3, H, W); None if the product is not a picture."""

    def size_as_written(self, path: Path) -> tuple[int, int] | None:
        """Return width and height of the picture in the file; None if the product is not a picture."""


@dataclass(frozen=True)
class PictureProduct:
    """A picture.

    Attributes:
        image: (1, 3, H, W), or an array (H, W, 3), sRGB in [0, 1].
        alpha: (H, W), as for `deepatelier.images.encode`.
        bits: 8 or 16 per channel.
    """

    image: Tensor | Pixels
    alpha: Pixels | None = None
    bits: int = 8
    kind: ClassVar[Kind] = "picture"

    def holds_text(self, path: Path, text: str) -> bool:
        """See `Product`."""
        return images.holds_text(images.format_of(path), text)

    def encoded(self, path: Path, text: str | None) -> bytes:
        """See `Product`."""
        return images.encode(self.image, images.format_of(path), alpha=self.alpha, bits=self.bits, text=text)

    def as_written(self, path: Path) -> Tensor:
        """See `Product`."""
        format_ = images.format_of(path)
        return images.decode(images.encode(self.image, format_, alpha=self.alpha, bits=self.bits, compressed=False))

    def size_as_written(self, path: Path) -> tuple[int, int]:  # noqa: ARG002
        """See `Product`."""
        height, width = images.to_array(self.image).shape[:2]
        return width, height


@dataclass(frozen=True)
class FilmProduct:
    """A film.

    Attributes:
        frames: (1, 3, H, W) each, sRGB in levels of 0 to 255 (uint8).
        fps: Frames per second.
    """

    frames: Sequence[Tensor]
    fps: int
    kind: ClassVar[Kind] = "film"
    _encoded: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def holds_text(self, path: Path, text: str) -> bool:  # noqa: ARG002
        """See `Product`."""
        return False

    def encoded(self, path: Path, text: str | None) -> bytes:  # noqa: ARG002
        """See `Product`."""
        format_ = images.film_format_of(path.name)
        if format_ not in self._encoded:
            self._encoded[format_] = images.encode_film(self.frames, format_, self.fps)
        return self._encoded[format_]

    def as_written(self, path: Path) -> Tensor:
        """Return the last frame as it will be read from the file."""
        return images.decode_last(self.encoded(path, None), images.film_format_of(path.name))

    def size_as_written(self, path: Path) -> tuple[int, int]:
        """See `Product`."""
        first = next(images.decode_film(self.encoded(path, None), images.film_format_of(path.name)))
        height, width = first.shape[-2:]
        return width, height


@dataclass(frozen=True)
class ArrayProduct:
    """An array of any shape, written in float32."""

    array: Tensor
    kind: ClassVar[Kind] = "array"

    def holds_text(self, path: Path, text: str) -> bool:  # noqa: ARG002
        """See `Product`."""
        return False

    def encoded(self, path: Path, text: str | None) -> bytes:  # noqa: ARG002
        """Return the array in NumPy's .npy format."""
        import numpy as np

        buffer = io.BytesIO()
        np.save(buffer, self.array.detach().cpu().float().numpy())
        return buffer.getvalue()

    def as_written(self, path: Path) -> None:
        """See `Product`."""

    def size_as_written(self, path: Path) -> None:
        """See `Product`."""


@dataclass(frozen=True)
class WeightsProduct:
    """Weights with their description.

    Attributes:
        tensors: The tensors by name.
        about: Strings by name, for the file's header.
    """

    tensors: Mapping[str, Tensor]
    about: Mapping[str, str] = field(default_factory=dict)
    kind: ClassVar[Kind] = "weights"

    def holds_text(self, path: Path, text: str) -> bool:  # noqa: ARG002
        """See `Product`."""
        return True

    def encoded(self, path: Path, text: str | None) -> bytes:  # noqa: ARG002
        """Return a safetensors file with the record in its header."""
        from safetensors.torch import save

        return save(dict(self.tensors), {**self.about, **({} if text is None else {"record": text})})

    def as_written(self, path: Path) -> None:
        """See `Product`."""

    def size_as_written(self, path: Path) -> None:
        """See `Product`."""


@dataclass(frozen=True)
class TableProduct:
    """Values that JSON can hold."""

    values: Mapping[str, Any]
    kind: ClassVar[Kind] = "table"

    def holds_text(self, path: Path, text: str) -> bool:  # noqa: ARG002
        """See `Product`."""
        return True

    def encoded(self, path: Path, text: str | None) -> bytes:  # noqa: ARG002
        """Return the values as JSON, with the record under ``record``."""
        record = {} if text is None else {"record": json.loads(text)}
        return (json.dumps({**self.values, **record}, indent=1) + "\n").encode()

    def as_written(self, path: Path) -> None:
        """See `Product`."""

    def size_as_written(self, path: Path) -> None:
        """See `Product`."""


@dataclass(frozen=True)
class TextProduct:
    """Text, written in UTF-8: plain text, a page or a table with commas."""

    text: str
    kind: ClassVar[Kind] = "text"

    def holds_text(self, path: Path, text: str) -> bool:  # noqa: ARG002
        """See `Product`."""
        return False

    def encoded(self, path: Path, text: str | None) -> bytes:  # noqa: ARG002
        """Return the text in UTF-8."""
        return self.text.encode()

    def as_written(self, path: Path) -> None:
        """See `Product`."""

    def size_as_written(self, path: Path) -> None:
        """See `Product`."""
