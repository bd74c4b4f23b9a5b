"""Numbers in words and dates in ISO form: the fraction of held-out items that a translator writes exactly.

    python -m benchmarks.translation -o out/translation [--data numbers dates] [--variants attention plain reverse]
        [--epochs 18] [--seed 0]

The variants: with attention; without attention; without attention, with sources in reverse. All have the options of
``atelier train DATA --task translate`` otherwise. Each training writes its folder. It is continued if it was
interrupted, and not made again if it is finished. At the end come tables in Markdown: of the test part as a whole, and
by language or locale.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.style import table
from deepatelier.jobs import Context, make, read_record
from deepatelier.training import FittingJob
from deepatelier.training.sequences.translation_job import TranslationJob

VARIANTS: dict[str, dict[str, Any]] = {
    "attention": {},
    "plain": {"attention": False},
    "reverse": {"attention": False, "reverse": True},
}
"""The options of each variant."""


def train(job: FittingJob, folder: Path) -> None:
    """Make a training, or continue it, unless it is finished in its folder."""
    there = (folder / "record.json").exists()
    if there and read_record(folder).details["state"] == "finished":
        return
    job = job.model_copy(update={"resume": True}) if there else job
    make(job, {"folder": folder}, Context(say=print))


def row(data: str, variant: str, folder: Path, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figures of a training: of the whole test part, and the fraction of exact items by language or locale."""
    job = TranslationJob(dataset=data, **VARIANTS[variant], **options)
    train(job, folder)
    found, record = job.evaluated(folder, "test", Context()), read_record(folder)
    whole = {
        "data": data,
        "variant": variant,
        "parameters": record.details["parameters"],
        "items to learn": record.details["training pairs"],
        "items held out": found.measures["pairs"],
        "exact": f"{found.measures['exact']:.2%}",
        "chrF": found.measures["chrF"],
        "token accuracy, validation": f"{record.measures['validation token accuracy']:.2%}",
        "epochs": record.details["epochs"],
        "seconds": round(record.seconds),
    }
    return whole, {
        "data": data,
        "variant": variant,
        **{name: f"{each['exact']:.1%}" for name, each in found.rows.items()},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=Path("out/translation"))
    parser.add_argument("--data", nargs="+", choices=("numbers", "dates"), default=["numbers", "dates"])
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--epochs", type=int, default=18)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    for data in given.data:
        found = []
        for variant in given.variants:
            place = given.output / f"{data}-{variant}-{given.seed}"
            found.append(row(data, variant, place, epochs=given.epochs, seed=given.seed))
            print(found[-1], flush=True)
        print(f"\n{table([whole for whole, _ in found])}\n\n{table([parts for _, parts in found])}\n", flush=True)


if __name__ == "__main__":
    main()
