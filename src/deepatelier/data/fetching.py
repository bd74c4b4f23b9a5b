"""Files of published data sets: in the user's folder, in a cache, or downloaded with their checksums."""

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
        url: The URL.
        md5: The checksum, from torchvision.
        others: Other names that the file may have, for example after extraction.
    """

    url: str
    md5: str
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the file may have; its own name is the last."""
        return *self.others, self.url.rpartition("/")[2]


def fetch(files: Sequence[PublishedFile], dataset: str, folder: Path | None) -> list[Path]:
    """Return the paths of files in the user's folder, or in the cache, to which they are downloaded if necessary.

    Args:
        files: The files.
        dataset: The name of the data set; other data sets may have files of the same names.
        folder: The folder of the files, which may have any of their names or be in a subfolder; None uses the cache.

    Raises:
        InputError: No folder has all files, or several folders do.
        SurroundingsError: A file cannot be downloaded, or the download is damaged.
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
    except (OSError, ValueError) as error:  # ValueError: the checksum differs
        reason = str(error).strip().partition("\n")[0]
        raise SurroundingsError(
            f"{name} could not be downloaded ({reason}). If you have it, give its folder with --data-dir; "
            "digits and eyes need no connection."
        ) from error
