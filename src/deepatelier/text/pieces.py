"""Text files, read piece by piece."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path

from deepatelier.errors import InputError
from deepatelier.inputs import is_file

__all__ = ["read_pieces", "text_of"]

_PIECE = 2**20
"""The number of bytes that are read at once."""

_BOM = "\ufeff"


def read_pieces(path: Path, size: int = _PIECE) -> Iterator[str]:
    r"""Yield the text of a UTF-8 file in pieces, which may end anywhere between two code points.

    A byte order mark at the start is removed, and a line ends with ``\n``, whether the file has ``\n``, ``\r\n`` or
    ``\r``. The memory that is needed depends on ``size``, and neither on the file nor on its lines.

    Args:
        path: The file.
        size: The number of bytes that are read at once.

    Raises:
        InputError: There is no such file, it is empty or not readable, or it is not UTF-8. In the last case, the
            message has the offset of the first invalid byte.
    """
    if not path.is_file():  # opening a pipe would block
        what = "a folder" if path.is_dir() else "no regular file" if path.exists() else "missing"
        raise InputError(f"The text {path} is {what}. Give the path of a text file.")
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = io.IncrementalNewlineDecoder(None, translate=True)
    read, empty = 0, True
    try:
        with path.open("rb") as file:
            while True:
                data = file.read(size)
                before = read - len(decoder.getstate()[0])
                read += len(data)
                text = lines.decode(_decoded(decoder, data, before, path), final=not data)
                if empty and text:
                    text, empty = text.removeprefix(_BOM), False
                if text:
                    yield text
                if not data:
                    break
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not read:
        raise InputError(f"{path} is empty (0 bytes). Give a file with text.")


def text_of(source: str) -> str:
    """Return a text that is given itself, or that of a UTF-8 file. Raises InputError as `read_pieces`."""
    return "".join(read_pieces(Path(source))) if is_file(source) else source


def _decoded(decoder: codecs.IncrementalDecoder, data: bytes, before: int, path: Path) -> str:
    """Decode bytes, the last ones if there are none. ``before`` is the offset of the first that is not yet decoded."""
    try:
        return decoder.decode(data, final=not data)
    except UnicodeDecodeError as error:
        offset = before + error.start
        raise InputError(
            f"{path} is not UTF-8: the byte 0x{error.object[error.start]:02x} at offset {offset:,} is invalid. "
            "Convert it, for example with iconv -f latin1 -t utf-8."
        ) from error
