"""Files of published data sets: at hand in a folder, in a cache, or fetched with their checksums."""

from __future__ import annotations

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


def fetch(file: PublishedFile, folder: Path | None) -> Path:
    """The file's path: in a folder of the user's, or in the cache, where it is downloaded to.

    Args:
        file: What is wanted.
        folder: Where it lies, under its own name or another of its names, or in a folder of that folder; None looks
            in the cache.

    Raises:
        InputError: It is not in the folder.
        SurroundingsError: It cannot be fetched, or what came is damaged.
    """
    name = file.url.rpartition("/")[2]
    names = (*file.others, name)
    if folder is not None:
        for place in (folder, *sorted(each for each in folder.glob("**/") if each != folder)):
            for each in names:
                if (place / each).exists():
                    return place / each
        raise InputError(f"There is none of {', '.join(names)} in {folder}. Give the folder with --data-dir.")
    pooch = from_extra("pooch", "train")
    cache = Path(pooch.os_cache("deepatelier")) / "data"
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
