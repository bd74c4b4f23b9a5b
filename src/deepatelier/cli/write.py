"""``atelier write``: write with a language model."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.form import form_of, made_from
from deepatelier.cli.messages import say
from deepatelier.jobs import Context, Step, carried_out, check_targets, record_of, request_of, uninterrupted
from deepatelier.jobs import write as write_files
from deepatelier.training.sequences.write_job import WriteJob

__all__ = ["write"]

_Form = form_of([WriteJob])


def write(
    training: Path,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    json: bool = False,
    options: Annotated[_Form, Parameter(name="*")] = _Form(),  # type: ignore[valid-type]  # noqa: B008 (frozen)
) -> None:
    """Write with a language model, on stdout, token by token. The same seed gives the same text.

    Ctrl-C ends it, and keeps what was written.

    Parameters
    ----------
    training
        The run folder of a training with --task language-model.
    output
        Also write the text to this .txt file.
    json
        Print the record, which has the text, as one JSON object on stdout, instead of the text.
    """
    began = time.perf_counter()
    job = made_from([WriteJob], {"training": str(training)}, options)
    targets = {} if output is None else {"text": output}
    if targets:
        check_targets(job, targets)
    request = request_of(job)
    result = carried_out(job, Context(say=say), on_step=(lambda _step: None) if json else _show)
    with uninterrupted():
        if not json:
            print(flush=True)
        if output is not None:
            record = write_files(result, targets, request=request, began=began).record
            say(f"Wrote {output}.")
        else:
            record = record_of(result, None, "text", Path("text.txt"), request, began)
        if json:
            print(record.to_json())
    if result.interrupted:
        say(f"Interrupted after {result.steps} of {job.length} tokens.")  # type: ignore[attr-defined]
        sys.exit(130)


def _show(step: Step) -> None:
    """Print what was written. On a terminal, control characters, which a text may have, are replaced."""
    text = step.text
    if sys.stdout.isatty():
        text = "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)
    print(text, end="", flush=True)
