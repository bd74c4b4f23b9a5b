"""A checkpoint file, from which a job resumes after a crash."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from deepatelier.errors import OutputError, StateError
from deepatelier.files import check_output, write_atomically
from deepatelier.jobs.request import request_of
from deepatelier.jobs.state import State

if TYPE_CHECKING:
    from deepatelier.jobs.job import Job
    from deepatelier.jobs.step import Step

__all__ = ["Checkpoint"]

_SECONDS = 30.0
"""The minimum time between two checkpoints, in seconds."""

_CANNOT_RESUME = "This job cannot resume from a checkpoint. Leave --checkpoint out."


class Checkpoint:
    """The file that holds the state of a running job.

    Args:
        path: The file; it may exist already.
        seconds: The minimum time between two writes.
    """

    def __init__(self, path: Path, seconds: float = _SECONDS) -> None:
        self.path, self._seconds, self._last = path, seconds, time.monotonic()
        self._request = ""

    def check(self, targets: Iterable[Path], sources: Iterable[Path]) -> None:
        """Raise OutputError if the file cannot be written, or if the job writes or reads the same file.

        Args:
            targets: The files that the job writes.
            sources: The files that it reads.
        """
        check_output(self.path, (self.path.suffix.lower(),), sources)
        if any(self.path.resolve() == target.resolve() for target in targets):
            raise OutputError(f"{self.path} is also an output, and would be lost. Keep the state in another file.")

    def begin(self, job: Job) -> State | None:
        """Return the state in the file, from which the job resumes; None if there is no file.

        Raises:
            StateError: The job has no steps; the state belongs to another job or other inputs, or is damaged.
        """
        if not job.has_steps:
            raise StateError(_CANNOT_RESUME)
        self._request = request_of(job)
        if not self.path.exists():
            return None
        try:
            state = State.from_bytes(self.path.read_bytes())
        except StateError as error:
            raise StateError(f"{self.path}: {error}") from error
        if state.values.get("request") != self._request:
            raise StateError(
                f"{self.path} is the checkpoint of another job, or an input has changed. Remove it, or name another."
            )
        return State(state.index, state.values["state"], state.fingerprint)

    def keep(self, step: Step, *, now: bool = False) -> None:
        """Write the state after a step, if enough time has passed or if ``now`` is set.

        Raises:
            StateError: The job has no state.
        """
        if not step.resumable:
            raise StateError(_CANNOT_RESUME)
        if not now and time.monotonic() - self._last < self._seconds:
            return
        state = step.state
        assert state is not None
        whole = State(state.index, {"request": self._request, "state": state.values}, state.fingerprint)
        write_atomically(self.path, whole.to_bytes())
        self._last = time.monotonic()

    def remove(self) -> None:
        """Remove the file when the job is done."""
        self.path.unlink(missing_ok=True)
