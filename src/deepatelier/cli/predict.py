"""``atelier predict``: what a trained network says of texts, or how it continues a series."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deepatelier.cli.form import form_of, made_from
from deepatelier.cli.messages import say
from deepatelier.cli.sources import standard_input
from deepatelier.cli.tables import show_table
from deepatelier.errors import OptionError
from deepatelier.jobs import Context, carried_out, check_targets, record_of, request_of, uninterrupted, write
from deepatelier.training.sequences.predict_job import PredictJob

__all__ = ["predict"]

_Form = form_of([PredictJob])


def predict(
    training: Path,
    /,
    *given: str,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    picture: Path | None = None,
    markdown: bool = False,
    json: bool = False,
    options: Annotated[_Form, Parameter(name="*")] = _Form(),  # type: ignore[valid-type]  # noqa: B008 (frozen)
) -> None:
    """Print what a trained network says: the classes of texts, or the next values of a series.

    Parameters
    ----------
    training
        The run folder of a training with --task classify or --task forecast.
    given
        Texts, or the paths of files with one; or the series to continue: a name, or a .csv. - for standard input.
    output
        Write the predictions to this .csv as well.
    picture
        Write a picture of a forecast.
    markdown
        Print the table as Markdown.
    json
        Print the record with the predictions as one JSON object on stdout.
    """
    if not given:
        raise OptionError("What should it predict? For example: atelier predict run 'a text'; atelier predict run co2")
    began, context = time.perf_counter(), Context(say=say)
    targets = {name: path for name, path in {"table": output, "picture": picture}.items() if path is not None}
    with standard_input({"given": given}) as files:
        job = made_from([PredictJob], {"training": str(training), **files}, options)
        if targets:
            check_targets(job, targets)
        request = request_of(job)
        result = carried_out(job, context)
        if picture is not None and "picture" not in result.files:
            raise OptionError("Only a forecast has a picture. Leave --picture out.")
        main = output or Path("predictions.csv")
        if targets:
            with uninterrupted():
                write(result, targets, request=request, began=began)
        record = record_of(result, None, "table", main, request, began)
    for note in result.notes:
        say(note)
    if json:
        print(record.to_json())
        return
    rows = result.details["predictions"]
    columns = list(rows[0])
    numbers = [name for name in columns if isinstance(rows[0][name], float)]
    show_table(columns, [[_shown(row[name]) for name in columns] for row in rows], numbers=numbers, markdown=markdown)
    for path in targets.values():
        say(f"Wrote {path}.")


def _shown(value: float | str) -> str:
    return f"{value:.4g}" if isinstance(value, float) else value
