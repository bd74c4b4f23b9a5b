"""What a run leaves behind: a picture that carries the record of how it was made."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from deepatelier import __version__, images
from deepatelier.images import Picture

__all__ = ["RECORD_KEY", "Input", "Record", "read_record", "write_picture"]

RECORD_KEY = "deepatelier"
"""The key of the record among a PNG's texts."""


class Input(BaseModel):
    """A picture that a run was given: the file's or sample's name, and the sha256 of its bytes."""

    model_config = ConfigDict(frozen=True)

    name: str
    sha256: str

    @classmethod
    def of(cls, picture: Picture) -> Input:
        """The entry of a picture."""
        return cls(name=picture.name, sha256=picture.sha256)


class Record(BaseModel):
    """How a picture was made: what ``--json`` prints and a PNG carries."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_: str = Field("deepatelier/1", alias="schema", description="The version of this record's form.")
    version: str = Field(__version__, description="Of deepatelier.")
    command: str = Field(description="The recipe, by its command.")
    output: str = Field(description="The picture's path as it was given; inside the picture its name alone.")
    size: tuple[int, int] = Field(description="Width and height in pixels.")
    seconds: float = Field(description="From the first look at the input to the measured losses.")
    steps: int = Field(description="Gradient evaluations, over all levels.")
    device: str = Field(description="Where the network ran.")
    precision: str = Field(description="The number format in which the network ran.")
    seed: int
    preset: str | None
    losses: dict[str, float] = Field(
        description="Weighted, in the preset's units, in float32 on the written file decoded again; total is their sum."
    )
    inputs: dict[str, Input] = Field(description="The pictures that were given, by their part.")
    options: dict[str, Any] = Field(description="All options of the recipe, the preset's and the defaults included.")

    def to_json(self) -> str:
        """One JSON object in one line."""
        return self.model_dump_json(by_alias=True)


def write_picture(
    image: Tensor,
    path: str | os.PathLike[str],
    losses: Callable[[Tensor], dict[str, float]],
    record: Callable[[dict[str, float]], Record],
) -> Record:
    """Write a picture with its record, whole or not at all.

    Args:
        image: (1, 3, H, W), sRGB in [0, 1].
        path: Where to; its ending is the format.
        losses: Measures the image as it will be read from the file.
        record: Makes the record from those losses.

    Raises:
        OutputError: The file cannot be written there.
        SurroundingsError: The disk is full.
    """
    path = images.check_output(path)
    format_ = images.OUTPUT_FORMATS[path.suffix.lower()]
    made = record(losses(images.decode(images.encode(image, format_))))
    carried = made.model_copy(update={"output": path.name})
    images.write_atomically(path, images.encode(image, format_, {RECORD_KEY: carried.to_json()}))
    return made


def read_record(path: str | os.PathLike[str]) -> Record | None:
    """The record that a picture carries; None if it has none.

    Raises:
        ImageError: The file cannot be read.
        pydantic.ValidationError: What it carries is not a record of this version.
    """
    text = images.read_text(path).get(RECORD_KEY)
    return None if text is None else Record.model_validate(json.loads(text))
