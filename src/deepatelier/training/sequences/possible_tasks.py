"""Which tasks data allow."""

from __future__ import annotations

import os
from pathlib import Path

from deepatelier.errors import OptionError, UnknownNameError

__all__ = ["TASKS_OF", "possible_tasks", "task_for"]

_TEXT = ("classify", "language-model")

_ARCHIVES = {".tar", ".tgz", ".tbz2", ".txz", ".zip"}
"""Endings of files with pictures."""

_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif", ".heic"}
"""Endings of pictures: a folder with one of them has pictures, and its texts are about them."""

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
    a ``.csv`` with date, without text     forecast
    another ``.csv``                       classify
    a ``.tsv``                             translate
    ====================================  =========================

    Args:
        source: A name, or the path of a file or a folder. A file that is called like a name is ``./name``.
    """
    if source in TASKS_OF:
        return TASKS_OF[source]
    from deepatelier.data.tables import column_names

    path = Path(source)
    if path.is_dir():
        if any(each.suffix.lower() in _PICTURES for pattern in ("*", "*/*") for each in path.glob(pattern)):
            return ()
        if any(path.glob("*/*.txt")):
            return _TEXT
        return ("language-model",) if any(path.glob("*.txt")) else ()
    ending = path.suffix.lower() if path.is_file() else ""
    if ending == ".csv":
        columns = {name.lower() for name in column_names(path)}
        return ("forecast",) if "date" in columns and not columns & {"text", "label"} else ("classify",)
    return {".txt": ("language-model",), ".tsv": ("translate",)}.get(ending, ())


def task_for(source: str, wanted: str | None) -> str | None:
    """Return the task for data; None if they are none of texts, pairs and series.

    Args:
        source: A name, or a path.
        wanted: The task that the user names, or None.

    Raises:
        UnknownNameError: There are no such data.
        OptionError: The data do not allow the task, or allow several and the user names none.
    """
    from deepatelier.data import DATASETS

    if source not in DATASETS and source not in TASKS_OF and not os.path.lexists(source):
        own = "Your own is a .txt, .csv or .tsv, or a folder: see atelier train --help."
        raise UnknownNameError("data", source, [*DATASETS, *TASKS_OF], own)
    possible = possible_tasks(source)
    if wanted is None:
        if len(possible) > 1:
            raise OptionError(f"{source} has several possible tasks. Give --task {' or --task '.join(possible)}.")
        if not possible and Path(source).is_file() and not set(Path(source).suffixes) & _ARCHIVES:
            raise OptionError(f"The ending of {source} tells no task. Give --task, or call it .txt, .csv or .tsv.")
        return possible[0] if possible else None
    is_table = bool(possible) and Path(source).suffix.lower() == ".csv"
    if wanted in possible or (is_table and wanted in ("classify", "forecast")):
        return wanted
    if not possible:
        if Path(source).is_file():  # a file with an unusual ending
            return wanted
        raise OptionError(f"--task is for texts, pairs of texts and series. Leave it out for {source}.")
    raise OptionError(f"--task {wanted} is impossible with {source}. Give --task {' or --task '.join(possible)}.")
