"""``atelier lab``: the worked examples of the documents."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier import labs
from deepatelier.cli.looking import Report, look_and_report
from deepatelier.cli.messages import say
from deepatelier.cli.painting import open_input, paint_and_report
from deepatelier.cli.tables import show_table
from deepatelier.errors import OptionError
from deepatelier.files import write_atomically
from deepatelier.images import encode_film
from deepatelier.labs import ComputedLab, LabOptions, WorkedExample, WorkedOptions

__all__ = ["lab"]

_PHOTO, _PAINTING = "chelsea", "swirl"

_FPS = 8


def lab(
    name: str | None = None,
    /,
    *,
    photo: str | None = None,
    painting: str | None = None,
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
        Path of the photograph, or a sample, for labs that paint. Default: chelsea.
    painting
        Path of the painting, or a sample, for labs that paint. Default: swirl.
    output
        The folder to write to, under the lab's name with .png (and .gif, if something moves); it must be there.
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
        raise OptionError(f"-o is the folder for the lab's pictures, and {output} is none. Make it, or give another.")
    if isinstance(chosen, ComputedLab):
        given = {"photo": photo, "painting": painting, **options.model_dump(include=options.model_fields_set)}
        _compute(name, chosen, output, {word: value for word, value in given.items() if value is not None}, json)
        return
    make, sources = chosen.make, (photo or _PHOTO, painting or _PAINTING)
    paint_and_report(
        f"lab {name}",
        lambda: make(open_input(sources[0]), open_input(sources[1]), options),
        output / f"{name}.png",
        sources=sources,
        json=json,
        metadata=True,
    )


def _compute(name: str, chosen: ComputedLab, output: Path, given: dict[str, object], json: bool) -> None:
    others = given.keys() - WorkedOptions.model_fields.keys()
    if others:
        flag = min(others).replace("_", "-")
        raise OptionError(f"The lab {name} paints nothing: of the options it takes --seed alone, and no --{flag}.")
    example = WorkedExample(chosen.work, WorkedOptions(**given))
    look_and_report(f"lab {name}", lambda: example, output / f"{name}.png", Report(json=json))
    if example.worked is not None and example.worked.frames:
        film = output / f"{name}.gif"
        write_atomically(film, encode_film(example.worked.frames, "GIF", _FPS))
        say(f"Wrote {film} ({len(example.worked.frames)} pictures).")
