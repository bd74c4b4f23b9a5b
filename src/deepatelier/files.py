"""Read files within size limits, and write them atomically."""

from __future__ import annotations

import hashlib
import lzma
import os
import tarfile
import tempfile
import zlib
from collections.abc import Collection, Iterable
from pathlib import Path

from deepatelier.errors import ImageError, OutputError, SurroundingsError

__all__ = [
    "MAX_BYTES",
    "UNPACKING_ERRORS",
    "check_output",
    "free_folder",
    "make_folder",
    "read_picture_file",
    "sha256_of",
    "write_atomically",
]

MAX_BYTES = 2**29
"""The maximum size of a file that is read, in bytes."""


UNPACKING_ERRORS = (OSError, EOFError, tarfile.TarError, zlib.error, lzma.LZMAError)
"""The errors that a damaged archive or compressed file raises."""


_LONGEST_NAME = 250
"""The maximum length of an output's name, in bytes: 255 is a common limit, and .json may be appended."""


def read_picture_file(path: str | os.PathLike[str]) -> bytes:
    """Return all bytes of a picture file.

    Raises:
        ImageError: The file is missing, empty, a folder, not a regular file, above `MAX_BYTES` or not readable.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise ImageError(f"{path} is a folder. Give the path of one picture.")
        if not path.exists():
            raise ImageError(f"There is no file {path}. Check the path; it is relative to {Path.cwd()}.")
        if not path.is_file():
            raise ImageError(f"{path} is not a regular file. Give the path of one picture.")
        if path.stat().st_size == 0:
            raise ImageError(f"{path} is empty (0 bytes). Give a picture, for example a JPEG or a PNG.")
        if path.stat().st_size > MAX_BYTES:
            raise ImageError(f"{path} has {path.stat().st_size} bytes; at most {MAX_BYTES} are read. Make it smaller.")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ImageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file; of a folder, that of the names and sha256 of all files in it.

    Raises:
        OSError: A file cannot be read.
    """
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    inside = sorted(each for each in path.rglob("*") if each.is_file())
    lines = "".join(f"{each.relative_to(path)} {sha256_of(each)}\n" for each in inside)
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def check_output(
    path: str | os.PathLike[str], formats: Collection[str], sources: Iterable[str | os.PathLike[str]] = ()
) -> Path:
    """Return the path if a file can be written there.

    Args:
        path: The path to write to.
        formats: The file extensions that can be written.
        sources: Files that must not be overwritten; sources that are not files are ignored.

    Raises:
        OutputError: The extension is unknown, the folder does not exist or is not writable, the path is a folder, or it
            is one of the sources.
    """
    path = Path(path)
    if path.suffix.lower() not in formats:
        raise OutputError(
            f"Cannot write {path.name!r}: files with the extension {path.suffix!r} cannot be written here. "
            f"Use one of: {', '.join(formats)}."
        )
    if len(os.fsencode(path.name)) > _LONGEST_NAME:
        raise OutputError(f"The name {path.name[:20]}… has more than {_LONGEST_NAME} bytes. Use a shorter name.")
    try:
        if path.is_dir():
            raise OutputError(f"{path} is a folder. Give the name of a file to write.")
        if not path.parent.is_dir():
            raise OutputError(f"The folder {path.parent} does not exist. Create it, or write somewhere else.")
        if path.exists() and any(Path(source).exists() and path.samefile(source) for source in sources):
            raise OutputError(f"{path} is also an input, and would be lost. Use another name.")
        if path.exists() and not os.access(path, os.W_OK):
            raise OutputError(f"{path} is write-protected. Use another name.")
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"Cannot write to {path.parent}: {reason}. Write somewhere else.") from error
    return path


def make_folder(folder: Path) -> None:
    """Create a folder and its parents if they do not exist.

    Raises:
        OutputError: The folder cannot be created.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file, where a folder is to be made. Give another name.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made ({error.strerror}). Give another name.") from error


def free_folder(folder: Path) -> Path:
    """Return the folder, or the first of folder-2, folder-3 … that does not exist."""
    number, free = 1, folder
    while free.exists():
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file atomically: under a temporary name beside it, then rename it.

    Raises:
        SurroundingsError: The disk is full, or the folder was removed.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".atelier-", delete=False) as file:
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


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
