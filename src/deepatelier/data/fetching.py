"""Files of published data sets: at hand in a folder, in a cache, or fetched with their checksums."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from deepatelier.errors import InputError, SurroundingsError
from deepatelier.extras import from_extra
from deepatelier.weights import check_reachable

__all__ = ["PublishedFile", "fetch"]


class PublishedFile(NamedTuple):
    """A file of a data set.

    Attributes:
        url: Where it is published.
        md5: Its checksum, as torchvision knows it.
        others: Names under which it is also kept: unpacked, say.
    """

    url: str
    md5: str
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Under which it may be kept; its own is the last."""
        return *self.others, self.url.rpartition("/")[2]


def fetch(files: Sequence[PublishedFile], dataset: str, folder: Path | None) -> list[Path]:
    """The files' paths: in a folder of the user's, or in the cache, where they are downloaded to.

    Args:
        files: What is wanted.
        dataset: Of which data set; others may have files of the same names.
        folder: Where they lie, under their own names or others of their names, or in a folder of that folder; None
            looks in the cache.

    Raises:
        InputError: No folder has them all, or several have.
        SurroundingsError: One cannot be fetched, or what came is damaged.
    """
    if folder is None:
        return [_fetched(file, dataset) for file in files]
    places = (folder, *sorted(each for each in folder.glob("**/") if each != folder))
    full = {place: found for place in places if len(found := _present(files, place)) == len(files)}
    if not full:
        known = max((_present(files, place) for place in places), key=len)
        lacking = next(file for file in files if not {path.name for path in known} & set(file.names))
        raise InputError(
            f"There is none of {', '.join(lacking.names)} in {folder}. "
            f"Give the folder of {dataset}'s files with --data-dir."
        )
    if len(full) > 1 and folder not in full:
        raise InputError(
            f"Several folders have such files: {', '.join(map(str, full))}. Give one of them with --data-dir."
        )
    return full[folder] if folder in full else next(iter(full.values()))


def _present(files: Sequence[PublishedFile], place: Path) -> list[Path]:
    paths = [next((place / name for name in file.names if (place / name).exists()), None) for file in files]
    return [path for path in paths if path is not None]


def _fetched(file: PublishedFile, dataset: str) -> Path:
    pooch = from_extra("pooch", "train")
    name, cache = file.names[-1], Path(pooch.os_cache("deepatelier")) / "data" / dataset
    try:
        if not (cache / name).exists():
            check_reachable(file.url)
        pooch.get_logger().setLevel("WARNING")
        return Path(pooch.retrieve(file.url, f"md5:{file.md5}", fname=name, path=cache, progressbar=False))
    except (OSError, ValueError) as error:  # ValueError: the checksum is another
        reason = str(error).strip().partition("\n")[0]
        raise SurroundingsError(
            f"{name} could not be had ({reason}). If you have it, give its folder with --data-dir; "
            "digits and eyes need no connection."
        ) from error
