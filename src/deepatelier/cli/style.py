"""``atelier style``: neural style transfer."""

from __future__ import annotations

import json as json_module
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.batch import is_batch, paint_batch
from deepatelier.cli.messages import say
from deepatelier.cli.painting import as_given, files_of, open_input, paint, report, say_of_masks, weighted
from deepatelier.cli.samples import list_paintings
from deepatelier.devices import memory_guard, precision_name
from deepatelier.errors import OptionError
from deepatelier.runs import Record, check_target
from deepatelier.synthesis import Recipe
from deepatelier.synthesis.estimation import estimate
from deepatelier.synthesis.style_options import StyleOptions
from deepatelier.synthesis.style_transfer import StyleTransfer, make_style

__all__ = ["paint_style", "style"]


def style(
    photo: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    /,
    *paintings: str,
    list: bool = False,
    dry_run: bool = False,
    force: bool = False,
    output: Annotated[str, Parameter(name=("--output", "-o"), allow_leading_hyphen=True)] = "out.png",
    metadata: Annotated[bool, Parameter(negative="--no-metadata")] = True,
    json: bool = False,
    options: Annotated[StyleOptions, Parameter(name="*")] = StyleOptions(),  # noqa: B008 (frozen)
) -> None:
    """Paint a photograph in the style of a painting, or of several.

    Parameters
    ----------
    photo
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket; a folder or a pattern in quotes
        ('*.jpg') for many, - for standard input.
    paintings
        Path of the painting, or a sample: swirl, mosaic, stained_glass, pointillism, woodblock, ink_wash, engraving,
        cubist, pastel, batik. Several are mixed: a.jpg:0.7 b.jpg:0.3 by these weights.
    list
        List the paintings that ship, with what they show, and do no more.
    dry_run
        Print about how much time and memory it will take, and paint nothing.
    force
        Of a folder: paint again what is finished there.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif; - for a PNG on standard output. For many
        photographs a folder.
    metadata
        Put the record of how it was made into the picture (beside it for .bmp and .gif).
    json
        Print the record as one JSON object on stdout.
    """
    if list:
        list_paintings(json=json)
        return
    if photo is not None and photo.startswith("--"):  # let through for the sake of "-"
        raise OptionError(f"Unknown option: {photo}. atelier style --help lists them.")
    if photo is None or not paintings:
        raise OptionError("PHOTO and PAINTING are needed, as in: atelier style photo.jpg swirl -o painted.png")
    sources, options = weighted(paintings, options)
    if is_batch(photo):
        if dry_run:
            raise OptionError(f"--dry-run is for one photograph; give one of {photo}.")
        if output in ("-", "out.png"):
            raise OptionError(f"{photo} stands for several photographs: name a folder for the pictures with -o.")
        paint_batch(photo, sources, Path(output), options, force=force, json=json, metadata=metadata)
        return
    if force:
        raise OptionError("--force is for a folder of photographs; one picture is painted anyway.")
    if len(sources) > 1 and output != "-" and not Path(output).suffix:
        raise OptionError(f"{output} is no picture's name. For many photographs put their pattern in quotes: '*.jpg'")
    if dry_run:
        _estimate(photo, sources, options, json=json)
        return
    if output == "-":
        _to_standard_output(photo, sources, options, json=json, metadata=metadata)
        return
    record = paint_style(photo, sources, Path(output), options, json=json, metadata=metadata)
    if not json:
        report(record, Path(output), measures=options.report)


def _to_standard_output(
    photo: str, paintings: Sequence[str], options: StyleOptions, *, json: bool, metadata: bool
) -> None:
    if json:
        raise OptionError("With -o - standard output is the picture; leave --json out, or write to a file.")
    if sys.stdout.isatty():
        raise OptionError("-o - writes a PNG to standard output, which is the terminal here; send it to a program.")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "standard_output.png"
        paint_style(photo, paintings, target, options, json=False, metadata=metadata, whole=True)
        sys.stdout.buffer.write(target.read_bytes())


def _estimate(photo: str, paintings: Sequence[str], options: StyleOptions, *, json: bool) -> None:
    if options.fast:
        raise OptionError("--fast takes a moment; leave --dry-run out. What does not fit in memory is refused anyway.")
    began = time.perf_counter()
    with memory_guard():
        transfer = StyleTransfer(open_input(photo), [open_input(each) for each in paintings], options)
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
    paintings: Sequence[str],
    output: Path,
    options: StyleOptions,
    *,
    json: bool,
    metadata: bool = True,
    whole: bool = False,
) -> Record:
    """Paint a photograph, as `paint` does."""
    check_target(output, sources=(photo, *paintings, *files_of(options)), metadata=metadata)

    def recipe() -> Recipe:
        opened = open_input(photo)
        made = make_style(opened, as_given(paintings), options)
        say_of_masks(options, opened, paintings)
        return made

    return paint(
        "style",
        recipe,
        output,
        json=json,
        metadata=metadata,
        whole=whole,
    )
