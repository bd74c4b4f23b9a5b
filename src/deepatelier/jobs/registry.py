"""The registry of all kinds of jobs by name: a static table, so that nothing is imported before it is used.

The commands, ``rerun``, the options page of the docs and the parameter lists of the tests are derived from it. The name
of a kind is its command's words. A name with a ``/`` is another job of the same command, which some of the command's
flags select (`Job.chosen_by`).

The table is ``registry.json``. ``tests/jobs/record_registry.py`` generates it from the job classes, and a test checks
that it is up to date.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from deepatelier.errors import OptionError, UnknownNameError

if TYPE_CHECKING:
    from deepatelier.jobs.job import Job

__all__ = ["TABLE", "Entry", "command_of", "entry", "jobs_of", "kinds", "load", "restored"]

TABLE = Path(__file__).with_name("registry.json")
"""The path of the table."""


class Entry(NamedTuple):
    """A row of the table.

    Attributes:
        where: The module and the class.
        about: A summary in one line.
        example: An example command.
    """

    where: str
    about: str
    example: str


@cache
def _jobs() -> dict[str, Entry]:
    return {kind: Entry(**row) for kind, row in json.loads(TABLE.read_text(encoding="utf-8")).items()}


def kinds() -> list[str]:
    """Return the names of all kinds of jobs, in alphabetical order."""
    return list(_jobs())


def entry(kind: str) -> Entry:
    """Return the row of a kind. Raises UnknownNameError."""
    if kind not in _jobs():
        raise UnknownNameError("kind of job", kind, _jobs())
    return _jobs()[kind]


def load(kind: str) -> type[Job]:
    """Return the class of a kind. Raises UnknownNameError."""
    module, _, name = entry(kind).where.partition(":")
    found: type[Job] = getattr(import_module(module), name)
    return found


def command_of(kind: str) -> str:
    """Return the words of the command that runs a kind."""
    return kind.partition("/")[0]


def jobs_of(command: str) -> list[type[Job]]:
    """Return the jobs of a command, the default one first."""
    return [load(kind) for kind in _jobs() if command_of(kind) == command]


def restored(values: Mapping[str, Any]) -> Job:
    """Return a job from its kind and values, as stored in JSON.

    Raises:
        UnknownNameError: There is no such kind.
        OptionError: A value is invalid.
    """
    from pydantic import ValidationError

    rest = dict(values)
    job = load(str(rest.pop("kind", "")))
    try:
        return job.complete(rest)
    except ValidationError as error:
        raise OptionError(f"These values are invalid for {job.kind}: {error}") from error
