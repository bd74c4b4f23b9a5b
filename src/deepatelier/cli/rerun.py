"""``atelier rerun``: make a picture again from the record that it carries."""

from __future__ import annotations

import json as json_module
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from pydantic import ValidationError

from deepatelier import labs
from deepatelier.cli.looking import look_and_write
from deepatelier.cli.messages import explain_values, say
from deepatelier.cli.painting import paint
from deepatelier.errors import OptionError, RecordError
from deepatelier.images import OUTPUT_FORMATS, open_picture
from deepatelier.interpretation import (
    ActivationOptions,
    Activations,
    Cam,
    CamOptions,
    FilterOptions,
    Filters,
    GradCam,
    GradCamOptions,
    Occlusion,
    OcclusionOptions,
    Saliency,
    SaliencyOptions,
)
from deepatelier.labs import ComputedLab, LabOptions, PaintedLab, WorkedExample, WorkedOptions
from deepatelier.options import PresetOptions, RecipeOptions
from deepatelier.runs import (
    Figure,
    Found,
    Record,
    changes,
    check_target,
    find_inputs,
    pixel_difference,
    read_record,
    restored_options,
    several,
)
from deepatelier.synthesis import (
    ContentReconstructionOptions,
    DeepDream,
    DreamOptions,
    FeatureVisualization,
    Fooling,
    FoolingOptions,
    InversionOptions,
    Recipe,
    SheetOptions,
    StyleOptions,
    StyleReconstructionOptions,
    TextureOptions,
    VisualizationOptions,
    make_inversion,
    make_sheet,
    make_style,
    make_texture,
)

__all__ = ["rerun"]


_LABS = [(name, labs.lab(name)) for name in labs.names()]

_RECIPES: dict[str, tuple[Callable[..., Recipe], type[RecipeOptions], tuple[str, ...]]] = {
    "style": (make_style, StyleOptions, ("photo", "painting")),
    "sheet": (make_sheet, SheetOptions, ("photo", "painting")),
    "texture": (make_texture, TextureOptions, ("painting",)),
    "reconstruct content": (make_inversion, ContentReconstructionOptions, ("photo",)),
    "reconstruct style": (make_texture, StyleReconstructionOptions, ("painting",)),
    "invert": (make_inversion, InversionOptions, ("photo",)),
    "visualize": (FeatureVisualization, VisualizationOptions, ()),
    "dream": (DeepDream, DreamOptions, ("photo",)),
    "fool": (Fooling, FoolingOptions, ("photo",)),
    **{
        f"lab {name}": (lab.make, LabOptions, ("photo", "painting"))
        for name, lab in _LABS
        if isinstance(lab, PaintedLab)
    },
}
"""What makes the recipe of a command, from which pictures and options."""

_LOOKS: dict[str, tuple[Callable[..., Figure], type[PresetOptions], tuple[str, ...]]] = {
    "look filters": (Filters, FilterOptions, ()),
    "look activations": (Activations, ActivationOptions, ("photo",)),
    "look occlusion": (Occlusion, OcclusionOptions, ("photo",)),
    "look cam": (Cam, CamOptions, ("photo",)),
    "look gradcam": (GradCam, GradCamOptions, ("photo",)),
    "look saliency": (Saliency, SaliencyOptions, ("photo",)),
    **{
        f"lab {name}": (partial(WorkedExample, lab.work), WorkedOptions, ())
        for name, lab in _LABS
        if isinstance(lab, ComputedLab)
    },
}
"""The same for what looks."""

_OF_MANY = ("look patches", "look deconvolution", "look unit")
"""Commands that look at many pictures, which a record does not name one by one."""


