"""Autoencoders on pictures: errors beside principal components and classical filters; sparse codes.

    python -m benchmarks.autoencoders mnist --data-dir FOLDER -o out/autoencoders [--epochs 8] [--limit N]

It trains the convolutional, the denoising and the variational autoencoder, and sparse ones with several weights of the
penalty. Each training writes its folder, and is not made again if it is finished there. At the end come tables in
Markdown, and the picture ``sparse.png``: the error over the share of zeros.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from benchmarks.style import table
from benchmarks.translation import train
from deepatelier.jobs import Context
from deepatelier.training.autoencoders.autoencoder_job import AutoencoderJob, AutoencoderName
from deepatelier.training.evaluated import Evaluated

SPARSITIES = (0.01, 0.03, 0.1, 0.3, 1.0)
"""The weights of the penalty on a sparse code."""


def evaluated(folder: Path, context: Context, network: AutoencoderName, **options: Any) -> Evaluated:
    """Train an autoencoder, if it is not trained yet, and return its measures on the test part."""
    job = AutoencoderJob(network=network, **options)
    train(job, folder)
    return job.evaluated(folder, "test", context)


def sparse_curve(found: list[tuple[float, Evaluated]], path: Path) -> None:
    """Draw the error of sparse codes over their share of zeros."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    points = [(each.measures["share of zeros in a code"], each.measures["squared error"]) for _, each in found]
    axes.plot(*zip(*points, strict=True), "o-", color="#0072b2")
    for (sparsity, _), point in zip(found, points, strict=True):
        axes.annotate(f"λ = {sparsity:g}", point, xytext=(6, 6), textcoords="offset points")
    axes.set_xlabel("share of zeros in a code")
    axes.set_ylabel("mean squared error of a pixel")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=100)


def main() -> None:
    """Train all, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset")
    parser.add_argument("--data-dir")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--limit", type=int)
    given = parser.parse_args()
    options = {"dataset": given.dataset, "data_dir": given.data_dir, "epochs": given.epochs, "limit": given.limit}
    context, folder = Context(), given.output
    plain = evaluated(folder / "conv", context, "autoencoder_conv", code=32, **options)
    print(table([{"method": name, "squared error": f"{row['squared error']:.5f}"} for name, row in plain.rows.items()]))
    denoising = evaluated(folder / "denoising", context, "autoencoder_denoising", code=32, **options)
    print(
        table(
            [
                {"method": name, **{key: str(value)[:8] for key, value in row.items()}}
                for name, row in denoising.rows.items()
            ]
        )
    )
    variational = evaluated(folder / "vae", context, "vae", code=32, **options)
    sparse = [
        (each, evaluated(folder / f"sparse-{each}", context, "autoencoder_sparse", sparsity=each, frames=0, **options))
        for each in SPARSITIES
    ]
    rows: list[dict[str, Any]] = [{"network": "vae", "λ": "", "measures": variational.measures}]
    rows += [{"network": "autoencoder_sparse", "λ": f"{each:g}", "measures": found.measures} for each, found in sparse]
    names = {"squared error": "squared error", "share of zeros": "share of zeros in a code"}
    print(
        table(
            [
                {"network": row["network"], "λ": row["λ"]}
                | {short: f"{row['measures'][name]:.4f}" for short, name in names.items()}
                for row in rows
            ]
        )
    )
    sparse_curve(sparse, folder / "sparse.png")


if __name__ == "__main__":
    main()
