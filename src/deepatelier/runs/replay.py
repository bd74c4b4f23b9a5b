"""Making a picture again from its record, which may come from anybody: it names files, and chooses none."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from deepatelier import images, samples
from deepatelier.errors import RecordError, UnknownNameError
from deepatelier.images import Picture
from deepatelier.runs.record import Input, Record, several

__all__ = ["Found", "changes", "find_inputs", "pixel_difference", "restored_options"]


_FILES = ("init", "guide", "painter", "weights", "mask", "network")
"""The options whose value may be a file's path. No other is set from an input, whatever the record calls its inputs."""


_MASKS = "style_masks"
"""The option whose value are the files style_mask, style_mask_2 …"""


@dataclass(frozen=True)
class Found:
    """Where an input is.

    Attributes:
        source: An absolute path, or a sample's name.
        same: Whether it is the very file of the record, by its sha256.
        shipped: Whether it is a sample.
    """

    source: str
    same: bool
    shipped: bool = False

    def open(self) -> Picture:
        """The picture there. Raises ImageError."""
        return samples.open_sample(self.source) if self.shipped else images.open_picture(self.source)


def find_inputs(
    record: Record, folders: Iterable[str | os.PathLike[str]], given: Mapping[str, str] | None = None
) -> dict[str, Found]:
    """Where the files and samples are that a picture was made from, by their part.

    Args:
        record: Names them.
        folders: Where to look, and in the folders in them, by name; what has that name must also have the sha256.
        given: Paths that the user says are the inputs, by their part. They are taken as they are.

    Raises:
        UnknownNameError: A part that is given does not occur in the record.
        RecordError: An input is not there.
    """
    given = given or {}
    for part in given:
        if part not in record.inputs:
            raise UnknownNameError("input", part, record.inputs)
    places = list(dict.fromkeys(Path(folder).absolute() for folder in folders))
    return {
        part: _found(given[part], wanted) if part in given else _search(part, wanted, places)
        for part, wanted in record.inputs.items()
    }


def restored_options(record: Record, found: Mapping[str, Found], network: str | None = None) -> dict[str, Any]:
    """The record's options with the files where they are now.

    Args:
        record: Of the picture.
        found: Of `find_inputs`.
        network: The network of the user's own, ``module:function``. A record cannot have code run by naming it.

    Raises:
        RecordError: The picture was made with a network of somebody's own, and none or another is given.
    """
    recorded = record.options.get("network")
    if isinstance(recorded, str) and ":" in recorded and network != recorded:
        raise RecordError(
            f"The picture was made with a network of somebody's own, {recorded!r}. Its code would run here: "
            f"if you know it, say --network {recorded}"
        )
    if network is not None and network != recorded:
        raise RecordError(f"The picture was made with the network {recorded!r}, not {network!r}. Leave --network out.")
    named = [part for part in _FILES if network is None or part != "network"]
    for part in named:  # a path in a record is not followed, unless it is one of its inputs
        value = record.options.get(part)
        if part not in found and isinstance(value, str) and not value.replace("-", "").replace("_", "").isalnum():
            raise RecordError(f"The record's {part} {value!r} is not among its inputs. It was changed.")
    if record.options.get("mask") is not None and "mask" not in found:
        raise RecordError("The record's mask is not among its inputs. It was changed.")
    sources: dict[str, Any] = {part: found[part].source for part in _FILES if part in found}
    if not str(sources.get("network", ".safetensors")).endswith(".safetensors"):
        del sources["network"]  # a name that would have code run
    if record.options.get(_MASKS):
        sources[_MASKS] = [place.source for place in several(_MASKS[:-1], found)]
        if len(sources[_MASKS]) != len(record.options[_MASKS]):
            raise RecordError("The record's style_masks are not among its inputs. It was changed.")
    return {**record.options, **sources}


def changes(record: Record, again: Record, found: Mapping[str, Found]) -> list[str]:
    """What was not as it was when the picture was made first, one sentence each.

    Args:
        record: Of the first picture.
        again: Of the second.
        found: The inputs of the second.
    """
    facts = [
        ({"deepatelier": each.version, "device": each.device, "precision": each.precision} | each.machine.model_dump())
        for each in (record, again)
    ]
    lines = [f"{name}: now {facts[1][name]}, then {was}." for name, was in facts[0].items() if facts[1][name] != was]
    for part, place in found.items():
        if not place.same:
            lines.append(f"The {part} {place.source} is not the one that was used ({record.inputs[part].name}).")
    return lines


def pixel_difference(first: Picture, second: Picture) -> tuple[float, float] | None:
    """Largest and mean absolute difference of two pictures, transparency included, in levels of 255.

    None if their sizes differ.
    """
    if first.size != second.size:
        return None
    opaque = torch.ones(1, 1, *first.size)
    pixels = [
        torch.cat([each.tensor(), opaque if (alpha := each.alpha()) is None else alpha], dim=1)
        for each in (first, second)
    ]
    levels = 255 * (pixels[0] - pixels[1]).abs()
    return levels.max().item(), levels.mean().item()


def _search(part: str, wanted: Input, folders: list[Path]) -> Found:
    others = []
    for path in _places(wanted.name, folders):
        if path.is_file():
            if Input.of(path).sha256 == wanted.sha256:
                return Found(str(path), same=True)
            if path.parent in folders:
                others.append(path)
    if wanted.name in samples.names():
        return _shipped(wanted.name, wanted)
    if others:
        raise RecordError(
            f"{others[0]} is not the {part} that was used: another file has its name. "
            f"If it shall serve, say --input {part}={others[0]}"
        )
    raise RecordError(
        f"The {part}, {wanted.name!r}, is neither beside the picture nor here. Say where it is: --input {part}=PATH"
    )


def _places(name: str, folders: list[Path]) -> Iterator[Path]:
    """Where a file of that name is: in the folders themselves, then, if no sample has the name, one and two deeper."""
    for pattern in ("",) if name in samples.names() else ("", "*/", "*/*/"):
        for folder in folders:
            yield from sorted(folder.glob(pattern + glob.escape(name)))


def _found(source: str, wanted: Input) -> Found:
    if Path(source).is_dir():  # a training's, for its weights
        source = str(Path(source) / wanted.name)
    try:
        return Found(str(Path(source).absolute()), same=Input.of(source).sha256 == wanted.sha256)
    except (OSError, ValueError):  # ValueError: a NUL in the path
        pass
    if source in samples.names():
        return _shipped(source, wanted)
    raise RecordError(f"There is no file or sample {source!r}. Check the path; it was looked up from {Path.cwd()}.")


def _shipped(name: str, wanted: Input) -> Found:
    return Found(name, samples.open_sample(name).sha256 == wanted.sha256, shipped=True)
