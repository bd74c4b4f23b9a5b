"""``atelier style``: neural style transfer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.messages import say
from deepatelier.cli.painting import open_input, paint
from deepatelier.cli.samples import list_paintings
from deepatelier.errors import OptionError
from deepatelier.runs import Record, check_target
from deepatelier.synthesis.style_options import StyleOptions
from deepatelier.synthesis.style_transfer import StyleTransfer

__all__ = ["paint_style", "style"]


def style(
    photo: str | None = None,
    painting: str | None = None,
    /,
    *,
    list: bool = False,
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
    record = paint_style(photo, painting, output, options, json=json, metadata=metadata)
    if not json:
        width, height = record.size
        say(f"Wrote {output} ({width} x {height} pixels, {record.steps} steps, {record.seconds:.0f} s).")


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
    check_target(output, sources=(photo, painting, options.init), metadata=metadata)
    return paint(
        "style",
        lambda: StyleTransfer(open_input(photo), open_input(painting), options),
        output,
        json=json,
        metadata=metadata,
    )
