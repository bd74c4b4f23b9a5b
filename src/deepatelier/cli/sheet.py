"""``atelier sheet``: how two options change a style transfer."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.finished import is_finished
from deepatelier.cli.messages import say
from deepatelier.cli.painting import as_given, files_of, open_input, paint, say_of_masks, weighted
from deepatelier.cli.progress import undisturbed
from deepatelier.devices import memory_guard
from deepatelier.files import make_folder
from deepatelier.images import open_picture
from deepatelier.runs import check_target, record_of, write_picture
from deepatelier.synthesis.sheet import SheetRecipe
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
    sources, options = weighted((painting, *paintings), options)
    kept_back = (photo, *sources, *files_of(options))
    check_target(output, sources=kept_back)
    cells = output.with_name(f"{output.stem}_pictures")
    began = time.perf_counter()
    with memory_guard():
        opened = open_input(photo)
        made = make_sheet(opened, as_given(sources), options)
        say_of_masks(options, opened, sources)
    make_folder(cells)
    targets = {label: check_target(cells / name, sources=kept_back) for label, name in _file_names(made).items()}
    left = [label for label, recipe in made.recipes.items() if is_finished(recipe, targets[label])]
    if left and not json:
        say(f"{len(left)} of {len(targets)} pictures were finished before.")
    for number, (label, recipe) in enumerate(made.recipes.items(), 1):
        if label not in left:
            if not json:
                say(f"{number} of {len(targets)}: {label}")
            paint("style", lambda recipe=recipe: recipe, targets[label], json=False, whole=True, panel=True)  # type: ignore[misc]
    image = made.layout.compose([open_picture(target).tensor() for target in targets.values()])
    record = partial(record_of, made, command="sheet", output=str(output), began=began, steps=made.planned)
    with undisturbed():
        kept = write_picture(image, output, record)
    if json:
        print(kept.to_json())
        return
    width, height = kept.size
    say(f"Wrote {output} ({width} x {height} pixels); its pictures are in {cells}.")


def _file_names(made: SheetRecipe) -> dict[str, str]:
    """A picture's file by its label."""
    stems = {label: re.sub(r"[^\w.+-]+", "_", label).strip("_") for label in made.recipes}
    taken = list(stems.values())
    return {
        label: f"{stem}_{number}.png" if taken.count(stem) > 1 else f"{stem}.png"
        for number, (label, stem) in enumerate(stems.items())
    }
