"""The record of what a job made: the job itself, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from deepatelier import __version__
from deepatelier.inputs import Input, input_fields
from deepatelier.options import ShownText

if TYPE_CHECKING:
    import torch

    from deepatelier.jobs.job import Job

__all__ = ["Machine", "Record", "named", "numbered", "this_machine"]


_Part = Annotated[str, Field(pattern="^[a-z_]{1,20}[0-9]{0,4}$")]


_Given = TypeVar("_Given")


def numbered(part: str, given: Iterable[_Given]) -> dict[str, _Given]:
    """Several inputs of one part: part, part_2, part_3 …"""
    return {part if number == 1 else f"{part}_{number}": each for number, each in enumerate(given, 1)}


class Machine(BaseModel):
    """Where a job ran: whatever may change a pixel, and nothing else about the machine."""

    model_config = ConfigDict(frozen=True)

    torch: ShownText = Field(description="Version.")
    processor: ShownText = Field(description="The model of the device on which the network ran.")
    threads: int = Field(description="Of the CPU.")


def this_machine(device: torch.device) -> Machine:
    """The machine here, for a job on a device."""
    import torch

    from deepatelier.devices import processor_name

    return Machine(torch=torch.__version__, processor=processor_name(device), threads=torch.get_num_threads())


class Record(BaseModel):
    """How something was made: what ``--json`` prints and a picture carries. It names files and holds no paths."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_: Literal["deepatelier/2"] = Field(
        "deepatelier/2", alias="schema", description="The version of this record's form."
    )
    version: ShownText = Field(__version__, description="Of deepatelier.")
    job: dict[str, Any] = Field(
        description="The job: its kind and all its options, the preset's and the defaults included; inputs by name."
    )
    inputs: dict[_Part, Input] = Field(description="The files and samples that were given, by their part.")
    request: str = Field("", description="A hash of the job as it was given, with the contents of its files.")
    part: ShownText = Field(description="Which of the job's outputs this is.")
    output: str = Field(description="The file's path as it was given; inside the file its name alone.")
    size: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]] | None = Field(
        None, description="Width and height in pixels, of a picture."
    )
    seconds: float = Field(description="From the first look at the inputs to the measured losses.")
    steps: int = Field(ge=0, description="Steps that were taken.")
    interrupted: bool = Field(False, description="Whether it was stopped before its end.")
    device: ShownText = Field(description="Where the network ran.")
    precision: ShownText = Field(description="The number format in which the network ran.")
    machine: Machine
    losses: dict[str, float] = Field(
        default_factory=dict,
        description="Weighted, in the preset's units, in float32 on the written file decoded again; total is the sum.",
    )
    measures: dict[ShownText, bool | int | float | ShownText] = Field(
        default_factory=dict, description="What the written file shows, decoded again, by the words that say it."
    )
    details: dict[str, Any] = Field(default_factory=dict, description="What else a kind of job says of its result.")

    @property
    def kind(self) -> str:
        """The job's kind; empty if the record names none."""
        return str(self.job.get("kind", ""))

    def to_json(self, indent: int | None = None) -> str:
        """One JSON object, in one line unless it is indented."""
        return self.model_dump_json(by_alias=True, indent=indent)


def named(job: Job, inputs: Mapping[str, Input]) -> dict[str, Any]:
    """A job as a record holds it: its kind and all values, what is an input by its name."""
    values = {"kind": type(job).kind, **job.model_dump(mode="json")}
    for field in input_fields(type(job)).values():
        value = values[field.name]
        if field.several and value is not None:
            values[field.name] = [
                inputs[part].name if (part := field.part(number)) in inputs else source
                for number, source in enumerate(value, 1)
            ]
        elif field.part() in inputs:
            values[field.name] = inputs[field.part()].name
    return values
