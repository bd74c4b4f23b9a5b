"""The record of a training: what its folder says of how the weights came about."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deepatelier import networks
from deepatelier.data import Labelled, Split
from deepatelier.errors import RecordError
from deepatelier.files import write_atomically
from deepatelier.inputs import Input
from deepatelier.jobs import RECORD_NAME, Record, read_record
from deepatelier.training.train_job import TrainingOptions

__all__ = [
    "Part",
    "PartName",
    "TrainingDetails",
    "TrainingRecord",
    "data_input",
    "fingerprints",
    "given_options",
    "read_training",
    "resumed_options",
    "write_training",
]

_OPTIONS_NAME = "options.json"
"""The options with the paths that a record does not hold: what a training goes on with."""

PartName = Literal["train", "validation", "test"]
_Options = TypeVar("_Options", bound=TrainingOptions)


class Part(BaseModel):
    """A part of the data: how many pictures, and the sha256 of them and their targets."""

    model_config = ConfigDict(frozen=True)

    pictures: int
    sha256: str

    @classmethod
    def of(cls, part: Labelled) -> Part:
        """The entry of some pictures."""
        return cls(pictures=len(part), sha256=part.sha256())


class TrainingDetails(BaseModel):
    """What a training's record says beside what every record does: its ``details``."""

    model_config = ConfigDict(frozen=True)

    dataset: str = Field(description="The data set's name, or its folder's.")
    network: str = Field(description="Its name in the registry.")
    parameters: int
    classes: tuple[str, ...]
    values: tuple[str, ...]
    parts: dict[PartName, Part]
    state: Literal["begun", "finished", "interrupted", "failed"] = "begun"
    epochs: int = Field(0, description="Whole passes over the training pictures that the weights have seen.")
    best_epoch: int | None = Field(None, description="Whose weights are kept, where training stopped early.")


@dataclass(frozen=True)
class TrainingRecord:
    """The record of a training, as it is read from its folder.

    Attributes:
        record: The record; its seconds are those in which the weights moved and were measured, its measures those of
            the last epoch, or of the best.
        details: The record's, typed.
        options: All options, the recipe's and the defaults included; files by their names alone.
    """

    record: Record
    details: TrainingDetails
    options: TrainingOptions


def fingerprints(parts: Split) -> dict[PartName, Part]:
    """The record's ``parts``."""
    return {name: Part.of(part) for name, part in parts._asdict().items()}  # type: ignore[misc]


def data_input(name: str, parts: dict[PartName, Part]) -> Input:
    """A data set of the list as a record holds it: the sha256 is that of its parts'."""
    text = json.dumps({part: each.model_dump() for part, each in parts.items()}, sort_keys=True)
    return Input(name=name, sha256=hashlib.sha256(text.encode()).hexdigest())


def write_training(folder: Path, record: Record, options: TrainingOptions) -> None:
    """Write a record, and the options with their paths, into a training's folder."""
    write_atomically(folder / RECORD_NAME, (record.to_json(indent=1) + "\n").encode())
    values = options.model_dump(mode="json", include=set(TrainingOptions.model_fields))
    write_atomically(folder / _OPTIONS_NAME, (json.dumps(values, indent=1) + "\n").encode())


def resumed_options(folder: Path, options: _Options) -> _Options:
    """The options of the training in a folder, with those that the user sets now.

    Raises:
        RecordError: As `read_training`.
    """
    now = {name: getattr(options, name) for name in options.model_fields_set}
    return type(options).complete({**given_options(folder).model_dump(), **now})


def given_options(folder: Path) -> TrainingOptions:
    """The options of the training in a folder, with the paths that its record does not hold.

    Raises:
        RecordError: As `read_training`.
    """
    known = read_training(folder).options
    try:
        return TrainingOptions.complete(json.loads((folder / _OPTIONS_NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:  # who gave the folder on has kept the paths
        return known
    except (ValueError, TypeError) as error:
        raise RecordError(
            f"{folder / _OPTIONS_NAME} cannot be used. It was changed, or is of another version."
        ) from error


def read_training(folder: Path) -> TrainingRecord:
    """The record in a training's folder.

    Raises:
        RecordError: There is none, or none that this version can read.
    """
    path = folder / RECORD_NAME
    if not path.is_file():
        raise RecordError(f"{folder} is no folder of a training: there is no {RECORD_NAME} in it.")
    record = read_record(folder)
    if record.kind != "train":
        raise RecordError(f"{folder} is no folder of a training: its record is of {record.kind or 'something else'}.")
    try:
        values = {name: value for name, value in record.job.items() if name in TrainingOptions.model_fields}
        read = TrainingRecord(record, TrainingDetails.model_validate(record.details), TrainingOptions.complete(values))
        if read.details.network not in networks.names():  # nobody's record has code run
            raise ValueError(read.details.network)
        return read
    except (ValidationError, ValueError) as error:
        raise RecordError(f"The record {path} cannot be used. It was changed, or is of another version.") from error
