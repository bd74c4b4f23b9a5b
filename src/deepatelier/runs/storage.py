"""Writing a picture with its record, and reading the record again."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from pydantic import ValidationError
from torch import Tensor

from deepatelier import images
from deepatelier.errors import OutputError, RecordError
from deepatelier.files import check_output, write_atomically
from deepatelier.images import OUTPUT_FORMATS
from deepatelier.runs.record import Record

__all__ = ["check_film_target", "check_target", "read_record", "write_array", "write_film", "write_picture"]

_LONGEST = 1_000_000
"""Characters of a record that is read. A real one has some 3,000."""


def check_target(
    path: str | os.PathLike[str], sources: Iterable[str | os.PathLike[str]] = (), *, metadata: bool = True
) -> Path:
    """Return the path if a picture with its record can be written there.

    Args:
        path: Where to write.
        sources: Files that must not be overwritten; what is no file is passed over.
        metadata: Whether the record is written.

    Raises:
        OutputError: As `check_output`; or the picture's record would go into a file that is there and is no record.
    """
    target = check_output(path, OUTPUT_FORMATS, sources)
    if metadata and not images.holds_text(images.format_of(target), ""):
        _check_beside(target)
    return target


def write_picture(
    image: Tensor,
    path: str | os.PathLike[str],
    record: Callable[[Tensor], Record],
    *,
    alpha: Tensor | None = None,
    bits: int = 8,
    metadata: bool = True,
) -> Record:
    """Write a picture with its record, whole or not at all.

    The record goes into the picture, or where the format has no place for it (BMP, GIF), into a file beside it whose
    name ends with ``.json``.

    Args:
        image: (1, 3, H, W), sRGB in [0, 1].
        path: Where to; its ending is the format.
        record: Makes the record from the image as it will be read from the file.
        alpha: (1, 1, H, W), as for `images.encode`.
        bits: 8 or 16 a channel.
        metadata: Whether the record is written.

    Raises:
        OutputError: The file cannot be written there.
        SurroundingsError: The disk is full.
    """
    path = check_target(path, metadata=metadata)
    format_ = images.format_of(path)
    made = record(images.decode(images.encode(image, format_, alpha=alpha, bits=bits, compressed=False)))
    text = made.model_copy(update={"output": path.name}).to_json()
    inside = metadata and images.holds_text(format_, text)
    data = images.encode(image, format_, alpha=alpha, bits=bits, text=text if inside else None)
    write_atomically(path, data)
    beside = _sidecar(path)
    if metadata and not inside:
        write_atomically(beside, text.encode())
    elif not images.holds_text(format_, "") and _is_record(beside):  # of the picture that was there before
        beside.unlink()
    return made


def write_array(array: Tensor, path: str | os.PathLike[str]) -> None:
    """Write numbers as NumPy's .npy, whole or not at all.

    Args:
        array: Any shape; in float32.
        path: Where to; checked by `check_output`.

    Raises:
        SurroundingsError: The disk is full.
    """
    buffer = io.BytesIO()
    np.save(buffer, array.detach().cpu().float().numpy())
    write_atomically(Path(path), buffer.getvalue())


def write_film(
    frames: Sequence[Tensor],
    path: str | os.PathLike[str],
    record: Callable[[Tensor], Record],
    *,
    fps: int,
    metadata: bool = True,
) -> Record:
    """Write a film, and its record into a file beside it whose name ends with ``.json``.

    Args:
        frames: (1, 3, H, W) each, sRGB in levels of 0 to 255 (uint8).
        path: Where to; its ending is the format, one of `deepatelier.images.FILM_FORMATS`.
        record: Makes the record from the last picture, as it is read from the film.
        fps: Pictures in a second.
        metadata: Whether the record is written.

    Raises:
        OutputError: The file cannot be written there.
        SurroundingsError: The disk is full, or what writes this format is not installed.
    """
    path = check_film_target(path, metadata=metadata)
    format_ = images.film_format_of(path.name)
    data = images.encode_film(frames, format_, fps)
    made = record(images.decode_last(data, format_))
    write_atomically(path, data)
    beside = _sidecar(path)
    if metadata:
        write_atomically(beside, made.model_copy(update={"output": path.name}).to_json().encode())
    elif _is_record(beside):  # of the film that was there before
        beside.unlink()
    return made


def check_film_target(
    path: str | os.PathLike[str], sources: Iterable[str | os.PathLike[str]] = (), *, metadata: bool = True
) -> Path:
    """As `check_target`, for a film, whose record is always beside it.

    Raises:
        SurroundingsError: What writes this format is not installed.
    """
    target = check_output(path, images.FILM_FORMATS, sources)
    images.check_film_format(images.film_format_of(target.name))
    if metadata:
        _check_beside(target)
    return target


def read_record(path: str | os.PathLike[str]) -> Record:
    """The record that a picture carries, or that lies beside it.

    Raises:
        ImageError: The file cannot be read.
        RecordError: There is no record, or none that this version can read.
    """
    path = Path(path)
    text = images.read_text(path)
    if text is None:
        try:
            text = _read_sidecar(_sidecar(path))
        except (OSError, ValueError) as error:
            raise RecordError(
                f"{path} carries no record of how it was made: it was made by another program, has been saved again, "
                "or is of a training, whose record.json lies beside it."
            ) from error
    return _parsed(text, str(path))


def _parsed(text: str, name: str) -> Record:
    try:
        if len(text) > _LONGEST:
            raise ValueError(f"it has more than {_LONGEST:,} characters")
        return Record.model_validate(json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where}: {first['msg']}" if where else "it is no JSON object"
    except (ValueError, RecursionError) as error:
        reason = str(error)
    raise RecordError(f"The record of {name} cannot be used ({reason}). It was changed, or is of another version.")


def _check_beside(target: Path) -> None:
    beside = _sidecar(target)
    if beside.exists() and not _is_record(beside):
        raise OutputError(f"The record would go to {beside}, which is another file. Use --no-metadata or another name.")


def _is_record(path: Path) -> bool:
    try:
        _parsed(_read_sidecar(path), path.name)
    except (OSError, ValueError, RecordError):
        return False
    return True


def _read_sidecar(path: Path) -> str:
    if not path.is_file():  # a pipe would be waited for
        raise FileNotFoundError(path)
    with path.open(encoding="utf-8") as file:
        return file.read(_LONGEST + 1)


def _sidecar(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")
