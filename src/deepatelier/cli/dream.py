"""``atelier dream``: DeepDream."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.painting import open_input, paint_and_report
from deepatelier.synthesis.dream import DeepDream
from deepatelier.synthesis.dream_film import DreamFilm
from deepatelier.synthesis.dream_options import DreamOptions

__all__ = ["dream"]


def dream(
    photo: str,
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("dream.png"),
    metadata: Annotated[bool, Parameter(negative="--no-metadata")] = True,
    json: bool = False,
    options: Annotated[DreamOptions, Parameter(name="*")] = DreamOptions(),  # noqa: B008 (frozen)
) -> None:
    """Let a network dream into a photograph: it shows more of what it sees already.

    Parameters
    ----------
    photo
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif; with --frames a film: .mp4 .webm .gif .webp .png.
    metadata
        Put the record of how it was made into the picture (beside it for .bmp and .gif).
    json
        Print the record as one JSON object on stdout.
    """
    film = options.frames > 1
    paint_and_report(
        "dream",
        lambda: (DreamFilm if film else DeepDream)(open_input(photo), options),
        output,
        sources=(photo, options.guide or ""),
        json=json,
        metadata=metadata,
        film=film,
    )
