"""``atelier evaluate``: what trained weights are worth."""

from __future__ import annotations

import json as json_module
import math
from pathlib import Path
from typing import Any, Literal

from deepatelier import data, images
from deepatelier.cli.messages import say
from deepatelier.cli.tables import show_table
from deepatelier.devices import memory_guard
from deepatelier.files import write_atomically
from deepatelier.training import (
    Evaluation,
    confusion_matrix,
    own_size_of,
    read_training,
    worst_ellipses,
    worst_mistakes,
)
from deepatelier.training import evaluate as evaluate_training

__all__ = ["evaluate"]


def evaluate(
    run: Path,
    dataset: str,
    /,
    *,
    part: Literal["test", "validation"] = "test",
    data_dir: Path | None = None,
    device: str | None = None,
    markdown: bool = False,
    json: bool = False,
) -> None:
    """Evaluate a training's network, and write what was found into its folder.

    The test pictures are for the end: who chooses by them learns what fits them, and nothing else. A second look is
    told.

    Parameters
    ----------
    run
        The folder of a training.
    dataset
        The data set of the training, or another with the same classes.
    part
        test, or validation while you still choose.
    data_dir
        Where the files of mnist, fashion-mnist or cifar10 are. Default: they are fetched.
    device
        auto, cpu, cuda, cuda:1, mps. Default: that of the training.
    markdown
        Print the table as Markdown.
    json
        Print what was found as one JSON object on stdout.
    """
    record = read_training(run)
    options = record.options
    with memory_guard("these pictures", "Close other programs, or evaluate on a larger machine."):
        opened = data.open_dataset(
            dataset, data_dir=data_dir, classes=options.classes, size=options.size, otherwise=own_size_of(options)
        )
        found = evaluate_training(run, opened, part, device=device)
    name = part if found.own else f"on_{opened.name}"
    results = run / f"{name}.json"
    if found.own and part == "test" and results.exists():
        say("The test pictures were read before. What you choose by them now, they cannot judge any more.")
    told: dict[str, Any] = {
        "part": part if found.own else "all",
        "dataset": opened.name,
        "network": record.network,
        **found.measures,
        "table": {row.name: {key: _number(value) for key, value in row.numbers.items()} for row in found.rows},
        "pictures_written": _write_pictures(run, name, found),
    }
    write_atomically(results, (json_module.dumps(told, indent=1) + "\n").encode())
    for note in found.notes:
        say(note)
    if json:
        print(json_module.dumps(told))
        return
    columns = list(found.rows[0].numbers)
    cells = [(row.name, *(_rounded(value) for value in row.numbers.values())) for row in found.rows]
    show_table(("value" if found.told is not None else "class", *columns), cells, numbers=columns, markdown=markdown)
    for words, value in found.measures.items():
        say(f"{words}: {_rounded(value)}")
    say(f"Wrote {', '.join(str(run / each) for each in (results.name, *told['pictures_written']))}.")


def _write_pictures(run: Path, stem: str, found: Evaluation) -> list[str]:
    written = {}
    if found.confusion is not None:
        written[f"{stem}_confusion.png"] = confusion_matrix(found)
        sheet = worst_mistakes(found)
        if sheet is not None:
            written[f"{stem}_mistakes.png"] = images.encode(sheet, "PNG")
    if found.classical is not None:
        written[f"{stem}_worst.png"] = worst_ellipses(found)
    for name, content in written.items():
        write_atomically(run / name, content)
    return list(written)


def _number(value: float) -> float | None:
    """JSON has no word for what is not a number."""
    return value if math.isfinite(value) else None


def _rounded(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.4f}"
