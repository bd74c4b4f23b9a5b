"""Declarations of a job's outputs: the kinds of files and their extensions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

__all__ = ["Kind", "Output", "endings"]

Kind = Literal["picture", "film", "array", "weights", "table", "text", "folder"]


class Output(NamedTuple):
    """An output of a job.

    Attributes:
        kind: The kind of file; ``folder`` means that the job names the files in it.
        default: The default path of the main output.
        about: The help text.
    """

    kind: Kind
    default: str
    about: str


def endings(kind: Kind) -> Collection[str]:
    """Return the file extensions of a kind."""
    if kind == "picture":
        from deepatelier.images import OUTPUT_FORMATS

        return OUTPUT_FORMATS
    if kind == "film":
        from deepatelier.images import FILM_FORMATS

        return FILM_FORMATS
    known = {"array": ".npy", "weights": ".safetensors", "table": ".json", "folder": ""}
    return (".txt", ".html", ".csv") if kind == "text" else (known[kind],)
