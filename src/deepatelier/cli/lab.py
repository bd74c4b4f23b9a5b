"""``atelier lab``: the worked examples of the documents."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier import labs
from deepatelier.cli.painting import open_input, paint_and_report
from deepatelier.cli.tables import show_table
from deepatelier.errors import OptionError
from deepatelier.labs import LabOptions

__all__ = ["lab"]


def lab(
    name: str | None = None,
    /,
    *,
    photo: str = "chelsea",
    painting: str = "swirl",
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path(),
    json: bool = False,
    options: Annotated[LabOptions, Parameter(name="*")] = LabOptions(),  # noqa: B008 (frozen)
) -> None:
    """Make a worked example of the documents, or list them.

    Parameters
    ----------
    name
        A lab of the list; without it, they are listed.
    photo
        Path of the photograph, or a sample.
    painting
        Path of the painting, or a sample.
    output
        The folder to write to, under the lab's name with .png; it must be there.
    json
        Print the record, or the list, as one JSON object on stdout.
    """
    if name is None:
        table = {each: labs.lab(each).about for each in labs.names()}
        if json:
            print(json_module.dumps({"labs": [{"name": each, "about": about} for each, about in table.items()]}))
        else:
            show_table(("lab", "shows"), list(table.items()), numbers=())
        return
    chosen = labs.lab(name)
    if not output.is_dir():
        raise OptionError(f"There is no folder {output}. Make it, or give another with -o.")
    paint_and_report(
        f"lab {name}",
        lambda: chosen.make(open_input(photo), open_input(painting), options),
        output / f"{name}.png",
        sources=(photo, painting),
        json=json,
        metadata=True,
    )
