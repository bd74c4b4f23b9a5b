"""``atelier translate``: translate texts with a trained translator."""

from __future__ import annotations

import json as json_module
import sys
import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.form import form_of, made_from
from deepatelier.cli.messages import say
from deepatelier.cli.sources import STANDARD_INPUT
from deepatelier.errors import InputError, OptionError
from deepatelier.jobs import Context, Step, carried_out, check_targets, request_of, write
from deepatelier.training.sequences.translate_job import TranslateJob

__all__ = ["translate"]

_Form = form_of([TranslateJob])


def translate(
    training: Path,
    /,
    *texts: str,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    json: bool = False,
    options: Annotated[_Form, Parameter(name="*")] = _Form(),  # type: ignore[valid-type]  # noqa: B008 (frozen)
) -> None:
    """Translate texts with the network of a run, and print a line for each.

    Parameters
    ----------
    training
        The folder of a run with --task translate.
    texts
        The texts; - for the lines of standard input.
    output
        A .txt file to write the translations to, instead of standard output.
    json
        Print sources, translations and scores (the mean log-probability of a token) as one JSON object on stdout.
    """
    sources = _sources(texts)
    job = made_from([TranslateJob], {"training": str(training), "texts": sources}, options)
    targets = {} if output is None else {"text": output}
    if targets:
        check_targets(job, targets)
    began, request = time.perf_counter(), request_of(job)
    result = carried_out(job, Context(say=say), on_step=_show if output is None and not json else lambda _step: None)
    if targets:
        write(result, targets, request=request, began=began)
        say(f"Wrote {output}.")
    if json:
        print(json_module.dumps(dict(result.details), ensure_ascii=False))


def _show(step: Step) -> None:
    print(step.text, end="", flush=True)


def _sources(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts, with the lines of standard input in its place.

    Raises:
        OptionError: There is no text.
        InputError: Standard input is a terminal, has no text, or is not UTF-8.
    """
    if not texts:
        raise OptionError('TEXT is needed, as in: atelier translate run "de 1234"')
    if STANDARD_INPUT not in texts:
        return texts
    if sys.stdin.isatty():
        raise InputError("- reads lines from standard input, as in: atelier translate run - < texts.txt")
    try:
        lines = [line for line in sys.stdin.buffer.read().decode("utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise InputError(f"Standard input is not UTF-8: the byte at offset {error.start:,} is invalid.") from error
    if not lines:
        raise InputError("Standard input has no text. Give a text on each line.")
    place = texts.index(STANDARD_INPUT)
    return (*texts[:place], *lines, *texts[place + 1 :])
