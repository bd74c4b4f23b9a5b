"""What a job is given by whoever runs it."""

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
"""Things that jobs in turn share, at most."""

_PICTURES = 16
"""Pictures that are kept open for jobs in turn."""

_Kept = TypeVar("_Kept")
_Job = TypeVar("_Job", bound="Job")


class Cancelled(KeyboardInterrupt):
    """Somebody has asked a job to stop."""


class Context:
    """Where a job runs, and how it is cancelled. Several jobs in turn may have the same one, and share what it keeps.

    Args:
        device: Where networks run, in place of what the jobs say.
        precision: Their number format, likewise.
        folder: Where a job may keep files of its own while it runs, as a training its checkpoint.
        say: Is called with each sentence that the user should know at once.

    Attributes:
        child_done: Gives the picture of a batch's job that was finished before, by its name and the job; None if none
            was.
        kept: What jobs in turn share, by keys of their own; see `keep`.
        wanted: The outputs that somebody wants beside the main one.
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
        """This context for one job: what it shares and how it is cancelled are the same.

        Args:
            kept: What jobs in turn share, by keys of their own; see `keep`.
        wanted: The outputs that somebody wants.
            folder: Where the job keeps files of its own; this context's if None.
        """
        own = copy.copy(self)
        own.wanted, own.folder = wanted, folder or self.folder
        return own

    def cancel(self) -> None:
        """Ask the jobs of this context to stop after their step, for good. May be called from any thread."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody has asked them to stop."""
        return self._stop.is_set()

    def keep(self, key: Any, make: Callable[[], _Kept]) -> _Kept:
        """What jobs in turn share under a key; it is made where there is none. The oldest of several is let go."""
        if key not in self.kept:
            if len(self.kept) >= _MOST_KEPT:
                del self.kept[next(iter(self.kept))]
            self.kept[key] = make()
        kept: _Kept = self.kept[key]
        return kept

    def check(self) -> None:
        """Raise Cancelled if somebody has asked the job to stop."""
        if self.cancelled:
            raise Cancelled

    def placed(self, job: _Job) -> _Job:
        """The job, to run where this context says."""
        update = {
            name: value
            for name, value in (("device", self.device), ("precision", self.precision))
            if value is not None and name in type(job).model_fields
        }
        return job.model_copy(update=update) if update else job

    def picture(self, source: str) -> Picture:
        """A picture by its path or a sample's name, opened once as long as the file does not change.

        Raises:
            ImageError: It cannot be read.
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
