"""``atelier reconstruct``: the documents' sheets (a) to (e)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from deepatelier.cli.painting import open_input, paint_and_report
from deepatelier.synthesis.inversion import make_inversion
from deepatelier.synthesis.inversion_options import ContentReconstructionOptions
from deepatelier.synthesis.texture import make_texture
from deepatelier.synthesis.texture_options import StyleReconstructionOptions

__all__ = ["content", "reconstruct", "style"]

reconstruct = App(
    name="reconstruct",
    help="What each layer keeps of a picture: the sheets (a) to (e).\n\n"
    "Example: atelier reconstruct content chelsea -o content.png",
)


@reconstruct.command
def content(
    image: str,
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("content.png"),
    metadata: Annotated[bool, Parameter(negative="--no-metadata")] = True,
    json: bool = False,
    options: Annotated[ContentReconstructionOptions, Parameter(name="*")] = ContentReconstructionOptions(),  # noqa: B008 (frozen)
) -> None:
    """What relu1_1, relu2_1, relu3_1, relu4_1 and relu5_1 each keep of a picture's content.

    Example: atelier reconstruct content chelsea -o content.png

    Parameters
    ----------
    image
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    output
        The sheet to write: .png .jpg .webp .tiff .avif .bmp .gif.
    metadata
        Put the record of how it was made into the picture (beside it for .bmp and .gif).
    json
        Print the record as one JSON object on stdout.
    """
    paint_and_report(
        "reconstruct content",
        lambda: make_inversion(open_input(image), options),
        output,
        sources=(image,),
        json=json,
        metadata=metadata,
    )


@reconstruct.command
def style(
    painting: str,
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("style.png"),
    metadata: Annotated[bool, Parameter(negative="--no-metadata")] = True,
    json: bool = False,
    options: Annotated[StyleReconstructionOptions, Parameter(name="*")] = StyleReconstructionOptions(),  # noqa: B008 (frozen)
) -> None:
    """What relu1_1, then relu1_1 and relu2_1, and so on to relu5_1 keep of a painting's style.

    Example: atelier reconstruct style swirl -o style.png

    Parameters
    ----------
    painting
        Path of the painting, or a sample: see atelier samples.
    output
        The sheet to write: .png .jpg .webp .tiff .avif .bmp .gif.
    metadata
        Put the record of how it was made into the picture (beside it for .bmp and .gif).
    json
        Print the record as one JSON object on stdout.
    """
    paint_and_report(
        "reconstruct style",
        lambda: make_texture(open_input(painting), options),
        output,
        sources=(painting,),
        json=json,
        metadata=metadata,
    )
