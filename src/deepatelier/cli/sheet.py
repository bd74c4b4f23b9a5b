"""``atelier sheet``: how two options change a style transfer."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier import samples
from deepatelier.cli.finished import is_finished
from deepatelier.cli.messages import say
from deepatelier.cli.painting import open_input, paint
from deepatelier.cli.progress import undisturbed
from deepatelier.devices import memory_guard
from deepatelier.errors import OptionError
from deepatelier.images import open_picture
from deepatelier.runs import check_target, record_of, write_picture
from deepatelier.synthesis.sheet_options import SheetOptions
from deepatelier.synthesis.style_sheet import make_sheet

__all__ = ["sheet"]


def sheet(
    photo: str,
    painting: str,
    /,
    *paintings: str,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("sheet.png"),
    json: bool = False,
    options: Annotated[SheetOptions, Parameter(name="*")] = SheetOptions(),  # noqa: B008 (frozen)
) -> None:
    """Paint a photograph once for each pair of values of two options, on one sheet.

    Its pictures are kept in a folder beside it. A sheet that was interrupted goes on where it was, and one with more
    values paints only what is new.

    Parameters
    ----------
    photo
        Path of the photograph, or a sample.
    painting
        Path of the painting, or a sample.
    paintings
        More paintings, which are mixed with it.
    output
        The sheet to write: .png .jpg .webp .tiff .avif .bmp .gif.
    json
        Print the sheet's record as one JSON object on stdout.
    """
    sources = (painting, *paintings)
    check_target(output, sources=(photo, *sources))
    cells = output.with_name(f"{output.stem}_pictures")
    if cells.exists() and not cells.is_dir():
        raise OptionError(f"{cells} is a file, and the sheet's pictures would go into a folder of that name. Move it.")
    began = time.perf_counter()
    with memory_guard():
        given = [each if samples.is_sample(each) else open_input(each) for each in sources]
        made = make_sheet(open_input(photo), given, options)
    cells.mkdir(exist_ok=True)
    targets = {label: cells / f"{_file_name(label)}.png" for label in made.recipes}
    left = [label for label, recipe in made.recipes.items() if is_finished(recipe, targets[label])]
    if left:
        say(f"{len(left)} of {len(targets)} pictures were finished before.")
    for number, (label, recipe) in enumerate(made.recipes.items(), 1):
        if label not in left:
            say(f"{number} of {len(targets)}: {label}")
            paint("style", lambda recipe=recipe: recipe, targets[label], json=False)  # type: ignore[misc]
    image = made.layout.compose([open_picture(target).tensor() for target in targets.values()])
    record = partial(record_of, made, command="sheet", output=str(output), began=began, steps=made.planned)
    with undisturbed():
        kept = write_picture(image, output, record)
    if json:
        print(kept.to_json())
        return
    width, height = kept.size
    say(f"Wrote {output} ({width} x {height} pixels); its pictures are in {cells}.")


def _file_name(label: str) -> str:
    return re.sub(r"[^\w.+-]+", "_", label).strip("_")
