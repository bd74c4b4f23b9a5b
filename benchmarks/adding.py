"""The adding problem: what a plain recurrent network, an LSTM and a GRU learn of two numbers 75 steps apart.

    python -m benchmarks.adding -o out/adding [--seeds 3] [--networks rnn lstm gru]

A target is the sum of two marked numbers among 150; its variance is 1/6, the loss of the answer 1. All networks have 64
units and see the same 9,500 sequences in 20 epochs, with Adam, in batches of 50, with gradients of norm 1 or less. The
plain network has five learning rates. Each training writes its folder, and is not made again if it is finished there.
At the end come a table in Markdown, of the loss on 2,000 test sequences, and a picture of the curves.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.learning import train
from benchmarks.style import table
from deepatelier import data
from deepatelier.data import Dataset
from deepatelier.extras import from_extra
from deepatelier.training import evaluate, read_history, read_training
from deepatelier.training.curves import COLORS, png_of

RATES = {
    "rnn": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    "lstm": (5e-3,),
    "gru": (5e-3,),
    "lstm_peephole": (5e-3,),
    "lstm_peephole_diagonal": (5e-3,),
    "gru_reset_before": (5e-3,),
}
"""The learning rates of each network."""

COMMON: dict[str, Any] = {
    "width": 64,
    "batch_size": 50,
    "epochs": 20,
    "schedule": "constant",
    "clip_gradient": 1.0,
    "validation": 500,
    "test": 2000,
}
"""The options of all trainings."""

VARIANCE = 1 / 6
"""The variance of the targets."""


@cache
def sequences(length: int, seed: int) -> Dataset:
    """The data set of a seed."""
    return data.open_dataset("adding", length=length, seed=seed)


def compare(networks: Sequence[str], seeds: int, length: int, folder: Path, **changes: Any) -> list[dict[str, Any]]:
    """A row of figures for each network and learning rate."""
    rows = []
    for name in networks:
        for rate in RATES[name]:
            losses, seconds = [], []
            for seed in range(seeds):
                place = folder / f"{name}-{rate:g}-{seed}"
                options = {**COMMON, "network": name, "learning_rate": rate, "length": length, "seed": seed, **changes}
                train(sequences(length, seed), options, place)
                losses.append(evaluate(place, sequences(length, seed)).measures["loss"])
                seconds.append(read_training(place).record.seconds)
                print(name, rate, seed, losses[-1], flush=True)
            rows.append(
                {
                    "network": name,
                    "computed by": read_training(place).details.recurrent_layers,
                    "learning rate": rate,
                    "test loss, mean": statistics.mean(losses),
                    "lowest": min(losses),
                    "highest": max(losses),
                    "seconds": statistics.mean(seconds),
                }
            )
    return rows


def best_of(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The learning rate with the lowest mean loss of each network."""
    lowest = sorted(rows, key=lambda row: row["test loss, mean"], reverse=True)
    return {row["network"]: row["learning rate"] for row in lowest}


def draw(folder: Path, chosen: dict[str, float], networks: Sequence[str], seeds: int) -> bytes:
    """A PNG of the validation losses of all seeds, at the best learning rate of each network."""
    figure = from_extra("matplotlib.figure", "train").Figure(figsize=(7, 4.2), layout="constrained")
    axis = figure.subplots()
    for color, name in zip(COLORS, networks, strict=False):
        for seed in range(seeds):
            rows = read_history(folder / f"{name}-{chosen[name]:g}-{seed}")
            label = f"{name}, learning rate {chosen[name]:g}" if seed == 0 else None
            axis.plot(
                [row["epoch"] for row in rows], [row["validation loss"] for row in rows], color=color, label=label
            )
    axis.axhline(VARIANCE, color="black", linewidth=0.8, linestyle=":", label="variance of the targets")
    axis.axhline(0.01, color="gray", linewidth=0.8, linestyle="--", label="0.01")
    axis.set_yscale("log")
    axis.set_xlabel("epoch")
    axis.set_ylabel("validation loss")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8)
    return png_of(figure)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=Path("out/adding"))
    parser.add_argument("--networks", nargs="+", choices=RATES, default=["rnn", "lstm", "gru"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--length", type=int, default=150)
    given = parser.parse_args(arguments)
    rows = compare(given.networks, given.seeds, given.length, given.output)
    (given.output / "curves.png").write_bytes(draw(given.output, best_of(rows), given.networks, given.seeds))
    print(table(rows))


if __name__ == "__main__":
    main()
