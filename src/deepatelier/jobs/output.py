"""What a job makes, as it is declared: the kinds of files, and their endings."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

__all__ = ["Kind", "Output", "endings"]

Kind = Literal["picture", "film", "array", "weights", "table", "folder"]


class Output(NamedTuple):
    """Something that a job makes.

    Attributes:
        kind: Of file; ``folder`` is one whose files the job names.
        default: The path of the main output where the user gives none.
        about: What it is, for the help.
    """

    kind: Kind
    default: str
    about: str


def endings(kind: Kind) -> Collection[str]:
    """The endings of the files of a kind."""
    if kind == "picture":
        from deepatelier.images import OUTPUT_FORMATS

        return OUTPUT_FORMATS
    if kind == "film":
        from deepatelier.images import FILM_FORMATS

        return FILM_FORMATS
    return {"array": (".npy",), "weights": (".safetensors",), "table": (".json",), "folder": ("",)}[kind]
