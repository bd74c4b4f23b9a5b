"""Reproduce a result from its record. The record is untrusted: it names files, but it never decides what is opened."""

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
    """The location of an input.

    Attributes:
        source: An absolute path, or the name of a sample or data set.
        same: Whether its sha256 is the recorded one.
    """

    source: str
    same: bool


def find_inputs(
    record: Record, folders: Iterable[str | os.PathLike[str]], given: Mapping[str, str] | None = None
) -> dict[str, Found]:
    """Find the files, folders and samples from which a result was made, by their part.

    Args:
        record: The record, which names them.
        folders: The folders to search by name, with two levels of subfolders. The sha256 must match too.
        given: The user's own paths of inputs, by part. They are used without a check of the sha256.

    Raises:
        UnknownNameError: A given part is not in the record.
        RecordError: An input was not found, or the record's job is unknown in this version.
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
            raise RecordError(f"The record's input {part!r} is none of its job. The record was changed.")
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
    """Return the record's job, with its inputs at their current locations.

    Args:
        record: The record of the result.
        found: The result of `find_inputs`.
        network: The user's own network, ``module:function``. A record alone cannot make its code run.
        device: The device of the networks; overrides the record.

    Raises:
        RecordError: It was made with a custom network, and that network is not given; or the record was changed.
        OptionError: The job has no option for the device.
    """
    job, values = _known(record), {name: value for name, value in record.job.items() if name != "kind"}
    _check_network(values.get("network"), network)
    sources = {part: place.source for part, place in found.items()}
    is_model = "network" in sources and _fields_by_part(record)["network"].type.kind == "model"
    if is_model and not sources["network"].endswith(".safetensors"):
        del sources["network"]  # a name that would make code run
    fields = input_fields(job)
    for field in fields.values():
        _check_values(field, values.get(field.name), sources, own_network=network)
    values = with_sources(values, fields, sources)
    if device is not None:
        if "device" not in job.model_fields:
            raise OptionError(f"'atelier {record.kind}' has no option for the device. Leave --device out.")
        values["device"] = device
    try:
        return job.complete(values)
    except ValidationError as error:
        raise RecordError("The record's job is invalid.") from error


def changes(record: Record, again: Record, found: Mapping[str, Found]) -> list[str]:
    """Return what differs from the first run, one sentence each.

    Args:
        record: The record of the first file.
        again: The record of the second file.
        found: The inputs of the second file.
    """
    facts = [
        ({"deepatelier": each.version, "device": each.device, "precision": each.precision} | each.machine.model_dump())
        for each in (record, again)
    ]
    lines = [f"{name}: now {facts[1][name]}, then {was}." for name, was in facts[0].items() if facts[1][name] != was]
    if reason := record.details.get("not_reproducible"):
        lines.append(str(reason))
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
    """Return the field of each input that the record's job may have."""
    found = {}
    for field in input_fields(_known(record)).values():
        for number in range(1, 1 + (len(record.inputs) if field.several else 1)):
            found[field.part(number)] = field
    return found


def _check_network(recorded: object, network: str | None) -> None:
    if isinstance(recorded, str) and ":" in recorded and network != recorded:
        raise RecordError(
            f"This was made with a custom network, {recorded!r}. Its code would run here: "
            f"if you trust it, add --network {recorded}"
        )
    if network is not None and network != recorded:
        raise RecordError(f"This was made with the network {recorded!r}, not {network!r}. Leave --network out.")


def _check_values(field: InputField, value: Any, sources: Mapping[str, str], *, own_network: str | None) -> None:
    """Raise RecordError for a source that is not one of the record's inputs. Paths in a record are not followed."""
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
            f"To use it anyway, add --input {part}={others[0]}"
        )
    raise RecordError(
        f"The {part}, {wanted.name!r}, is neither beside the file nor here. Give its path: --input {part}=PATH"
    )


def _places(name: str, folders: list[Path]) -> Iterator[Path]:
    """Yield the files of that name: in the folders, and if no sample has the name, one and two levels deeper."""
    for pattern in ("",) if name in samples.names() else ("", "*/", "*/*/"):
        for folder in folders:
            yield from sorted(folder.glob(pattern + glob.escape(name)))


def _given(source: str, wanted: Input, kind: str) -> Found:
    path = Path(source)
    if path.is_dir() and kind in ("picture", "model"):  # the folder that contains it
        path = path / wanted.name
    try:
        return Found(str(path.absolute()), same=_sha256_of(path, kind) == wanted.sha256)
    except (OSError, ValueError):  # ValueError: a NUL in the path
        pass
    if source in samples.names():
        return _shipped(source, wanted)
    raise RecordError(f"There is no file or sample {source!r}. Check the path; it was looked up from {Path.cwd()}.")


def _sha256_of(path: Path, kind: str) -> str:
    if kind == "run":  # evaluation changes the other files of a run
        from deepatelier.networks import WEIGHTS_NAME

        path = path / WEIGHTS_NAME
    return Input.of(path).sha256


def _shipped(name: str, wanted: Input) -> Found:
    if Path(name).exists():  # a job would open the file instead of the sample
        raise RecordError(
            f"The file {name} here has the name of the sample that was used. Rename it, or run this in another folder."
        )
    return Found(name, samples.open_sample(name).sha256 == wanted.sha256)


def _data_sets() -> list[str]:
    from deepatelier import data

    return [*data.DATASETS, *data.CORPORA, *data.PAIRS, *data.SERIES]
