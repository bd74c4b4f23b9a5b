"""Forecasts of series by a network beside forecasts without one: mean absolute scaled errors on the test part.

    python -m benchmarks.forecasting -o out/forecasting [--series co2 sunspots] [--seeds 3]

All options are those of ``atelier train SERIES``. Each training writes its folder, and is not made again if it is
finished there. At the end comes a table in Markdown.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.style import table
from benchmarks.translation import train
from deepatelier.jobs import Context
from deepatelier.training.sequences.forecast_job import ForecastJob


def row(series: str, seeds: Sequence[int], folder: Path, **options: Any) -> dict[str, Any]:
    """Return the scaled errors of the network, by seed, and of the baselines."""
    errors, inside, found = list[float](), list[float](), None
    for seed in seeds:
        job = ForecastJob(dataset=series, seed=seed, **options)
        place = folder / f"{series}-{seed}"
        train(job, place)
        found = job.evaluated(place, "test", Context())
        errors.append(float(found.measures["MASE"]))
        inside.append(float(found.measures["values inside the 80 % band"]))
    assert found is not None
    others = {name: f"{each['MASE']:.3f}" for name, each in found.rows.items() if name != "network"}
    return {
        "series": series,
        "values ahead": found.measures["values ahead"],
        "origins": found.measures["origins"],
        "network, mean": f"{statistics.mean(errors):.3f}",
        "lowest, highest": f"{min(errors):.3f}, {max(errors):.3f}",
        **others,
        "inside the 80 % band": f"{statistics.mean(inside):.0%}",
    }


def main() -> None:
    """Train all, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--series", nargs="+", default=["co2", "sunspots"])
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    print(table([row(series, range(given.seeds), given.output) for series in given.series]))


if __name__ == "__main__":
    main()
