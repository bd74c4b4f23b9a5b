"""``atelier fool``: a photograph that a network takes for something else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier import images
from deepatelier.cli.messages import say
from deepatelier.cli.painting import open_input, paint_and_report
from deepatelier.errors import OptionError
from deepatelier.files import check_output, write_atomically
from deepatelier.synthesis.fooling import Fooling
from deepatelier.synthesis.fooling_options import FoolingOptions

__all__ = ["fool"]


def fool(
    photo: str,
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("fooled.png"),
    panels: Path | None = None,
    metadata: Annotated[bool, Parameter(negative="--no-metadata")] = True,
    json: bool = False,
    options: Annotated[FoolingOptions, Parameter(name="*")] = FoolingOptions(),  # noqa: B008 (frozen)
) -> None:
    """Change a photograph as little as possible, so that a network says something else.

    Parameters
    ----------
    photo
        Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket.
    output
        The picture to write: .png .jpg .webp .tiff .avif .bmp .gif.
    panels
        Another picture to write: photograph, result, difference and ten times the difference.
    metadata
        Put the record of how it was made into the picture (beside it for .bmp and .gif).
    json
        Print the record as one JSON object on stdout.
    """
    made: list[Fooling] = []

    def recipe() -> Fooling:
        picture = open_input(photo)
        if picture.alpha(picture.size) is not None:
            say(f"A network sees no transparency: what is transparent in {photo} is white now.")
        made.append(Fooling(picture, options))
        return made[0]

    if panels is not None:
        check_output(panels, images.OUTPUT_FORMATS, (photo,))
        if panels.resolve() in (output.resolve(), output.with_name(f"{output.name}.json").resolve()):
            raise OptionError(f"--panels and --output are both {output}. Give one of them another name.")
    paint_and_report("fool", recipe, output, sources=(photo,), json=json, metadata=metadata)
    if not made[0].succeeded:
        say("The network was not fooled. Raise --most or --steps, or choose another --method or class.")
    if panels is not None:
        sheet = made[0].panels(images.open_picture(output).tensor())
        write_atomically(panels, images.encode(sheet, images.format_of(panels)))
        say(f"Wrote {panels}.")
