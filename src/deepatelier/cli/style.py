"""``atelier style``: neural style transfer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.messages import say
from deepatelier.cli.painting import paint
from deepatelier.synthesis.style_options import StyleOptions

__all__ = ["style"]


def style(
    photo: str,
    painting: str,
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("out.png"),
    json: bool = False,
    options: Annotated[StyleOptions, Parameter(name="*")] = StyleOptions(),  # noqa: B008 (frozen)
) -> None:
    """Paint a photograph in the style of a painting.

    Parameters
    ----------
    photo
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    painting
        Path of the painting, or a sample: swirl.
    output
        The picture to write: .png (which carries the record), .jpg, .webp.
    json
        Print the record as one JSON object on stdout.
    """
    record = paint(photo, painting, output, options, json=json)
    if not json:
        width, height = record.size
        say(f"Wrote {output} ({width} x {height} pixels, {record.steps} steps, {record.seconds:.0f} s).")
