"""``atelier texture``: a picture with a painting's texture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.painting import open_input, paint_and_report
from deepatelier.synthesis.texture import make_texture
from deepatelier.synthesis.texture_options import TextureOptions

__all__ = ["texture"]


def texture(
    painting: str,
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("texture.png"),
    metadata: Annotated[bool, Parameter(negative="--no-metadata")] = True,
    json: bool = False,
    options: Annotated[TextureOptions, Parameter(name="*")] = TextureOptions(),  # noqa: B008 (frozen)
) -> None:
    """Make more of a painting's texture, from noise.

    Parameters
    ----------
    painting
        Path of the painting, or a sample: see atelier samples.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    metadata
        Put the record of how it was made into the picture (beside it for .bmp and .gif).
    json
        Print the record as one JSON object on stdout.
    """
    paint_and_report(
        "texture",
        lambda: make_texture(open_input(painting), options),
        output,
        sources=(painting,),
        json=json,
        metadata=metadata,
    )
