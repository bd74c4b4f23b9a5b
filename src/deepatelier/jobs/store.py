"""Write the products of a job with their record, and read the record again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from deepatelier import images
from deepatelier.errors import OutputError, RecordError
from deepatelier.files import check_output, write_atomically
from deepatelier.jobs.output import Kind, endings
from deepatelier.jobs.record import Record

if TYPE_CHECKING:
    from deepatelier.jobs.products import Product

__all__ = ["RECORD_NAME", "check_target", "read_record", "write_product"]

RECORD_NAME = "record.json"
"""The name of the record in a folder that a job has written."""

_LONGEST = 1_000_000
"""The maximum length of a record, in characters. A real one has some 3,000."""

_LONGEST_HEADER = 100_000_000
"""The maximum size of the header of a weights file, in bytes, as in the safetensors format."""


def check_target(
    path: str | os.PathLike[str],
    kind: Kind = "picture",
    sources: Iterable[str | os.PathLike[str]] = (),
    *,
    metadata: bool = True,
) -> Path:
    """Return the path if a product can be written there with its record.

    Args:
        path: The path to write to.
        kind: The kind of file.
        sources: Files that must not be overwritten; sources that are not files are ignored.
        metadata: Whether the record is written.

    Raises:
        OutputError: As for `check_output`; or the record would overwrite a file that is not a record.
        SurroundingsError: The package that writes this format is not installed.
    """
    target = check_output(path, endings(kind), sources)
    if kind == "film":
        images.check_film_format(images.film_format_of(target.name))
    has_place = kind == "array" or kind in ("weights", "table") or (kind == "picture" and _has_place(target))
    if metadata and not has_place:
        beside = _sidecar(target)
        if beside.exists() and not _is_record(beside):
            raise OutputError(
                f"The record would go to {beside}, which is another file. Use --no-metadata or another name."
            )
    return target


def write_product(product: Product, path: Path, record: Record, *, metadata: bool = True) -> None:
    """Write a product with its record, atomically.

    The record goes into the file. If the format has no place for it (BMP, GIF, films, text), it goes into a file beside
    it whose name ends with ``.json``. An array has no record.

    Args:
        product: The product.
        path: The path to write to; its extension is the format. It has been checked by `check_target`.
        record: The record. Inside the file it names the output without its folders.
        metadata: Whether the record is written.

    Raises:
        OptionError: The format cannot store the product.
        SurroundingsError: The disk is full, or the package that writes this format is not installed.
    """
    text = record.model_copy(update={"output": path.name}).to_json()
    inside = metadata and product.holds_text(path, text)
    write_atomically(path, product.encoded(path, text if inside else None))
    beside = _sidecar(path)
    if metadata and not inside and product.kind != "array":
        write_atomically(beside, text.encode())
    elif not inside and not product.holds_text(path, "") and _is_record(beside):  # it belongs to the overwritten file
        beside.unlink()


def read_record(path: str | os.PathLike[str]) -> Record:
    """Read the record in a file, beside it, or in a folder.

    Raises:
        ImageError: The picture cannot be read.
        RecordError: There is no record, or this version cannot read it.
    """
    path = Path(path)
    text = _carried(path)
    if text is None:
        try:
            text = _read_text(path / RECORD_NAME if path.is_dir() else _sidecar(path))
        except (OSError, ValueError) as error:
            raise RecordError(
                f"{path} carries no record of how it was made: it was made by another program, was saved again, "
                f"or belongs to a run, whose {RECORD_NAME} lies beside it."
            ) from error
    return _parsed(text, str(path))


def _carried(path: Path) -> str | None:
    """Return the text of the record inside a file; None if the format has no place for one."""
    ending = path.suffix.lower()
    if path.is_dir() or ending in (".npy", ".mp4", ".webm", *endings("text")):
        return None
    try:
        if ending == ".safetensors":
            return _header(path).get("record")
        if ending == ".json":
            text = _read_text(path)
            content: Any = json.loads(text)
            return json.dumps(content["record"]) if isinstance(content, dict) and "record" in content else text
    except (OSError, ValueError, RecursionError) as error:
        raise RecordError(f"{path} cannot be read ({error}), or holds no record.") from error
    return images.read_text(path)


def _header(path: Path) -> Mapping[str, str]:
    """Return the metadata in the header of a safetensors file."""
    if not path.is_file():  # opening a pipe would block
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if size > _LONGEST_HEADER:
            raise ValueError("it is not a weights file")
        header = json.loads(file.read(size))
    words = header.get("__metadata__", {}) if isinstance(header, dict) else {}
    return words if isinstance(words, dict) else {}


def _parsed(text: str, name: str) -> Record:
    try:
        if len(text) > _LONGEST:
            raise ValueError(f"it has more than {_LONGEST:,} characters")
        return Record.model_validate(json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where}: {first['msg']}" if where else "it is not a JSON object"
    except (ValueError, RecursionError) as error:
        reason = str(error)
    raise RecordError(f"The record of {name} cannot be used ({reason}). It was changed, or belongs to another version.")


def _has_place(target: Path) -> bool:
    return images.holds_text(images.format_of(target), "")


def _is_record(path: Path) -> bool:
    try:
        _parsed(_read_text(path), path.name)
    except (OSError, ValueError, RecordError):
        return False
    return True


def _read_text(path: Path) -> str:
    if not path.is_file():  # opening a pipe would block
        raise FileNotFoundError(path)
    with path.open(encoding="utf-8") as file:
        return file.read(_LONGEST + 1)


def _sidecar(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")
