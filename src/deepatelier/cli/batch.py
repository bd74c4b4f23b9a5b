"""Many photographs at once: a folder in, a folder out."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deepatelier.cli.finished import is_finished
from deepatelier.cli.messages import explain, say
from deepatelier.cli.painting import as_given, files_of, open_input, paint, report, say_of_masks
from deepatelier.devices import memory_guard
from deepatelier.errors import AtelierError, InputError, OptionError
from deepatelier.files import make_folder
from deepatelier.images import OUTPUT_FORMATS
from deepatelier.runs import check_target
from deepatelier.synthesis.style_options import StyleOptions
from deepatelier.synthesis.style_transfer import Targets, make_style

__all__ = ["is_batch", "paint_batch"]


def is_batch(source: str) -> bool:
    """Whether a word stands for several photographs: a folder, or a pattern with * or ? that is no file's name."""
    return os.path.isdir(source) or (glob.has_magic(source) and not os.path.lexists(source))  # noqa: PTH112 (raises nothing)


def paint_batch(
    source: str,
    paintings: Sequence[str],
    folder: Path,
    options: StyleOptions,
    *,
    force: bool,
    json: bool,
    metadata: bool,
) -> None:
    """Paint each photograph of a folder or pattern into a folder, under its name with .png.

    What is finished there already, by its record, is left; one that cannot be painted is told at the end. Exits with 2
    if there is one.

    Args:
        source: The folder or the pattern.
        paintings: For all of them; with ``--colors painting`` what the network sees of them is found once.
        folder: To write to; it is made if it is not there.
        options: For all of them.
        force: Whether finished ones are painted again.
        json: Whether stdout gets a record in a line for each picture that was painted.
        metadata: Whether pictures carry their record; one that is there without it is left, and told at the end.
    """
    photos = _photos(source)
    if folder.exists() and not folder.is_dir():
        raise OptionError(f"{folder} is a file. For several photographs, -o names a folder.")
    if not folder.exists() and folder.suffix.lower() in OUTPUT_FORMATS:
        raise OptionError(f"{folder} is a picture's name. For several photographs, -o names a folder.")
    if folder.exists() and any(photo.parent.samefile(folder) for photo in photos):
        raise OptionError(f"{folder} is the folder of the photographs. Name another for the pictures with -o.")
    targets = _targets(photos, folder)
    make_folder(folder)
    kept_back, given = [*map(str, photos), *paintings, *files_of(options)], as_given(paintings)
    known: Targets = {}
    failed: list[str] = []
    painted, left = 0, 0
    try:
        for number, (photo, target) in enumerate(targets.items(), 1):
            try:
                check_target(target, sources=kept_back, metadata=metadata)
                with memory_guard():
                    opened = open_input(str(photo))
                    recipe = make_style(opened, given, options, known)  # the one before keeps the network until then
                if not force and is_finished(recipe, target):
                    left += 1
                    continue
                say(f"{number} of {len(photos)}: {photo} to {target}")
                say_of_masks(options, opened, paintings)
                record = paint("style", lambda recipe=recipe: recipe, target, json=json, metadata=metadata, whole=True)  # type: ignore[misc]
                painted += 1
                if options.report and not json:
                    report(record, target)
            except AtelierError as error:
                text = explain(error)
                failed.append(text if str(photo) in text else f"{photo}: {text}")
    finally:
        say(f"Painted {painted} of {len(photos)} photographs into {folder}; {left} were finished before.")
        for line in failed:
            say(f"Not painted: {line}")
    if failed:
        sys.exit(2)


def _photos(source: str) -> list[Path]:
    try:
        if Path(source).is_dir():
            found = sorted(Path(source).iterdir())
        else:
            found = [Path(name) for name in sorted(glob.glob(source))]  # noqa: PTH207 (the pattern may be absolute)
    except OSError as error:
        raise InputError(f"The folder {source} cannot be read ({error.strerror}).") from error
    photos = [path for path in found if not path.is_dir() and not path.name.startswith(".")]
    if not photos:
        raise InputError(f"There is no file in {source}." if Path(source).is_dir() else f"No file is named {source}.")
    return photos


def _targets(photos: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Where each photograph goes: its name with .png, and its own ending before that where another has the same.

    Raises:
        OptionError: Two have the same name all the same.
    """
    stems = [photo.stem for photo in photos]
    targets: dict[Path, Path] = {}
    for photo in photos:
        target = folder / f"{photo.name if stems.count(photo.stem) > 1 else photo.stem}.png"
        for other, taken in targets.items():
            if taken == target:
                raise OptionError(
                    f"{other} and {photo} would both be painted to {target}. Rename one, or paint it apart."
                )
        targets[photo] = target
    return targets
