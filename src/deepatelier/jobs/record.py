"""The record of a result: the job and its outcome."""

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
    from deepatelier.jobs.result import Runtime

__all__ = ["Machine", "Record", "named", "numbered", "this_machine"]


_Part = Annotated[str, Field(pattern="^[a-z_]{1,20}[0-9]{0,4}$")]


_Given = TypeVar("_Given")


def numbered(part: str, given: Iterable[_Given]) -> dict[str, _Given]:
    """Number several inputs of one part: part, part_2, part_3 …"""
    return {part if number == 1 else f"{part}_{number}": each for number, each in enumerate(given, 1)}


class Machine(BaseModel):
    """The machine on which a job ran: everything that may change a pixel, and nothing else."""

    model_config = ConfigDict(frozen=True)

    torch: ShownText | None = Field(None, description="Version, if it ran the network.")
    onnxruntime: ShownText | None = Field(None, description="Version, if it ran the network.")
    processor: ShownText = Field(description="The model of the device on which the network ran.")
    threads: int = Field(description="The number of CPU threads.")


def this_machine(device: torch.device | str, runtime: Runtime = "torch") -> Machine:
    """Return the record of this machine, for a job whose network a runtime ran on a device."""
    from deepatelier.devices import processor_name, processors

    if runtime == "onnxruntime":
        import onnxruntime

        return Machine(onnxruntime=onnxruntime.__version__, processor=processor_name(device), threads=processors())
    import torch

    return Machine(torch=torch.__version__, processor=processor_name(device), threads=torch.get_num_threads())


class Record(BaseModel):
    """How a result was made: printed by ``--json`` and embedded in pictures. It names files and contains no paths."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_: Literal["deepatelier/2"] = Field(
        "deepatelier/2", alias="schema", description="The version of this record's schema."
    )
    version: ShownText = Field(__version__, description="The version of deepatelier.")
    job: dict[str, Any] = Field(
        description="The job: its kind and all its options, with the preset and the defaults filled in; inputs by name."
    )
    inputs: dict[_Part, Input] = Field(description="The input files and samples, by their part.")
    request: str = Field("", description="A hash of the job as requested, including the contents of its files.")
    part: ShownText = Field(description="The job's output that this record belongs to.")
    output: str = Field(description="The file's path as given; in the record inside the file, only its name.")
    size: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]] | None = Field(
        None, description="Width and height of a picture, in pixels."
    )
    seconds: float = Field(description="The duration, from opening the inputs to measuring the losses.")
    steps: int = Field(ge=0, description="The number of steps taken.")
    interrupted: bool = Field(False, description="Whether the job was stopped before its end.")
    device: ShownText = Field(description="The device of the network.")
    precision: ShownText = Field(description="The number format of the network.")
    machine: Machine
    losses: dict[str, float] = Field(
        default_factory=dict,
        description="The weighted losses in the preset's units, in float32 on the written file; total is the sum.",
    )
    measures: dict[ShownText, bool | int | float | ShownText] = Field(
        default_factory=dict, description="The measures, computed on the written file, by name."
    )
    details: dict[str, Any] = Field(default_factory=dict, description="Further details, depending on the kind of job.")

    @property
    def kind(self) -> str:
        """The job's kind; empty if the record names none."""
        return str(self.job.get("kind", ""))

    def to_json(self, indent: int | None = None) -> str:
        """Return the record as one JSON object, on one line unless it is indented."""
        return self.model_dump_json(by_alias=True, indent=indent)


def named(job: Job, inputs: Mapping[str, Input]) -> dict[str, Any]:
    """Return a job as a record stores it: its kind and all values, with inputs replaced by their names."""
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
