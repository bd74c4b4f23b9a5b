"""The record of how a picture was made."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import torch
from pydantic import BaseModel, ConfigDict, Field, field_validator

from deepatelier import __version__
from deepatelier.devices import processor_name
from deepatelier.images import Picture
from deepatelier.options import ShownText

__all__ = ["Input", "Machine", "Record", "numbered", "several", "this_machine"]


_Part = Annotated[str, Field(pattern="^[a-z_]{1,20}[0-9]{0,4}$")]


class Input(BaseModel):
    """A file that a run was given: its name or the sample's, and the sha256 of its bytes."""

    model_config = ConfigDict(frozen=True)

    name: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if (
            not name.isprintable()
            or not 0 < len(os.fsencode(name)) <= 255
            or name in (".", "..")
            or set(name) & set("/\\\0")
        ):
            raise ValueError("a name is wanted, not a path")
        return name

    @classmethod
    def of(cls, source: Picture | str | os.PathLike[str]) -> Self:
        """The entry of a picture, or of a file."""
        if isinstance(source, Picture):
            return cls(name=source.name, sha256=source.sha256)
        if not Path(source).is_file():  # a pipe would be waited for
            raise FileNotFoundError(f"There is no file {source}.")
        with Path(source).open("rb") as file:
            return cls(name=Path(source).name, sha256=hashlib.file_digest(file, "sha256").hexdigest())


_Given = TypeVar("_Given")


def numbered(part: str, given: Iterable[_Given]) -> dict[str, _Given]:
    """Several inputs of one part: part, part_2, part_3 …"""
    return {part if number == 1 else f"{part}_{number}": each for number, each in enumerate(given, 1)}


def several(part: str, inputs: Mapping[str, _Given]) -> list[_Given]:
    """What `numbered` made a mapping of."""
    found = [inputs[part]] if part in inputs else []
    while f"{part}_{len(found) + 1}" in inputs:
        found.append(inputs[f"{part}_{len(found) + 1}"])
    return found


class Machine(BaseModel):
    """Where a run took place: whatever may change a pixel, and nothing else about the machine."""

    model_config = ConfigDict(frozen=True)

    torch: ShownText = Field(description="Version.")
    processor: ShownText = Field(description="The model of the device on which the network ran.")
    threads: int = Field(description="Of the CPU.")


def this_machine(device: torch.device) -> Machine:
    """The machine here, for a run on a device."""
    return Machine(torch=torch.__version__, processor=processor_name(device), threads=torch.get_num_threads())


class Record(BaseModel):
    """How a picture was made: what ``--json`` prints and a picture carries. It names files and holds no paths."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_: Literal["deepatelier/1"] = Field(
        "deepatelier/1", alias="schema", description="The version of this record's form."
    )
    version: ShownText = Field(__version__, description="Of deepatelier.")
    command: ShownText = Field(description="The recipe, by its command.")
    output: str = Field(description="The picture's path as it was given; inside the picture its name alone.")
    size: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]] = Field(
        description="Width and height in pixels."
    )
    seconds: float = Field(description="From the first look at the input to the measured losses.")
    steps: int = Field(ge=0, description="Gradient evaluations that were made, over all levels.")
    device: ShownText = Field(description="Where the network ran.")
    precision: ShownText = Field(description="The number format in which the network ran.")
    machine: Machine
    seed: int
    preset: ShownText | None
    losses: dict[str, float] = Field(
        description="Weighted, in the preset's units, in float32 on the written file decoded again; total is their sum."
    )
    measures: dict[ShownText, bool | int | float | ShownText] = Field(
        default_factory=dict, description="What the written file shows, decoded again, by the words that say it."
    )
    inputs: dict[_Part, Input] = Field(description="The files and samples that were given, by their part.")
    options: dict[str, Any] = Field(
        description="All options of the recipe, the preset's and the defaults included; an input by its name."
    )

    def to_json(self) -> str:
        """One JSON object in one line."""
        return self.model_dump_json(by_alias=True)

    @staticmethod
    def named(options: BaseModel, inputs: Mapping[str, Input]) -> dict[str, Any]:
        """The values of an options model as a record holds them: what is an input by its name."""
        values = options.model_dump(mode="json")
        for name, value in values.items():
            if name in inputs:
                values[name] = inputs[name].name
            elif isinstance(value, list) and name[:-1] in inputs:  # style_masks has style_mask, style_mask_2 …
                values[name] = [given.name for given in several(name[:-1], inputs)]
        return values
