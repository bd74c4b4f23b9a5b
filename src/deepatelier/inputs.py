"""Field types of what a job is given, so that what is a file is known from the type.

From the type follow opening, hashing, protection from being overwritten, the names in the record, and where ``rerun``
puts what it has found.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Protocol, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

from deepatelier.files import sha256_of

__all__ = [
    "DataInput",
    "Given",
    "Input",
    "InputField",
    "InputType",
    "Kind",
    "ModelInput",
    "PictureInput",
    "PicturesInput",
    "RunInput",
    "input_fields",
    "inputs_of",
    "paths_of",
    "with_sources",
]

Kind = Literal["picture", "pictures", "data", "model", "run"]


@dataclass(frozen=True)
class InputType:
    """Marks a type whose values name something that is opened.

    Attributes:
        kind: ``picture``: a file or a sample; ``pictures``: the same, or a folder of them; ``data``: a data set by its
            name, or a folder or an archive; ``model``: a name of the registry, or a file or folder of weights;
            ``run``: the folder of a training.
        words: Values that name nothing to open, as ``noise``.
    """

    kind: Kind
    words: tuple[str, ...] = ()


PictureInput = Annotated[str, InputType("picture")]
"""The path of a picture, or a sample's name."""

PicturesInput = Annotated[str, InputType("pictures")]
"""The path of a picture or of a folder that is searched for pictures, or a sample's name."""

DataInput = Annotated[str, InputType("data")]
"""The name of a data set, or the path of a folder or archive with one folder a class."""

ModelInput = Annotated[str, InputType("model")]
"""A name that the registry of networks knows, ``module:function``, or the path of a file or folder of weights."""

RunInput = Annotated[str, InputType("run")]
"""The path of a training's folder."""


class _Named(Protocol):
    """What has a name and a checksum of its own, as a picture."""

    @property
    def name(self) -> str: ...

    @property
    def sha256(self) -> str: ...


class Input(BaseModel):
    """A file or sample that a job was given: its name, and the sha256 of its bytes."""

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
    def of(cls, source: _Named | str | os.PathLike[str]) -> Self:
        """The entry of a picture, of a file, or of a folder with all in it."""
        if not isinstance(source, (str, os.PathLike)):
            return cls(name=source.name, sha256=source.sha256)
        path = Path(source)
        if not (path.is_file() or path.is_dir()):  # a pipe would be waited for
            raise FileNotFoundError(f"There is no file {source}.")
        return cls(name=path.resolve().name if path.is_dir() else path.name, sha256=sha256_of(path))


class InputField(NamedTuple):
    """A field of a model that holds inputs.

    Attributes:
        name: The field's.
        type: What it holds.
        several: Whether it holds a sequence of them.
    """

    name: str
    type: InputType
    several: bool

    def part(self, number: int = 1) -> str:
        """The name of one of the field's inputs: painting, painting_2 … of a field ``paintings``."""
        name = self.name.removesuffix("s") if self.several else self.name
        return name if number == 1 else f"{name}_{number}"

    def opens_nothing(self, value: object) -> bool:
        """Whether a value is one of the type's words, or the plain name of a model or data set: no path, no code."""
        plain = isinstance(value, str) and value.replace("-", "").replace("_", "").isalnum()
        return value in self.type.words or (plain and self.type.kind in ("model", "data"))


class Given(NamedTuple):
    """An input of a job.

    Attributes:
        field: Its field.
        source: The path or the name.
    """

    field: InputField
    source: str


def input_fields(model: type[BaseModel]) -> dict[str, InputField]:
    """The fields of a model that hold inputs, by their names."""
    found = {}
    for name, field in model.model_fields.items():
        types = [(each, False) for each in field.metadata if isinstance(each, InputType)]
        types += list(_marked(field.annotation, several=False))
        if types:
            found[name] = InputField(name, *types[0])
    return found


def _marked(annotation: Any, *, several: bool) -> Iterator[tuple[InputType, bool]]:
    """The marks inside a type, and whether they stand in a sequence."""
    for each in getattr(annotation, "__metadata__", ()):
        if isinstance(each, InputType):
            yield each, several
    origin = getattr(annotation, "__origin__", None)
    for inner in get_args(annotation):
        yield from _marked(inner, several=several or origin in (tuple, list))


def inputs_of(job: BaseModel) -> dict[str, Given]:
    """The inputs that a job is given, by their part; words that name nothing to open are left out."""
    found = {}
    for field in input_fields(type(job)).values():
        value = getattr(job, field.name)
        sources = [] if value is None else value if field.several else [value]
        for number, source in enumerate(sources, 1):
            if source not in field.type.words:
                found[field.part(number)] = Given(field, source)
    return found


def paths_of(job: BaseModel) -> list[Path]:
    """The files among a job's inputs, which must not be overwritten; of folders the pictures or weights in them."""
    found = []
    for given in inputs_of(job).values():
        path = Path(given.source)
        try:
            if path.is_dir() and given.field.type.kind in ("pictures", "data"):
                found += [each for each in path.rglob("*") if each.is_file()]
            elif path.is_dir():  # a training's
                found += path.glob("*.safetensors")
            elif path.exists():
                found.append(path)
        except (OSError, ValueError):  # a NUL, or far too long: opening it says so
            continue
    return found


def with_sources(job_values: Mapping[str, Any], fields: Mapping[str, InputField], sources: Mapping[str, str]) -> dict:  # type: ignore[type-arg]
    """Values of a job in which the inputs are what ``sources`` says, by their part."""
    values = dict(job_values)
    for field in fields.values():
        if not field.several:
            if field.part() in sources:
                values[field.name] = sources[field.part()]
            continue
        number, found = 1, []
        while field.part(number) in sources:
            found.append(sources[field.part(number)])
            number += 1
        if found:
            values[field.name] = found
    return values