def rerun(
    picture: Path,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    input: Annotated[tuple[str, ...], Parameter(name="--input")] = (),
    network: str | None = None,
    device: str | None = None,
    json: bool = False,
) -> None:
    """Make a picture again from the record that it carries.

    Parameters
    ----------
    picture
        A picture that atelier made.
    output
        The picture to write. Default: beside the first, with _again in its name.
    input
        PART=PATH: where an input is, for example photo=cat.jpg. Without it, inputs are looked for by their names beside
        the picture and in the working directory, and must be the very files.
    network
        Your own network (module:function), if the picture was made with one: a record alone runs no code.
    device
        Where to run it: auto, cpu, cuda, mps. Default: as the record says.
    json
        Print what was made and what differs as one JSON object on stdout.
    """
    record = read_record(picture)
    _check_command(record.command)
    found = find_inputs(record, [picture.parent, Path.cwd()], _given(input))
    prepared = _prepared(record, found, network, device)
    target = output or _free_name(picture)
    check_target(target, sources=(picture, *(place.source for place in found.values())))
    if record.command in _LOOKS:
        _, made, _ = look_and_write(record.command, lambda: _LOOKS[record.command][0](*prepared()), target)
    else:
        recipe = _RECIPES[record.command][0]
        stop_after = record.steps or None
        made = paint(record.command, lambda: recipe(*prepared()), target, json=False, stop_after=stop_after)
    differences = changes(record, made, found)
    if target.suffix.lower() != picture.suffix.lower():
        differences.append(f"format: now {target.suffix}, then {picture.suffix}.")
    pixels = pixel_difference(open_picture(picture), open_picture(target))
    if json:
        levels = None if pixels is None else {"largest": pixels[0], "mean": pixels[1]}
        print(json_module.dumps({**made.model_dump(by_alias=True), "changes": differences, "difference": levels}))
        return
    for line in differences:
        say(line)
    say(f"Wrote {target}: {_compared(pixels)}.")


def _free_name(picture: Path) -> Path:
    """Beside the picture, and no file's name yet."""
    suffix = picture.suffix if picture.suffix.lower() in OUTPUT_FORMATS else ".png"
    names = (f"{picture.stem}_again{number or ''}{suffix}" for number in (0, *range(2, 10_000)))
    return next(path for name in names if not os.path.lexists(path := picture.with_name(name)))


def _prepared(
    record: Record, found: dict[str, Found], network: str | None, device: str | None
) -> Callable[[], tuple[Any, ...]]:
    """Opens the pictures, and gives them with the options."""
    if record.options.get("frames", 1) != 1:
        raise RecordError("The record is of a film, which is not made again by itself; its options are in the record.")
    try:
        _, model, parts = {**_RECIPES, **_LOOKS}[record.command]
        options = restored_options(record, found, network)
        if device is not None:
            if "device" not in model.model_fields:
                raise OptionError(f"'atelier {record.command}' has no choice of the device. Leave --device out.")
            options["device"] = device
        places, chosen = [_places(record.command, part, found) for part in parts], model.complete(options)
    except KeyError as error:
        raise RecordError(f"The record names no {error}. It was changed.") from error
    except ValidationError as error:
        raise RecordError(f"The record's options cannot be used: {explain_values(error)}") from error
    return lambda: (*([place.open() for place in each] if len(each) > 1 else each[0].open() for each in places), chosen)


def _places(command: str, part: str, found: dict[str, Found]) -> list[Found]:
    """Where the pictures of a part are: of paintings there may be several."""
    return several(part, found) if command in ("style", "sheet") and part == "painting" else [found[part]]


def _check_command(command: str) -> None:
    if command in _OF_MANY:
        raise RecordError(
            f"'atelier {command}' made the picture from many others, which its record does not name one by one. Give "
            "them to that command again; its options are in the record."
        )
    if command not in _RECIPES and command not in _LOOKS:
        raise RecordError(f"The picture was made by {command!r}, which this version cannot run again.")


def _given(inputs: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for word in inputs:
        part, sign, path = word.partition("=")
        if not (part and sign and path):
            raise OptionError(f"--input is PART=PATH, as photo=cat.jpg; received {word!r}.")
        pairs[part] = path
    return pairs


def _compared(pixels: tuple[float, float] | None) -> str:
    if pixels is None:
        return "its size is another than the first picture's"
    largest, mean = pixels
    if largest == 0:
        return "every pixel is as in the first picture"
    return f"it differs from the first picture by {mean:.2f} levels of 255 on average, {largest:.0f} at most"
