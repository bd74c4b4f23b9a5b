"""A job's state in a file, from which it goes on after a crash."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from deepatelier.errors import StateError
from deepatelier.files import write_atomically
from deepatelier.jobs.state import State

if TYPE_CHECKING:
    from deepatelier.jobs.job import Job
    from deepatelier.jobs.step import Step

__all__ = ["Checkpoint"]

_SECONDS = 30.0
"""Between two times that the state is written."""


class Checkpoint:
    """The file in which the state of a running job is kept.

    Args:
        path: The file; it may be there already.
        seconds: How often it is written, at most.
    """

    def __init__(self, path: Path, seconds: float = _SECONDS) -> None:
        self.path, self._seconds, self._last = path, seconds, time.monotonic()

    def state(self, job: Job) -> State | None:
        """The state in the file; None if there is no file.

        Raises:
            StateError: It is of another job, or damaged.
        """
        if not self.path.exists():
            return None
        state = State.from_bytes(self.path.read_bytes())
        if state.values.get("job") != _text(job):
            raise StateError(f"{self.path} is the checkpoint of another job. Remove it, or name another file.")
        inner: State = State(state.index, state.values["state"], state.fingerprint)
        return inner

    def keep(self, job: Job, step: Step) -> None:
        """Write the state after a step, if it is time."""
        if time.monotonic() - self._last < self._seconds:
            return
        state = step.state
        if state is None:
            raise StateError(f"A {type(job).kind} cannot go on from a checkpoint. Leave it out.")
        whole = State(state.index, {"job": _text(job), "state": state.values}, state.fingerprint)
        write_atomically(self.path, whole.to_bytes())
        self._last = time.monotonic()

    def remove(self) -> None:
        """Remove the file: the job is done."""
        self.path.unlink(missing_ok=True)


def _text(job: Job) -> str:
    return json.dumps({"kind": type(job).kind, **job.model_dump(mode="json")}, sort_keys=True)
