"""Print tables, for a terminal or as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

__all__ = ["show_table"]

_WIDTH_OF_A_PIPE = 200


def show_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Collection[str],
    optional: Sequence[str] = (),
    markdown: bool = False,
) -> None:
    """Print a table on stdout.

    Args:
        header: The column names.
        rows: The cells of each row, one per column.
        numbers: The columns to align right.
        optional: The columns to drop, in this order, if the terminal is too narrow for all.
        markdown: Whether to print Markdown instead of a table for the terminal.
    """
    if markdown:
        print("| " + " | ".join(header) + " |")
        print("|" + "|".join("---:" if name in numbers else "---" for name in header) + "|")
        for row in rows:
            print("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
        return
    from rich.box import SIMPLE_HEAD  # here: only a table for the terminal needs rich
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE, markup=False, highlight=False)
    widths = {name: max(map(len, column)) for name, *column in zip(header, header, *rows, strict=True)}
    for name in optional:
        if sum(widths.values()) + 3 * len(widths) > console.width:
            del widths[name]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in widths:
        table.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell for name, cell in zip(header, row, strict=True) if name in widths))
    console.print(table)
