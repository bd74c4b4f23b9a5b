"""Many photographs at once: a folder in, a folder out."""

from __future__ import annotations

import glob
import sys
from collections.abc import Sequence
from pathlib import Path

from deepatelier.cli.finished import is_finished
from deepatelier.cli.messages import explain, say
from deepatelier.cli.painting import open_input, paint
from deepatelier.devices import memory_guard
from deepatelier.errors import AtelierError, InputError, OptionError
from deepatelier.images import Picture
from deepatelier.runs import check_target
from deepatelier.synthesis import Recipe
from deepatelier.synthesis.fast_style import FastStyle
from deepatelier.synthesis.style_options import StyleOptions
from deepatelier.synthesis.style_transfer import StyleTransfer, Targets

__all__ = ["is_batch", "paint_batch"]


def is_batch(source: str) -> bool:
    """Whether a word stands for several photographs: a folder, or a pattern with * or ? that is no file's name."""
    return Path(source).is_dir() or (glob.has_magic(source) and not Path(source).exists())


def paint_batch(
    source: str,
    paintings: Sequence[Picture | str],
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
        paintings: For all of them; what the network sees of them is found once.
        folder: To write to; it is made if it is not there.
        options: For all of them.
        force: Whether finished ones are painted again.
        json: Whether stdout gets a record in a line for each picture that was painted.
        metadata: Whether pictures carry their record; without one, a picture that is there is taken as finished.
    """
    photos = _photos(source)
    if folder.exists() and not folder.is_dir():
        raise OptionError(f"{folder} is a file. For several photographs, -o names a folder.")
    if folder.exists() and any(photo.parent.samefile(folder) for photo in photos):
        raise OptionError(f"{folder} is the folder of the photographs. Name another for the pictures with -o.")
    folder.mkdir(parents=True, exist_ok=True)
    targets: Targets = {}
    failed, left = [], 0
    for number, (photo, target) in enumerate(_targets(photos, folder).items(), 1):
        try:
            check_target(target, sources=photos, metadata=metadata)
            with memory_guard():
                opened = open_input(str(photo))
                recipe: Recipe = (  # the one before keeps the network until this one has it
                    FastStyle(opened, paintings, options)
                    if options.fast
                    else StyleTransfer(
                        opened, [open_input(p) if isinstance(p, str) else p for p in paintings], options, targets
                    )
                )
            if not force and is_finished(recipe, target, metadata=metadata):
                left += 1
                continue
            say(f"{number} of {len(photos)}: {photo} to {target}")
            paint("style", lambda recipe=recipe: recipe, target, json=json, metadata=metadata)  # type: ignore[misc]
        except AtelierError as error:
            text = explain(error)
            failed.append(text if str(photo) in text else f"{photo}: {text}")
    painted = len(photos) - left - len(failed)
    say(f"Painted {painted} of {len(photos)} photographs into {folder}; {left} were finished before.")
    for line in failed:
        say(f"Not painted: {line}")
    if failed:
        sys.exit(2)


def _photos(source: str) -> list[Path]:
    if Path(source).is_dir():
        found = sorted(Path(source).iterdir())
    else:
        found = [Path(name) for name in sorted(glob.glob(source))]  # noqa: PTH207 (the pattern may be absolute)
    photos = [path for path in found if path.is_file() and not path.name.startswith(".")]
    if not photos:
        raise InputError(f"There is no file in {source}." if Path(source).is_dir() else f"No file is named {source}.")
    return photos


def _targets(photos: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Where each photograph goes: its name with .png, and its own ending before that where another has the same."""
    stems = [photo.stem for photo in photos]
    return {photo: folder / f"{photo.name if stems.count(photo.stem) > 1 else photo.stem}.png" for photo in photos}
