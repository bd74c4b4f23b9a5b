"""What the courses say about learning, measured: comparisons of trainings, each with several seeds.

    python -m benchmarks.learning digits FOLDER_OF_MNIST -o out
    python -m benchmarks.learning regularization FOLDER_OF_MNIST -o out
    python -m benchmarks.learning degradation CIFAR10 -o out [--networks plain20 resnet20] [--epochs 7]
    python -m benchmarks.learning transfer CIFAR10 -o out

CIFAR10 is an archive or a folder of pictures with one folder a class. Each training writes its folder into the output,
and is not made again if it is finished there; at the end come a table in Markdown and a picture of the curves.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from benchmarks.style import table
from deepatelier import data
from deepatelier.data import Dataset
from deepatelier.devices import choose_precision
from deepatelier.errors import RecordError
from deepatelier.training import Training, TrainingOptions, curve_pairs, curves, read_history, read_training

LAST = 5
"""Epochs that were validated, over which the gap is averaged."""


class Comparison(NamedTuple):
    """Trainings that differ in some options.

    Attributes:
        common: Options of all.
        variants: Options of each by its name.
        seeds: How often each is trained.
    """

    common: dict[str, Any]
    variants: dict[str, dict[str, Any]]
    seeds: int


_RESIDUAL = {
    "validation": 10_000,
    "test": 0,
    "epochs": 7,
    "optimizer": "momentum",
    "learning_rate": 0.1,
    "l2": 5e-5,  # torch's weight decay of 1e-4
    "schedule": "step",
    "augment": ("crop", "flip"),
    "precision": "auto",
}
"""He et al. (2015), section 4.2, but for the number of epochs."""

COMPARISONS = {
    "digits": Comparison(
        {"validation": 5000, "epochs": 5, "schedule": "constant"},
        {name: {"network": name} for name in ("digits_dense", "digits_conv5", "digits_conv32", "digits_conv64")},
        3,
    ),
    "regularization": Comparison(
        {"network": "digits_dense", "validation": 5000, "limit": 1000, "epochs": 60, "schedule": "constant"},
        {
            "none": {},
            "L1": {"l1": 3e-3},
            "L2": {"l2": 3e-2},
            "dropout": {"dropout": 0.5},
            "early stopping": {"early_stopping": 3},
            "augmentation": {"augment": ("rotation", "translation")},
            "cutout": {"augment": ("cutout",)},
            "batch norm": {"batch_norm": True},
            "smaller network": {"network": "digits_conv32"},
            "linear network": {"network": "linear"},
        },
        3,
    ),
    "degradation": Comparison(
        _RESIDUAL, {name: {"network": name} for name in ("plain20", "plain56", "resnet20", "resnet56")}, 1
    ),
    "transfer": Comparison(
        {
            "network": "efficientnet_lite0",
            "validation": 1000,
            "test": 0,
            "limit": 500,
            "batch_size": 32,
            "epochs": 40,
            "validate_every": 5,
            "precision": "auto",
        },
        {
            "from scratch": {},
            "new head": {"weights": "imagenet", "head_epochs": 30, "epochs": 0},
            "new head, then all": {"weights": "imagenet", "head_epochs": 30, "epochs": 10, "learning_rate": 1e-4},
        },
        3,
    ),
}


def train(dataset: Dataset, options: dict[str, Any], folder: Path) -> None:
    """Make a training, unless it is finished in its folder."""
    try:
        if read_training(folder).details.state == "finished":
            return
    except RecordError:
        pass
    training = Training(dataset, TrainingOptions(**options), folder, resume=(folder / "record.json").exists())
    training.fit()
    (folder / "checkpoint.ckpt").unlink(missing_ok=True)  # some hundred megabytes in all


def compare(dataset: Dataset, chosen: Comparison, folder: Path) -> list[dict[str, Any]]:
    """A row of figures for each variant: means over the seeds, and their deviation."""
    rows, shown = [], {}
    for name, options in chosen.variants.items():
        runs, records = [], []
        for seed in range(chosen.seeds):
            place = folder / f"{name.replace(' ', '_').replace(',', '')}-{seed}"
            train(dataset, {**chosen.common, **options, "seed": seed}, place)
            runs.append(read_history(place))
            records.append(read_training(place))
            print(name, seed, records[-1].record.measures, flush=True)
        shown[name] = mean_rows(runs)
        finals = [{name: float(value) for name, value in each.record.measures.items()} for each in records]
        gaps = [statistics.mean([_gap(row) for row in run if "training accuracy" in row][-LAST:]) for run in runs]
        rows.append(
            {
                "": name,
                "parameters": records[0].details.parameters,
                "training accuracy": statistics.mean(final["training accuracy"] for final in finals),
                "validation accuracy": statistics.mean(final["validation accuracy"] for final in finals),
                "± (seeds)": statistics.pstdev(final["validation accuracy"] for final in finals),
                "training loss": statistics.mean(final["training loss"] for final in finals),
                "validation loss": statistics.mean(final["validation loss"] for final in finals),
                f"gap, last {LAST}": statistics.mean(gaps),
                "epochs": statistics.mean(each.details.epochs for each in records),
                "seconds": statistics.mean(each.record.seconds for each in records),
            }
        )
    (folder / "curves.png").write_bytes(curves(shown, "accuracy"))
    if len(shown) > 1:
        (folder / "pairs.png").write_bytes(curve_pairs(shown, "accuracy"))
    (folder / "table.json").write_text(json.dumps(rows, indent=1))
    return rows


def _gap(row: Mapping[str, float]) -> float:
    return row["training accuracy"] - row["validation accuracy"]


def mean_rows(runs: Sequence[Sequence[Mapping[str, float]]]) -> list[dict[str, float]]:
    """Epoch by epoch as far as all runs went."""
    return [
        {name: statistics.mean(row[name] for row in rows) for name in rows[0] if all(name in row for row in rows)}
        for rows in zip(*runs, strict=False)
    ]


def open_data(name: str, source: str) -> Dataset:
    """The data set of a comparison."""
    if name in ("digits", "regularization"):
        return data.open_dataset("mnist", data_dir=Path(source))
    return data.open_dataset(source, size=96 if name == "transfer" else None, otherwise=32)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("comparison", choices=COMPARISONS)
    parser.add_argument("source")
    parser.add_argument("-o", "--output", type=Path, default=Path("out"))
    parser.add_argument("--networks", nargs="+")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seeds", type=int)
    given = parser.parse_args(arguments)
    chosen = COMPARISONS[given.comparison]
    if given.networks:
        chosen = chosen._replace(variants={name: chosen.variants[name] for name in given.networks})
    if given.epochs:
        chosen = chosen._replace(common={**chosen.common, "epochs": given.epochs})
    if given.seeds:
        chosen = chosen._replace(seeds=given.seeds)
    rows = compare(open_data(given.comparison, given.source), chosen, given.output / given.comparison)
    precision = choose_precision(chosen.common.get("precision", "float32"), torch.device("cpu"))
    print(f"{torch.get_num_threads()} threads, {precision}")
    print(table(rows))


if __name__ == "__main__":
    main()
