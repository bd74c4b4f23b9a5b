"""``atelier invert``: the picture that a layer's activations stand for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.painting import open_input, paint_and_report
from deepatelier.synthesis.inversion import make_inversion
from deepatelier.synthesis.inversion_options import InversionOptions

__all__ = ["invert"]


def invert(
    image: str,
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("inverted.png"),
    metadata: Annotated[bool, Parameter(negative="--no-metadata")] = True,
    json: bool = False,
    options: Annotated[InversionOptions, Parameter(name="*")] = InversionOptions(),  # noqa: B008 (frozen)
) -> None:
    """Paint the picture that a layer's activations stand for, from noise.

    Parameters
    ----------
    image
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    metadata
        Put the record of how it was made into the picture (beside it for .bmp and .gif).
    json
        Print the record as one JSON object on stdout.
    """
    paint_and_report(
        "invert",
        lambda: make_inversion(open_input(image), options),
        output,
        sources=(image,),
        json=json,
        metadata=metadata,
    )
