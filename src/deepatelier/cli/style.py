"""``atelier style``: neural style transfer."""

from __future__ import annotations

import json as json_module
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier import samples
from deepatelier.cli.messages import say
from deepatelier.cli.painting import open_input, paint
from deepatelier.cli.samples import list_paintings
from deepatelier.devices import memory_guard, precision_name
from deepatelier.errors import OptionError
from deepatelier.runs import Record, check_target
from deepatelier.synthesis.estimation import estimate
from deepatelier.synthesis.style_options import StyleOptions
from deepatelier.synthesis.style_transfer import StyleTransfer, make_style

__all__ = ["paint_style", "style"]


def style(
    photo: str | None = None,
    painting: str | None = None,
    /,
    *,
    list: bool = False,
    dry_run: bool = False,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("out.png"),
    metadata: Annotated[bool, Parameter(negative="--no-metadata")] = True,
    json: bool = False,
    options: Annotated[StyleOptions, Parameter(name="*")] = StyleOptions(),  # noqa: B008 (frozen)
) -> None:
    """Paint a photograph in the style of a painting.

    Parameters
    ----------
    photo
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    painting
        Path of the painting, or a sample: swirl, mosaic, stained_glass, pointillism, woodblock, ink_wash, engraving,
        cubist, pastel, batik.
    list
        List the paintings that ship, with what they show, and do no more.
    dry_run
        Print about how much time and memory it will take, and paint nothing.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    metadata
        Put the record of how it was made into the picture (beside it for .bmp and .gif).
    json
        Print the record as one JSON object on stdout.
    """
    if list:
        list_paintings(json=json)
        return
    if photo is None or painting is None:
        raise OptionError("PHOTO and PAINTING are needed, as in: atelier style photo.jpg swirl -o painted.png")
    if dry_run:
        _estimate(photo, painting, options, json=json)
        return
    record = paint_style(photo, painting, output, options, json=json, metadata=metadata)
    if not json:
        width, height = record.size
        say(f"Wrote {output} ({width} x {height} pixels, {record.steps} steps, {record.seconds:.0f} s).")


def _estimate(photo: str, painting: str, options: StyleOptions, *, json: bool) -> None:
    if options.fast:
        raise OptionError("--fast takes a moment; leave --dry-run out. What does not fit in memory is refused anyway.")
    began = time.perf_counter()
    with memory_guard():
        transfer = StyleTransfer(open_input(photo), open_input(painting), options)
        preparing = time.perf_counter() - began
        expected = estimate(transfer)
        expected = replace(expected, seconds=preparing + expected.seconds)
    (height, width), steps = transfer.levels[-1].size, transfer.planned
    if json:
        print(json_module.dumps({**asdict(expected), "size": [width, height], "steps": steps}))
        return
    say(
        f"{width} x {height} pixels in {steps} steps take about {expected.seconds:.0f} s and "
        f"{expected.memory / 2**30:.1f} GiB of memory on {transfer.device} in {precision_name(transfer.precision)}; "
        f"{expected.free / 2**30:.1f} GiB are free. Nothing was painted."
    )


def paint_style(
    photo: str,
    painting: str,
    output: Path,
    options: StyleOptions,
    *,
    json: bool,
    metadata: bool = True,
) -> Record:
    """Paint a photograph, as `paint` does."""
    check_target(output, sources=(photo, painting, options.init, options.painter or ""), metadata=metadata)
    return paint(
        "style",
        lambda: make_style(
            open_input(photo), painting if samples.is_sample(painting) else open_input(painting), options
        ),
        output,
        json=json,
        metadata=metadata,
    )
