"""What was finished before need not be painted again."""

from __future__ import annotations

from pathlib import Path

from deepatelier.errors import InputError, OutputError
from deepatelier.runs import Record, read_record
from deepatelier.synthesis import Recipe

__all__ = ["is_finished"]


def is_finished(recipe: Recipe, target: Path) -> bool:
    """Whether a picture is there that was made from the same pictures with the same options, to the end.

    Args:
        recipe: Would make it.
        target: Where it would be.

    Raises:
        OutputError: What is there carries no record, and may be anything.
    """
    if not target.is_file():
        return False
    try:
        record = read_record(target)
    except InputError as error:
        raise OutputError(
            f"{target} is there already and carries no record of how it was made. Move it, or write to another place."
        ) from error
    wanted = dict(recipe.inputs), Record.named(recipe.options, recipe.inputs), recipe.planned
    return (dict(record.inputs), record.options, record.steps) == wanted
