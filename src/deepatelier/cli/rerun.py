"""``atelier rerun``: reproduce a result from its record."""

from __future__ import annotations

import json as json_module
import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.messages import say
from deepatelier.cli.running import Wanted, carry_out
from deepatelier.errors import OptionError, RecordError
from deepatelier.files import free_folder
from deepatelier.jobs import Difference, changes, difference, endings, find_inputs, load, read_record, restored_job

__all__ = ["rerun"]

_PARTS = {"picture": "pixel", "film": "pixel", "text": "character"}
"""What the files of a kind consist of, if not of numbers."""


def rerun(
    made: Path,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    input: Annotated[tuple[str, ...], Parameter(name="--input")] = (),
    network: str | None = None,
    device: str | None = None,
    json: bool = False,
) -> None:
    """Reproduce a result from its record.

    Parameters
    ----------
    made
        A picture, film, weights file, table or run folder that atelier wrote.
    output
        The file or folder to write. Default: beside the original, with _again in its name.
    input
        PART=PATH: where an input is, for example photo=cat.jpg. Otherwise inputs are searched for by name beside the
        file and in the working directory, and must have the recorded sha256.
    network
        Your own network (module:function), if the result was made with one. A record alone never runs code.
    device
        The device to run on: auto, cpu, cuda, mps. Default: the recorded one.
    json
        Print the new record and the differences as one JSON object on stdout.
    """
    record = read_record(made)
    found = find_inputs(record, [made.absolute().parent, Path.cwd()], _given(input))
    job = restored_job(record, found, network=network, device=device)
    outputs = load(record.kind).outputs
    if record.part not in outputs:
        raise RecordError(
            f"The record names an unknown output {record.part!r} of {record.kind!r}. The record was changed."
        )
    kind = outputs[record.part].kind
    target = output or _free_name(made, tuple(endings(kind)))
    if target.exists() and made.exists() and target.samefile(made):
        raise OptionError(f"{target} is also an input, and would be lost. Write to another name.")
    stop_after = record.steps if record.interrupted else None
    again = carry_out(job, {record.part: target}, Wanted(str(target)), stop_after).records[record.part]
    differing = changes(record, again, found)
    if target.suffix.lower() != made.suffix.lower():
        differing.append(f"format: now {target.suffix}, then {made.suffix}.")
    away = difference(kind, made, target)
    if json:
        values = None if away is None else away._asdict()
        print(json_module.dumps({**again.model_dump(by_alias=True), "changes": differing, "difference": values}))
        return
    for line in differing:
        say(line)
    say(f"Wrote {target}: {_compared(away, _PARTS.get(kind, 'number'))}.")


def _free_name(made: Path, known: tuple[str, ...]) -> Path:
    """Return a path beside the original that does not exist yet."""
    if made.is_dir():
        return free_folder(made.with_name(f"{made.name}_again"))
    suffix = made.suffix if made.suffix.lower() in known else known[0]
    names = (f"{made.stem}_again{number or ''}{suffix}" for number in (0, *range(2, 10_000)))
    return next(path for name in names if not os.path.lexists(path := made.with_name(name)))


def _given(inputs: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for word in inputs:
        part, sign, path = word.partition("=")
        if not (part and sign and path):
            raise OptionError(f"--input is PART=PATH, such as photo=cat.jpg; received {word!r}.")
        pairs[part] = path
    return pairs


def _compared(away: Difference | None, unit: str) -> str:
    if away is None:
        return "its shape differs from the first one's"
    if away.largest == 0:
        return f"every {unit} is as in the first one"
    levels = " levels of 255" if unit == "pixel" else ""
    return f"it differs from the first one by {away.mean:.2g}{levels} on average, {away.largest:.2g} at most"
