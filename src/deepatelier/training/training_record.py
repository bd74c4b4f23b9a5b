"""The record of a training in its run folder."""

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
"""The file of the options with the paths, which a record does not contain. A training resumes with them."""

PartName = Literal["train", "validation", "test"]
_Options = TypeVar("_Options", bound=TrainingOptions)


class Part(BaseModel):
    """A part of the data: the number of pictures or sequences, and the sha256 of them and their targets."""

    model_config = ConfigDict(frozen=True)

    pictures: int
    sha256: str

    @classmethod
    def of(cls, part: Labelled) -> Part:
        """Return the entry of a part."""
        return cls(pictures=len(part), sha256=part.sha256())


class TrainingDetails(BaseModel):
    """The ``details`` of the record of a training."""

    model_config = ConfigDict(frozen=True)

    dataset: str = Field(description="The name of the data set, or of its folder.")
    network: str = Field(description="The name of the network in the registry.")
    parameters: int
    classes: tuple[str, ...]
    values: tuple[str, ...]
    parts: dict[PartName, Part]
    state: Literal["begun", "finished", "interrupted", "failed"] = "begun"
    epochs: int = Field(0, description="The number of whole epochs of training.")
    recurrent_layers: str = Field("", description="What computes the recurrent layers; empty if there are none.")
    not_reproducible: str = Field("", description="Why another run of the job gives other weights; else empty.")
    best_epoch: int | None = Field(None, description="The epoch whose weights early stopping kept.")


@dataclass(frozen=True)
class TrainingRecord:
    """The record of a training, as read from its run folder.

    Attributes:
        record: The record. Its seconds are the time of training and validation; its measures are those of the last
            or the best epoch.
        details: The details of the record, typed.
        options: All options, including those of the preset and the defaults; files by name only.
    """

    record: Record
    details: TrainingDetails
    options: TrainingOptions


def fingerprints(parts: Split) -> dict[PartName, Part]:
    """Return the ``parts`` of the record."""
    return {name: Part.of(part) for name, part in parts._asdict().items()}  # type: ignore[misc]


def data_input(name: str, parts: dict[PartName, Part]) -> Input:
    """Return the input of a record for a built-in data set. Its sha256 is computed from those of its parts."""
    text = json.dumps({part: each.model_dump() for part, each in parts.items()}, sort_keys=True)
    return Input(name=name, sha256=hashlib.sha256(text.encode()).hexdigest())


def write_training(folder: Path, record: Record, options: TrainingOptions) -> None:
    """Write a record, and the options with their paths, to a run folder."""
    write_atomically(folder / RECORD_NAME, (record.to_json(indent=1) + "\n").encode())
    values = options.model_dump(mode="json", include=set(TrainingOptions.model_fields))
    write_atomically(folder / _OPTIONS_NAME, (json.dumps(values, indent=1) + "\n").encode())


def resumed_options(folder: Path, options: _Options) -> _Options:
    """Return the options of the training in a folder, overridden by those that the user sets now.

    Raises:
        RecordError: As `read_training`.
    """
    now = {name: getattr(options, name) for name in options.model_fields_set}
    return type(options).complete({**given_options(folder).model_dump(), **now})


def given_options(folder: Path) -> TrainingOptions:
    """Return the options of the training in a folder, with the paths, which its record does not contain.

    Raises:
        RecordError: As `read_training`.
    """
    known = read_training(folder).options
    try:
        return TrainingOptions.complete(json.loads((folder / _OPTIONS_NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:  # the folder was shared without it
        return known
    except (ValueError, TypeError) as error:
        raise RecordError(
            f"{folder / _OPTIONS_NAME} cannot be used. It was changed, or belongs to another version."
        ) from error


def read_training(folder: Path) -> TrainingRecord:
    """Return the record in a run folder.

    Raises:
        RecordError: There is no record of a training, or this version cannot read it.
    """
    path = folder / RECORD_NAME
    if not path.is_file():
        raise RecordError(f"{folder} is not a run folder: it contains no {RECORD_NAME}.")
    record = read_record(folder)
    if record.kind not in ("train", "train/closed-form"):
        raise RecordError(f"{folder} is not a run folder: its record belongs to {record.kind or 'another program'}.")
    try:
        values = {name: value for name, value in record.job.items() if name in TrainingOptions.model_fields}
        if record.kind != "train":
            values |= {"network": "linear", "loss": "squared", "l2": record.job.get("ridge", 0.0)}
        read = TrainingRecord(record, TrainingDetails.model_validate(record.details), TrainingOptions.complete(values))
        if read.details.network not in networks.names():  # a record must not run code
            raise ValueError(read.details.network)
        return read
    except (ValidationError, ValueError) as error:
        raise RecordError(
            f"The record {path} cannot be used. It was changed, or belongs to another version."
        ) from error
