"""The context in which a job runs: its device, its outputs, its cancellation, and what jobs share."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pathlib import Path

    from deepatelier.images import Picture
    from deepatelier.jobs.job import Job

__all__ = ["Cancelled", "Context"]

_MOST_KEPT = 4
"""The maximum number of objects that jobs in sequence share."""

_PICTURES = 16
"""The maximum number of pictures that are kept open for jobs in sequence."""

_Kept = TypeVar("_Kept")
_Job = TypeVar("_Job", bound="Job")


class Cancelled(KeyboardInterrupt):
    """Raised in a job that was asked to stop."""


class Context:
    """Where a job runs, and how it is cancelled. Jobs in sequence may use the same context and share what it caches.

    Args:
        device: The device of the networks; overrides the jobs' option.
        precision: The number format of the networks; overrides the jobs' option.
        folder: The folder for a job's own files while it runs, such as the checkpoint of a training.
        say: Called with each message for the user.

    Attributes:
        child_done: Called with the name and the job of a batch's child. Returns its picture if the child was finished
            before, else None.
        kept: The objects that jobs in sequence share, by key; see `keep`.
        wanted: The requested outputs besides the main one.
    """

    def __init__(
        self,
        device: str | None = None,
        precision: str | None = None,
        folder: Path | None = None,
        say: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.device, self.precision, self.folder, self.say = device, precision, folder, say
        self.kept: dict[Any, Any] = {}
        self._pictures: dict[tuple[str, int | None], Picture] = {}
        self.child_done: Callable[[str, Job], Any] = lambda _name, _job: None
        self.wanted: frozenset[str] = frozenset()
        self._stop = threading.Event()

    def with_outputs(self, wanted: frozenset[str], folder: Path | None) -> Context:
        """Return this context for one job. The shared objects and the cancellation are the same.

        Args:
            wanted: The requested outputs.
            folder: The folder for the job's own files; this context's if None.
        """
        own = copy.copy(self)
        own.wanted, own.folder = wanted, folder or self.folder
        return own

    def cancel(self) -> None:
        """Ask the jobs of this context to stop after their current step, for good. Thread-safe."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether the jobs were asked to stop."""
        return self._stop.is_set()

    def keep(self, key: Any, make: Callable[[], _Kept]) -> _Kept:
        """Return the shared object of a key, and make it on first use. If there are too many, the oldest is dropped."""
        if key not in self.kept:
            if len(self.kept) >= _MOST_KEPT:
                del self.kept[next(iter(self.kept))]
            self.kept[key] = make()
        kept: _Kept = self.kept[key]
        return kept

    def check(self) -> None:
        """Raise Cancelled if the job was asked to stop."""
        if self.cancelled:
            raise Cancelled

    def placed(self, job: _Job) -> _Job:
        """Return the job with this context's device and precision."""
        update = {
            name: value
            for name, value in (("device", self.device), ("precision", self.precision))
            if value is not None and name in type(job).model_fields
        }
        return job.model_copy(update=update) if update else job

    def picture(self, source: str) -> Picture:
        """Open a picture by its path or by a sample's name. It is cached as long as the file does not change.

        Raises:
            ImageError: The picture cannot be read.
        """
        from pathlib import Path

        from deepatelier import samples

        path = Path(source)
        stamp = path.stat().st_mtime_ns if path.is_file() else None
        key = source, stamp
        if key not in self._pictures:
            picture = samples.open_picture(source)
            if picture.animated:
                self.say(f"{source} has several frames; the first one is used.")
            if len(self._pictures) >= _PICTURES:
                del self._pictures[next(iter(self._pictures))]
            self._pictures[key] = picture
        return self._pictures[key]
