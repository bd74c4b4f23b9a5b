"""The user's own pairs of texts: a file of two columns."""

from __future__ import annotations

from pathlib import Path

from deepatelier.data.pairs import Pairs
from deepatelier.errors import InputError
from deepatelier.text import read_pieces

__all__ = ["pair_file"]


def pair_file(path: Path) -> Pairs:
    """Read a file with a source, a tab and a target on each line, in UTF-8.

    There is no line with names, and quotes are part of the text. Blank lines are skipped. A group is a source, so a
    source that occurs several times is in one part.

    Raises:
        InputError: There is no such file, it is empty or not UTF-8, or a line has no two columns with text.
    """
    sources, targets = [], []
    for number, line in enumerate("".join(read_pieces(path)).split("\n"), 1):
        if not line.strip(" \t"):
            if "\t" in line:
                raise InputError(f"{path}, line {number}: both columns are empty. Fill them, or remove the line.")
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 2:
            columns = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
            raise InputError(f"{path}, line {number}: {columns}, but 2 are needed: a source, a tab and its target.")
        if not all(cells):
            which = "source" if not cells[0] else "target"
            raise InputError(f"{path}, line {number}: the {which} is empty. Fill it, or remove the line.")
        sources.append(cells[0])
        targets.append(cells[1])
    if not sources:
        raise InputError(f"{path} has no pairs, only blank lines. Each line is a source, a tab and its target.")
    return Pairs(path.name, tuple(sources), tuple(targets), tuple(sources))
