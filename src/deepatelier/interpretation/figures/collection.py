"""Collections of pictures, read one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from deepatelier import samples
from deepatelier.errors import ImageError, InputError
from deepatelier.images import OUTPUT_FORMATS, Picture

__all__ = ["Prepared", "Shown", "find_pictures", "opened_ahead"]

Prepared = TypeVar("Prepared")

_AHEAD = 4
"""The number of pictures that are read ahead while the network runs."""


@dataclass(frozen=True)
class Shown:
    """A picture of a collection.

    Attributes:
        source: Its path, or the sample's name.
        name: Its name in messages.
    """

    source: str
    name: str

    def open(self) -> Picture:
        """Open the picture. Raises ImageError."""
        return samples.open_picture(self.source)


def find_pictures(sources: Sequence[str]) -> list[Shown]:
    """Return the pictures in some folders and files, each folder's sorted by path.

    Args:
        sources: Folders, which are searched recursively for the file endings of pictures; files; samples. If there are
            none, all samples.

    Raises:
        ImageError: A folder has no picture, or a source does not exist.
    """
    found = []
    for source in sources or samples.names():
        path = Path(source)
        if not path.is_dir():
            if not path.exists() and source not in samples.names():
                raise ImageError(
                    f"There is no folder, file or sample {source!r}. Check it; it was looked up from {Path.cwd()}."
                )
            found.append(Shown(source, path.name))
            continue
        inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in OUTPUT_FORMATS and each.is_file())
        if not inside:
            raise ImageError(
                f"There is no picture in {path} or the folders in it. Give a folder with {', '.join(OUTPUT_FORMATS)}."
            )
        found += [Shown(str(each), str(each.relative_to(path))) for each in inside]
    return found


def opened_ahead(
    pictures: Iterable[Shown], prepare: Callable[[Picture], Prepared]
) -> Iterator[tuple[Shown, Prepared | InputError]]:
    """Yield each picture with what is prepared from it, in order, or with its error if it cannot be read or used.

    A second thread prepares the next few pictures while the network runs. No more than these are in memory.
    """

    def opened(shown: Shown) -> Prepared | InputError:
        try:
            return prepare(shown.open())
        except InputError as error:
            return error

    waiting: deque[tuple[Shown, Future[Prepared | InputError]]] = deque()
    rest = iter(pictures)
    with ThreadPoolExecutor(max_workers=1) as reader:
        try:
            for shown in islice(rest, _AHEAD):
                waiting.append((shown, reader.submit(opened, shown)))
            while waiting:
                shown, future = waiting.popleft()
                ready = future.result()
                for following in islice(rest, 1):
                    waiting.append((following, reader.submit(opened, following)))
                yield shown, ready
        finally:
            reader.shutdown(wait=False, cancel_futures=True)
