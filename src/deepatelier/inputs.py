"""Field types for the inputs of a job. The type says which fields name files.

The type determines how an input is opened and hashed, that it is not overwritten, its name in the record, and where
``rerun`` inserts the files that it finds.
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
    "TextInput",
    "input_fields",
    "inputs_of",
    "is_file",
    "paths_of",
    "with_sources",
]

Kind = Literal["picture", "pictures", "data", "model", "run", "text"]


@dataclass(frozen=True)
class InputType:
    """Marks a field type whose values name something to open.

    Attributes:
        kind: ``picture``: a file or a sample; ``pictures``: the same, or a folder of pictures; ``data``: the name of a
            data set, or a folder or an archive; ``model``: a registered network, or a file or folder of weights;
            ``run``: the folder of a training; ``text``: a text itself, or the path of a file with it.
        words: Values that name nothing to open, such as ``noise``.
    """

    kind: Kind
    words: tuple[str, ...] = ()


PictureInput = Annotated[str, InputType("picture")]
"""The path of a picture, or a sample's name."""

PicturesInput = Annotated[str, InputType("pictures")]
"""The path of a picture or of a folder to search for pictures, or a sample's name."""

DataInput = Annotated[str, InputType("data")]
"""The name of a data set, or the path of a folder or archive with one subfolder per class."""

ModelInput = Annotated[str, InputType("model")]
"""The name of a registered network, ``module:function``, or the path of a file or folder of weights."""

RunInput = Annotated[str, InputType("run")]
"""The path of a run folder."""


TextInput = Annotated[str, InputType("text")]
"""A text, or the path of a UTF-8 file with it."""


class _Named(Protocol):
    """Anything with a name and a checksum, such as a picture."""

    @property
    def name(self) -> str: ...

    @property
    def sha256(self) -> str: ...


class Input(BaseModel):
    """A file or sample that was given to a job: its name, and the sha256 of its bytes."""

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
            raise ValueError("must be a name, not a path")
        return name

    @classmethod
    def of(cls, source: _Named | str | os.PathLike[str]) -> Self:
        """Return the entry of a picture, a file, or a folder with all its files."""
        if not isinstance(source, (str, os.PathLike)):
            return cls(name=source.name, sha256=source.sha256)
        path = Path(source)
        if not (path.is_file() or path.is_dir()):  # opening a pipe would block
            raise FileNotFoundError(f"There is no file {source}.")
        return cls(name=path.resolve().name if path.is_dir() else path.name, sha256=sha256_of(path))


class InputField(NamedTuple):
    """A field of a model that holds inputs.

    Attributes:
        name: The name of the field.
        type: The type of its inputs.
        several: Whether it holds a sequence of inputs.
    """

    name: str
    type: InputType
    several: bool

    def part(self, number: int = 1) -> str:
        """Return the name of one of the field's inputs: painting, painting_2 … for a field ``paintings``."""
        name = self.name.removesuffix("s") if self.several else self.name
        return name if number == 1 else f"{name}_{number}"

    def opens_nothing(self, value: object) -> bool:
        """Return whether a value opens no file and runs no code: a special word, or a plain model or data set name."""
        plain = isinstance(value, str) and value.replace("-", "").replace("_", "").isalnum()
        text = self.type.kind == "text" and isinstance(value, str) and not is_file(value)
        return value in self.type.words or text or (plain and self.type.kind in ("model", "data"))


def is_file(source: str) -> bool:
    """Return whether a text is the path of a file."""
    try:
        return Path(source).is_file()
    except (OSError, ValueError):  # too long for a path, or with a NUL
        return False


class Given(NamedTuple):
    """An input of a job.

    Attributes:
        field: The field of the input.
        source: The path or the name.
    """

    field: InputField
    source: str


def input_fields(model: type[BaseModel]) -> dict[str, InputField]:
    """Return the fields of a model that hold inputs, by name."""
    found = {}
    for name, field in model.model_fields.items():
        types = [(each, False) for each in field.metadata if isinstance(each, InputType)]
        types += list(_marked(field.annotation, several=False))
        if types:
            found[name] = InputField(name, *types[0])
    return found


def _marked(annotation: Any, *, several: bool) -> Iterator[tuple[InputType, bool]]:
    """Yield the marks inside a type, and whether each is inside a sequence."""
    for each in getattr(annotation, "__metadata__", ()):
        if isinstance(each, InputType):
            yield each, several
    origin = getattr(annotation, "__origin__", None)
    for inner in get_args(annotation):
        yield from _marked(inner, several=several or origin in (tuple, list))


def inputs_of(job: BaseModel) -> dict[str, Given]:
    """Return the inputs of a job by their part, without words that name nothing to open."""
    found = {}
    for field in input_fields(type(job)).values():
        value = getattr(job, field.name)
        sources = [] if value is None else value if field.several else [value]
        for number, source in enumerate(sources, 1):
            if source not in field.type.words:
                found[field.part(number)] = Given(field, source)
    return found


def paths_of(job: BaseModel) -> list[Path]:
    """Return the files among a job's inputs, which must not be overwritten. Folders are expanded."""
    found = []
    for given in inputs_of(job).values():
        path = Path(given.source)
        try:
            if path.is_dir() and given.field.type.kind in ("pictures", "data"):
                found += [each for each in path.rglob("*") if each.is_file()]
            elif path.is_dir():  # a run folder
                found += path.glob("*.safetensors")
            elif path.exists():
                found.append(path)
        except (OSError, ValueError):  # a NUL, or far too long: opening it raises a proper error
            continue
    return found


def with_sources(job_values: Mapping[str, Any], fields: Mapping[str, InputField], sources: Mapping[str, str]) -> dict:  # type: ignore[type-arg]
    """Return values of a job with its inputs replaced by ``sources``, which has them by part."""
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
