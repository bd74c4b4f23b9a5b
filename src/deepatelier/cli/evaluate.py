"""``atelier evaluate``: measure a trained network on held-out data."""

from __future__ import annotations

import json as json_module
import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from deepatelier.cli.form import form_of, made_from
from deepatelier.cli.messages import say
from deepatelier.cli.tables import show_table
from deepatelier.jobs import Context, TableProduct, carried_out, check_targets, request_of, uninterrupted, write
from deepatelier.training import EvaluationJob

__all__ = ["evaluate"]

_Form = form_of([EvaluationJob])


def evaluate(
    training: Path,
    dataset: str,
    /,
    *,
    markdown: bool = False,
    json: bool = False,
    options: Annotated[_Form, Parameter(name="*")] = _Form(),  # type: ignore[valid-type]  # noqa: B008 (frozen)
) -> None:
    """Evaluate the network of a run, and write the results into its folder.

    Use the test data only once, at the end: choosing a network by its test score overfits to them. A second
    evaluation on them prints a warning.

    Parameters
    ----------
    training
        The folder of a run.
    dataset
        The data set of the run, or another with the same classes.
    markdown
        Print the table as Markdown.
    json
        Print the results as one JSON object on stdout.
    """
    began, context = time.perf_counter(), Context(say=say)
    job = made_from([EvaluationJob], {"training": str(training), "dataset": dataset}, options)
    assert isinstance(job, EvaluationJob)
    request = request_of(job)
    result = carried_out(job, context)
    table = result.files["table"]
    assert isinstance(table, TableProduct)
    found = dict(table.values)
    name = found["part"] if found["part"] in ("test", "validation") else f"on_{found['dataset']}"
    targets = {
        "table": training / f"{name}.json",
        "confusion": training / f"{name}_confusion.png",
        "mistakes": training / f"{name}_mistakes.png",
        "ellipses": training / f"{name}_worst.png",
        "forecast": training / f"{name}_forecast.png",
        "reconstructions": training / f"{name}_reconstructions.png",
    }
    check_targets(job, targets)
    if found["part"] == "test" and targets["table"].exists():
        say("The test data were read before. A network chosen by this score is no longer judged fairly by it.")
    with uninterrupted():
        finished = write(result, targets, request=request, began=began)
    for note in result.notes:
        say(note)
    if json:
        print(json_module.dumps(json_module.loads(targets["table"].read_text(encoding="utf-8"))))
        return
    _report(found, markdown=markdown)
    for words, value in finished.record.measures.items():
        say(f"{words}: {_rounded(value)}")
    say(f"Wrote {', '.join(str(targets[each]) for each in finished.records)}.")


def _report(found: dict[str, Any], *, markdown: bool) -> None:
    rows = found["table"]
    if not rows:
        return
    columns = list(next(iter(rows.values())))
    cells = [(name, *(_rounded(value) for value in row.values())) for name, row in rows.items()]
    kinds = {"pictures": "class", "texts": "class", "pairs": "kind", "MASE": "method", "squared error": "method"}
    first = next((kinds[each] for each in columns if each in kinds), "value")
    show_table((first, *columns), cells, numbers=columns, markdown=markdown)


def _rounded(value: float | str | None) -> str:
    return f"{value:.4f}" if isinstance(value, float) else "nan" if value is None else str(value)
