"""Which tasks data allow."""

from __future__ import annotations

import csv
from pathlib import Path

from deepatelier.errors import InputError, OptionError

__all__ = ["TASKS_OF", "possible_tasks", "task_for"]

_TEXT = ("classify", "language-model")

TASKS_OF: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("python", "topics", "bible", "shakespeare"), _TEXT),
    **dict.fromkeys(("numbers", "dates"), ("translate",)),
    **dict.fromkeys(("sunspots", "co2"), ("forecast",)),
}
"""The tasks of the texts, pairs and series by name."""


def possible_tasks(source: str) -> tuple[str, ...]:
    """Return the tasks that data of sequences allow; empty if they are pictures, other data sets or missing.

    ====================================  =========================
    a ``.txt`` file, a folder of them      language-model
    folders of ``.txt``, one for a class   classify, language-model
    a ``.csv`` with date and value         forecast
    another ``.csv``                       classify
    a ``.tsv``                             translate
    ====================================  =========================

    Args:
        source: A name, or the path of a file or a folder. A file that is called like a name is ``./name``.
    """
    if source in TASKS_OF:
        return TASKS_OF[source]
    path = Path(source)
    if path.is_dir():
        if any(path.glob("*/*.txt")):
            return _TEXT
        return ("language-model",) if any(path.glob("*.txt")) else ()
    ending = path.suffix.lower() if path.is_file() else ""
    if ending == ".csv":
        return ("forecast",) if _columns(path) >= {"date", "value"} else ("classify",)
    return {".txt": ("language-model",), ".tsv": ("translate",)}.get(ending, ())


def task_for(source: str, wanted: str | None) -> str | None:
    """Return the task for data; None if they are none of texts, pairs and series.

    Args:
        source: A name, or a path.
        wanted: The task that the user names, or None.

    Raises:
        OptionError: The data do not allow the task, or allow several and the user names none.
    """
    possible = possible_tasks(source)
    if wanted is None:
        if len(possible) > 1:
            raise OptionError(f"{source} serves {len(possible)} tasks: give --task {' or --task '.join(possible)}.")
        return possible[0] if possible else None
    if wanted in possible:
        return wanted
    if not possible:
        if Path(source).is_file():  # a file with an unusual ending
            return wanted
        return None
    raise OptionError(f"{source} does not serve --task {wanted}, but --task {' or --task '.join(possible)}.")


def _columns(path: Path) -> set[str]:
    """Return the names in the first line of a table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {name.strip().lower() for name in next(csv.reader(file), [])}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a table in UTF-8: {error}.") from error
