"""Check whether an existing file is what a job would make."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from deepatelier import samples
from deepatelier.errors import InputError, OutputError
from deepatelier.files import sha256_of
from deepatelier.inputs import inputs_of, is_file
from deepatelier.jobs.job import Job
from deepatelier.jobs.store import read_record

__all__ = ["is_finished", "request_of"]


def request_of(job: Job) -> str:
    """Return a hash of a job as requested: its kind, its options, and the contents of its files. Opens no picture."""
    values = {"kind": type(job).kind, **job.model_dump(mode="json")}
    contents = {}
    for part, given in inputs_of(job).items():
        if samples.is_sample(given.source):
            contents[part] = f"sample {given.source}"
        elif is_file(given.source) or (given.field.type.kind != "text" and Path(given.source).exists()):
            contents[part] = sha256_of(Path(given.source))
            values.pop(given.field.name, None)
    text = json.dumps({"values": values, "contents": contents}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def is_finished(job: Job, target: Path) -> bool:
    """Return whether a file exists that an equal job made from the same inputs, without interruption.

    Raises:
        OutputError: The file carries no record, so it may be anything.
    """
    if not target.is_file():
        return False
    try:
        record = read_record(target)
    except InputError as error:
        raise OutputError(
            f"{target} is there already and carries no record of how it was made. Move it, or write somewhere else."
        ) from error
    return record.request == request_of(job) and not record.interrupted
