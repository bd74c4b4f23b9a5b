"""Runs a look for a command: bar, interruption, record."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.messages import say
from deepatelier.cli.progress import progress_bar
from deepatelier.devices import memory_guard
from deepatelier.errors import OptionError
from deepatelier.files import check_output
from deepatelier.runs import Figure, Record, check_target, record_of, write_array, write_picture

__all__ = ["Report", "look_and_report", "look_and_write"]


@dataclass(frozen=True)
class Report:
    """What is told beside the picture."""

    metadata: Annotated[
        bool,
        Parameter(
            negative="--no-metadata",
            help="Put the record of how it was made into the picture (beside it for .bmp and .gif).",
        ),
    ] = True
    json: Annotated[bool, Parameter(help="Print the record as one JSON object on stdout.")] = False


def look_and_report(
    command: str,
    look: Callable[[], Figure],
    output: Path,
    report: Report,
    *,
    sources: Iterable[str] = (),
    array: Path | None = None,
) -> None:
    """`look_and_write`, with the check of the outputs before and what was found after.

    Args:
        command: For the record.
        look: Makes what looks; whatever takes time or memory happens in it and later.
        output: The picture to write.
        report: What is told beside it.
        sources: Files that must not be overwritten.
        array: Where to write the numbers behind the picture.
    """
    sources = tuple(sources)
    check_target(output, sources=sources, metadata=report.metadata)
    if array is not None:
        check_output(array, (".npy",), sources)
    made, record, interrupted = look_and_write(command, look, output, metadata=report.metadata, with_array=bool(array))
    for note in made.notes:
        say(note)
    if report.json:
        print(record.to_json())
    else:
        for words, value in record.measures.items():
            say(f"{words}: {f'{value:.4g}' if isinstance(value, float) else value}")
        width, height = record.size
        say(f"Wrote {output} ({width} x {height} pixels, {record.seconds:.1f} s).")
    if array is not None:
        numbers = made.array()
        write_array(numbers, array)
        say(f"Wrote {array} (float32, {' x '.join(map(str, numbers.shape))}).")
    if interrupted:
        say(f"Interrupted; what was found by then is in {output}.")
        sys.exit(130)


def look_and_write(
    command: str, look: Callable[[], Figure], output: Path, *, metadata: bool = True, with_array: bool = False
) -> tuple[Figure, Record, bool]:
    """Look and write the picture. Ctrl-C writes what is there.

    Returns:
        What has looked, the picture's record, and whether it was interrupted.
    """
    began = time.perf_counter()
    interrupted = False
    with memory_guard():
        made = look()
        if with_array and not made.has_array:
            raise OptionError("An --array holds the maps of one layer: give one.")
        try:
            with progress_bar("Looking", made.planned) as advance:
                made.look(advance)
        except KeyboardInterrupt:
            if not made.found_something:
                raise
            interrupted = True
        record = partial(record_of, made, command=command, output=str(output), began=began, steps=0)
        return made, write_picture(made.picture(), output, record, metadata=metadata), interrupted
