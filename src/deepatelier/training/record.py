"""The record of a training: what its folder says of how the weights came about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deepatelier import __version__, networks
from deepatelier.data import Labelled, Split
from deepatelier.errors import RecordError
from deepatelier.files import write_atomically
from deepatelier.runs import Machine
from deepatelier.training.options import TrainingOptions

__all__ = ["RECORD_NAME", "Part", "TrainingRecord", "fingerprints", "read_training", "resumed_options"]

RECORD_NAME = "record.json"


class Part(BaseModel):
    """A part of the data: how many pictures, and the sha256 of them and their targets."""

    model_config = ConfigDict(frozen=True)

    pictures: int
    sha256: str

    @classmethod
    def of(cls, part: Labelled) -> Part:
        """The entry of some pictures."""
        return cls(pictures=len(part), sha256=part.sha256())


class TrainingRecord(BaseModel):
    """How weights came about. It names the data set and holds no path."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_: Literal["deepatelier-training/1"] = Field("deepatelier-training/1", alias="schema")
    version: str = Field(__version__, description="Of deepatelier.")
    dataset: str = Field(description="Its name, or its folder's.")
    network: str = Field(description="Its name in the registry.")
    parameters: int
    options: TrainingOptions = Field(description="All options, the recipe's and the defaults included.")
    classes: tuple[str, ...]
    values: tuple[str, ...]
    parts: dict[Literal["train", "validation", "test"], Part]
    device: str
    precision: str
    machine: Machine
    state: Literal["begun", "finished", "interrupted", "failed"] = "begun"
    epochs: int = Field(0, description="Whole passes over the training pictures that the weights have seen.")
    best_epoch: int | None = Field(None, description="Whose weights are kept, where training stopped early.")
    seconds: float = Field(0.0, description="In which the weights moved and were measured.")
    measured: dict[str, float] = Field(default_factory=dict, description="In the last epoch, or in the best.")

    def write(self, folder: Path) -> None:
        """Write it into a training's folder."""
        write_atomically(folder / RECORD_NAME, (self.model_dump_json(by_alias=True, indent=1) + "\n").encode())


def fingerprints(parts: Split) -> dict[Any, Part]:
    """The record's ``parts``."""
    return {name: Part.of(part) for name, part in parts._asdict().items()}


def resumed_options(folder: Path, options: TrainingOptions) -> TrainingOptions:
    """The options of the training in a folder, with those that the user sets now.

    Raises:
        RecordError: As `read_training`.
    """
    now = {name: getattr(options, name) for name in options.model_fields_set}
    return TrainingOptions.complete({**read_training(folder).options.model_dump(), **now})


def read_training(folder: Path) -> TrainingRecord:
    """The record in a training's folder.

    Raises:
        RecordError: There is none, or none that this version can read.
    """
    path = folder / RECORD_NAME
    if not path.is_file():
        raise RecordError(f"{folder} is no folder of a training: there is no {RECORD_NAME} in it.")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        options = TrainingOptions.complete(values.pop("options"))
        record = TrainingRecord.model_validate({**values, "options": options})
        if record.network not in networks.names():  # nobody's record has code run
            raise ValueError(record.network)
        return record
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordError(f"The record {path} cannot be used. It was changed, or is of another version.") from error
