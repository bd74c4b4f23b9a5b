"""Every kind of job by name: a static table, so that nothing is imported before it is used.

Commands, ``rerun``, the page of options and the lists of the tests are derived from it. A kind is a command's words; a
kind with a ``/`` is another job of the same command, which some of its flags mean (`Job.chosen_by`).

The table is ``registry.json``. ``tests/jobs/record_registry.py`` writes it from the jobs themselves, and a test
compares the two.
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
"""The file of the table."""


class Entry(NamedTuple):
    """A row of the table.

    Attributes:
        where: The module and the class.
        about: What it makes, in a line.
        example: A command that makes it.
    """

    where: str
    about: str
    example: str


@cache
def _jobs() -> dict[str, Entry]:
    return {kind: Entry(**row) for kind, row in json.loads(TABLE.read_text(encoding="utf-8")).items()}


def kinds() -> list[str]:
    """The names of all kinds of jobs, in the order of the alphabet."""
    return list(_jobs())


def entry(kind: str) -> Entry:
    """A kind's row. Raises UnknownNameError."""
    if kind not in _jobs():
        raise UnknownNameError("kind of job", kind, _jobs())
    return _jobs()[kind]


def load(kind: str) -> type[Job]:
    """The class of a kind. Raises UnknownNameError."""
    module, _, name = entry(kind).where.partition(":")
    found: type[Job] = getattr(import_module(module), name)
    return found


def command_of(kind: str) -> str:
    """The words of the command that makes a kind."""
    return kind.partition("/")[0]


def jobs_of(command: str) -> list[type[Job]]:
    """The jobs of a command, the usual one first."""
    return [load(kind) for kind in _jobs() if command_of(kind) == command]


def restored(values: Mapping[str, Any]) -> Job:
    """A job from its kind and values, as JSON holds them.

    Raises:
        UnknownNameError: There is no such kind.
        OptionError: A value cannot be used.
    """
    from pydantic import ValidationError

    rest = dict(values)
    job = load(str(rest.pop("kind", "")))
    try:
        return job.complete(rest)
    except ValidationError as error:
        raise OptionError(f"These values make no {job.kind}: {error}") from error
