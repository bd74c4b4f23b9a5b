"""The user's own pictures: a folder with one subfolder per class, or an archive of it, read without unpacking."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.data.labelled import Dataset, Labelled
from deepatelier.errors import ImageError, InputError
from deepatelier.files import MAX_BYTES, UNPACKING_ERRORS, read_picture_file
from deepatelier.images import OUTPUT_FORMATS, Picture, picture_from_array, picture_from_bytes

__all__ = ["ARCHIVES", "fitted", "folder"]

ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
"""The file extensions of archives that are read."""

_PIECE = 2**20
"""The number of bytes that are read at once."""

_LONGEST_NAME = 200
"""The maximum length of a class name, in characters."""

_PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
"""Names of folders above the class folders that determine the part of their pictures."""


class _File(NamedTuple):
    path: PurePosixPath
    read: Callable[[], bytes]


class _Found(NamedTuple):
    path: PurePosixPath
    image: Tensor

    @property
    def class_(self) -> str:
        return self.path.parts[-2] if len(self.path.parts) > 1 else ""


def folder(path: Path, size: tuple[int, int] | None, otherwise: tuple[int, int], *, labelled: bool = True) -> Dataset:
    """Load pictures whose class is the name of their folder. Folders above the class folders are ignored.

    Two folders ``train`` and ``test`` above the class folders define the test pictures. Unreadable pictures and exact
    duplicates are skipped. If all pictures have the same size, they keep it; otherwise each is resized by its shorter
    side and cropped at the centre.

    Args:
        path: The folder, or an archive of it.
        size: Height and width of the pictures; None keeps their size if all have the same.
        otherwise: Height and width if the sizes differ, or if the pictures are larger.
        labelled: Whether classes are needed. If not, pictures may be anywhere in the folder; if some are in no class
            folder, or all in one, there are no classes.

    Raises:
        InputError: The path does not exist, there is no picture in a class folder, or there is only one class.
    """
    if not path.exists():
        raise InputError(f"There is no data set or folder {str(path)!r}. The path is relative to {Path.cwd()}.")
    found: dict[str, list[_Found]] = {"train": [], "test": []}
    skipped, known, own = [], set[str](), size is None
    for file in _in_folder(path) if path.is_dir() else _in_archive(path):
        parents = file.path.parts[:-1]
        if labelled and not parents:
            skipped.append(f"{file.path}: it is not in a class folder.")
            continue
        try:
            data = file.read()
            digest = hashlib.sha256(data).hexdigest()
            if digest in known:
                skipped.append(f"{file.path}: it is a duplicate of an earlier picture.")
                continue
            picture = picture_from_bytes(file.path.name, data, str(file.path))
            if size is None:
                size = picture.size if max(picture.size) <= max(otherwise) else otherwise
                own = size == picture.size
            if own and picture.size != size:  # the sizes differ
                found = {
                    part: [each._replace(image=_cut(each.image, otherwise)) for each in rows]
                    for part, rows in found.items()
                }
                size, own = otherwise, False
            part = next((_PARTS[each.lower()] for each in parents[:-1] if each.lower() in _PARTS), "train")
            found[part].append(_Found(file.path, (255 * fitted(picture, size)).round().to(torch.uint8)))
        except ImageError as error:
            skipped.append(str(error))
            continue
        known.add(digest)
    return _dataset(path, found, tuple(skipped), labelled)


def _dataset(path: Path, found: dict[str, list[_Found]], skipped: tuple[str, ...], labelled: bool) -> Dataset:
    classes = sorted({each.class_ for rows in found.values() for each in rows})
    if not found["train"]:
        why = f" The first one that could not be used: {skipped[0]}" if skipped else ""
        raise InputError(
            f"There is no picture to learn from in {path}."
            f"{' Put the pictures of each class in a folder.' if labelled else ''}{why}"
        )
    if not labelled and (len(classes) < 2 or "" in classes):
        rows = sorted((each for part in found.values() for each in part), key=lambda each: each.path.parts)
        images, names = torch.cat([each.image for each in rows]), tuple(str(each.path) for each in rows)
        pictures = Labelled(images, torch.zeros(len(rows), dtype=torch.long), names)
        return Dataset(_name_of(path), pictures, None, skipped=skipped)
    if len(classes) < 2:
        raise InputError(
            f"All pictures in {path} are in the folder {classes[0]!r}: there is one class only. Use a folder per class."
        )
    odd = next((name for name in classes if not name.isprintable() or len(name) > _LONGEST_NAME), None)
    if odd is not None:
        raise InputError(
            f"The folder's name {odd[:40]!r} cannot be a class name: it is too long, or cannot be printed."
        )
    lacking = sorted({each.class_ for each in found["test"]} - {each.class_ for each in found["train"]})
    if lacking:
        raise InputError(f"There are test pictures of {lacking[0]!r} in {path}, but no training pictures.")
    parts = {}
    for part, rows in found.items():
        rows.sort(key=lambda each: each.path.parts)  # an archive may have them in any order
        labels = torch.tensor([classes.index(each.class_) for each in rows])
        names = tuple(str(each.path) for each in rows)
        parts[part] = Labelled(torch.cat([each.image for each in rows]), labels, names) if rows else None
    assert parts["train"] is not None
    return Dataset(_name_of(path), parts["train"], parts["test"], tuple(classes), skipped=skipped)


def _name_of(path: Path) -> str:
    name = path.resolve().name if path.name in ("", "..") else path.name
    return name if path.is_dir() else name[: -len(_archive_ending(name))]


def _archive_ending(name: str) -> str:
    """Return the one of `ARCHIVES` that a name ends with; empty if there is none."""
    return next((each for each in ARCHIVES if name.lower().endswith(each)), "")


def _in_folder(path: Path) -> Iterator[_File]:
    for each in sorted(path.rglob("*")):
        if each.suffix.lower() in OUTPUT_FORMATS and each.is_file():
            yield _File(PurePosixPath(each.relative_to(path).as_posix()), lambda each=each: read_picture_file(each))  # type: ignore[misc]


def _in_archive(path: Path) -> Iterator[_File]:
    if not _archive_ending(path.name):
        raise InputError(
            f"{path} is neither a folder nor one of {', '.join(ARCHIVES)}. Give a folder with one subfolder per class."
        )
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                if name.suffix.lower() in OUTPUT_FORMATS and member.isfile():
                    if member.size > MAX_BYTES:
                        raise InputError(
                            f"{member.name} in {path} has {member.size} bytes; at most {MAX_BYTES} are read."
                        )
                    opened = archive.extractfile(member)
                    assert opened is not None
                    data = opened.read()
                    yield _File(name, lambda data=data: data)  # type: ignore[misc]
            while archive.fileobj is not None and archive.fileobj.read(
                _PIECE
            ):  # up to the checksum of the compressed file
                pass
    except UNPACKING_ERRORS as error:
        raise InputError(
            f"{path} cannot be read as an archive to its end ({error}). Create or copy it again."
        ) from error


def fitted(picture: Picture, size: tuple[int, int]) -> Tensor:
    """Return a picture (1, 3, *size), resized by its shorter side and cropped at the centre."""
    if picture.size == size:
        return picture.tensor()
    scale = max(wanted / side for wanted, side in zip(size, picture.size, strict=True))
    height, width = (max(wanted, round(side * scale)) for wanted, side in zip(size, picture.size, strict=True))
    return _middle(picture.tensor((height, width)), size)


def _cut(image: Tensor, size: tuple[int, int]) -> Tensor:
    """Return a picture in bytes, resized and cropped as by `_fitted`."""
    return (255 * fitted(picture_from_array("", image[0].permute(1, 2, 0).numpy()), size)).round().to(torch.uint8)


def _middle(image: Tensor, size: tuple[int, int]) -> Tensor:
    top, left = ((side - wanted) // 2 for side, wanted in zip(image.shape[-2:], size, strict=True))
    return image[..., top : top + size[0], left : left + size[1]]
