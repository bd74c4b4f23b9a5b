"""Making something again from its record, which may come from anybody: it names files, and chooses none."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from deepatelier import samples
from deepatelier.errors import OptionError, RecordError, UnknownNameError
from deepatelier.inputs import Input, InputField, input_fields, with_sources
from deepatelier.jobs.job import Job
from deepatelier.jobs.record import Record
from deepatelier.jobs.registry import load

__all__ = ["Found", "changes", "find_inputs", "restored_job"]


@dataclass(frozen=True)
class Found:
    """Where an input is.

    Attributes:
        source: An absolute path, or the name of a sample or data set.
        same: Whether it is the very one of the record, by its sha256.
    """

    source: str
    same: bool


def find_inputs(
    record: Record, folders: Iterable[str | os.PathLike[str]], given: Mapping[str, str] | None = None
) -> dict[str, Found]:
    """Where the files, folders and samples are from which something was made, by their part.

    Args:
        record: Names them.
        folders: Where to look, and in the folders in them, by name; what has that name must also have the sha256.
        given: Paths that the user says are the inputs, by their part. They are taken as they are.

    Raises:
        UnknownNameError: A part that is given does not occur in the record.
        RecordError: An input is not there, or the record's job is not known here.
    """
    given = given or {}
    kinds = {part: field.type.kind for part, field in _fields_by_part(record).items()}
    for part in given:
        if part not in record.inputs:
            raise UnknownNameError("input", part, record.inputs)
    places = list(dict.fromkeys(Path(folder).absolute() for folder in folders))
    found = {}
    for part, wanted in record.inputs.items():
        if part not in kinds:
            raise RecordError(f"The record's input {part!r} is none of its job. It was changed.")
        if part in given:
            found[part] = _given(given[part], wanted, kinds[part])
        elif kinds[part] == "data" and wanted.name in _data_sets():
            found[part] = Found(wanted.name, same=True)
        else:
            found[part] = _search(part, wanted, places, kinds[part])
    return found


def restored_job(
    record: Record, found: Mapping[str, Found], *, network: str | None = None, device: str | None = None
) -> Job:
    """The record's job with its inputs where they are now.

    Args:
        record: Of what was made.
        found: Of `find_inputs`.
        network: The network of the user's own, ``module:function``. A record cannot have code run by naming it.
        device: Where networks run, in place of what the record says.

    Raises:
        RecordError: It was made with a network of somebody's own, and none or another is given; or the record was
            changed.
        OptionError: The job has no choice of the device.
    """
    job, values = _known(record), {name: value for name, value in record.job.items() if name != "kind"}
    _check_network(values.get("network"), network)
    sources = {part: place.source for part, place in found.items()}
    if not sources.get("network", ".safetensors").endswith(".safetensors"):
        del sources["network"]  # a name that would have code run
    fields = input_fields(job)
    for field in fields.values():
        _check_values(field, values.get(field.name), sources, own_network=network)
    values = with_sources(values, fields, sources)
    if device is not None:
        if "device" not in job.model_fields:
            raise OptionError(f"'atelier {record.kind}' has no choice of the device. Leave --device out.")
        values["device"] = device
    try:
        return job.complete(values)
    except ValidationError as error:
        raise RecordError("The record's job cannot be used.") from error


def changes(record: Record, again: Record, found: Mapping[str, Found]) -> list[str]:
    """What was not as it was when something was made first, one sentence each.

    Args:
        record: Of the first file.
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


def _known(record: Record) -> type[Job]:
    try:
        return load(record.kind)
    except UnknownNameError as error:
        raise RecordError(f"This was made by {record.kind!r}, which this version cannot run again.") from error


def _fields_by_part(record: Record) -> dict[str, InputField]:
    """The field of each input that the record's job may have."""
    found = {}
    for field in input_fields(_known(record)).values():
        for number in range(1, 1 + (len(record.inputs) if field.several else 1)):
            found[field.part(number)] = field
    return found


def _check_network(recorded: object, network: str | None) -> None:
    if isinstance(recorded, str) and ":" in recorded and network != recorded:
        raise RecordError(
            f"This was made with a network of somebody's own, {recorded!r}. Its code would run here: "
            f"if you know it, say --network {recorded}"
        )
    if network is not None and network != recorded:
        raise RecordError(f"This was made with the network {recorded!r}, not {network!r}. Leave --network out.")


def _check_values(field: InputField, value: Any, sources: Mapping[str, str], *, own_network: str | None) -> None:
    """Raise RecordError for an input that is none of the record's: a path in a record is not followed."""
    if value is None or (field.name == "network" and own_network is not None):
        return
    named = value if field.several and isinstance(value, list) else [value]
    for number, each in enumerate(named, 1):
        if field.part(number) not in sources and not field.opens_nothing(each):
            raise RecordError(f"The record's {field.name} {each!r} is not among its inputs. It was changed.")


def _search(part: str, wanted: Input, folders: list[Path], kind: str) -> Found:
    others = []
    for path in _places(wanted.name, folders):
        if path.is_file() or (path.is_dir() and kind in ("pictures", "data", "run")):
            if _sha256_of(path, kind) == wanted.sha256:
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
        f"The {part}, {wanted.name!r}, is neither beside the file nor here. Say where it is: --input {part}=PATH"
    )


def _places(name: str, folders: list[Path]) -> Iterator[Path]:
    """Where a file of that name is: in the folders themselves, then, if no sample has the name, one and two deeper."""
    for pattern in ("",) if name in samples.names() else ("", "*/", "*/*/"):
        for folder in folders:
            yield from sorted(folder.glob(pattern + glob.escape(name)))


def _given(source: str, wanted: Input, kind: str) -> Found:
    path = Path(source)
    if path.is_dir() and kind in ("picture", "model"):  # the folder in which it is
        path = path / wanted.name
    try:
        return Found(str(path.absolute()), same=_sha256_of(path, kind) == wanted.sha256)
    except (OSError, ValueError):  # ValueError: a NUL in the path
        pass
    if source in samples.names():
        return _shipped(source, wanted)
    raise RecordError(f"There is no file or sample {source!r}. Check the path; it was looked up from {Path.cwd()}.")


def _sha256_of(path: Path, kind: str) -> str:
    if kind == "run":  # whose other files change when it is evaluated
        from deepatelier.networks import WEIGHTS_NAME

        path = path / WEIGHTS_NAME
    return Input.of(path).sha256


def _shipped(name: str, wanted: Input) -> Found:
    if Path(name).exists():  # a job would open it in the sample's place
        raise RecordError(f"The file {name} here has the name of the sample that was used. Rename it, or go elsewhere.")
    return Found(name, samples.open_sample(name).sha256 == wanted.sha256)


def _data_sets() -> list[str]:
    from deepatelier import data

    return list(data.DATASETS)
