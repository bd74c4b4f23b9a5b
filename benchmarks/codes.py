"""What the codes of an autoencoder are good for, beside raw pixels and principal components.

    python -m benchmarks.codes RUN mnist --data-dir FOLDER -o out/codes [--labels 100] [--seeds 3] [--epochs 30]

RUN is the folder of a convolutional autoencoder. Four tables in Markdown: the precision of the ten most similar
pictures by class; the accuracy of k nearest neighbours, a support vector machine and a random forest that learn from
each kind of vector; the bytes of a picture as a code, and as a JPEG with the same error; and the accuracy of a
classifier that learns from few labels, from the encoder and from random weights.
"""

from __future__ import annotations

import argparse
import io
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from torch import Tensor

from benchmarks.style import table
from deepatelier.data import Dataset, Labelled, open_dataset
from deepatelier.jobs import Context, make
from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.training import EvaluationJob, TrainJob
from deepatelier.training.autoencoders.autoencoder_evaluation import open_autoencoder
from deepatelier.training.autoencoders.code_sheets import codes_of
from deepatelier.training.autoencoders.coded_pictures import By, Vectors, nearest

KINDS: dict[By, str] = {"code": "code", "pixels": "pixels", "components": "principal components"}
_LEARNT = 5000
"""The number of pictures with labels from which classifiers learn."""


def precision_at_10(vectors: Tensor, targets: Tensor) -> float:
    """Return the mean share of the query's class among its ten nearest other vectors."""
    _, found = nearest(vectors, vectors, 11)
    others = found != torch.arange(len(vectors))[:, None]
    others[others.all(dim=1), -1] = False  # of duplicates, the last one is left out
    same = targets[found] == targets[:, None]
    return (same & others).sum(dim=1).double().div(10).mean().item()


def accuracies(train_vectors: Tensor, train: Labelled, vectors: Tensor, part: Labelled) -> dict[str, float]:
    """Return the accuracy of classifiers that learn from vectors."""
    made = {
        "5 nearest neighbours": KNeighborsClassifier(5),
        "support vector machine": make_pipeline(StandardScaler(), SVC(C=5.0)),
        "random forest": RandomForestClassifier(300, random_state=0),
    }
    return {
        name: float(each.fit(train_vectors.numpy(), train.targets.numpy()).score(vectors.numpy(), part.targets.numpy()))
        for name, each in made.items()
    }


def compression(network: Autoencoder, pixels: Tensor) -> list[dict[str, str]]:
    """Return bytes and error of codes in 8 bits a number, and of the smallest JPEGs with that error."""
    codes = codes_of(network, pixels)
    low, high = codes.amin(dim=0), codes.amax(dim=0)
    levels = ((codes - low) / (high - low) * 255).round()
    with torch.no_grad():
        made = network.decode(low + levels / 255 * (high - low))
    error = (made - pixels).square().mean().item()
    for quality in range(1, 101):
        sizes, errors = zip(*(_jpeg(picture, quality) for picture in pixels), strict=True)
        if statistics.mean(errors) <= error:
            break
    header = len(_encoded(np.zeros((8, 8), dtype=np.uint8), quality))
    return [
        {"": "code, 8 bits a number", "bytes": str(network.code), "squared error": f"{error:.5f}"},
        {
            "": f"JPEG, quality {quality}",
            "bytes": f"{statistics.mean(sizes):.0f}",
            "squared error": f"{statistics.mean(errors):.5f}",
        },
        {
            "": "the same without what is equal in all files",
            "bytes": f"{statistics.mean(sizes) - header:.0f} more than a black one of 8 x 8",
            "squared error": "",
        },
    ]


def _jpeg(picture: Tensor, quality: int) -> tuple[int, float]:
    levels = (255 * picture.permute(1, 2, 0).squeeze(-1)).round().byte().numpy()
    data = _encoded(levels, quality)
    read = np.asarray(Image.open(io.BytesIO(data)), dtype=np.float64)
    return len(data), float(np.square((read - levels) / 255).mean())


def _encoded(levels: np.ndarray[Any, Any], quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def few_labels(run: Path, given: argparse.Namespace) -> list[dict[str, str]]:
    """Return the test accuracies of a classifier from the encoder and from random weights, over seeds."""
    rows = []
    starts: dict[str, dict[str, Any]] = {
        "the encoder": {"weights": str(run)},
        "random weights": {"network": "encoder_conv"},
    }
    for name, start in starts.items():
        scores = []
        for seed in range(given.seeds):
            folder = given.output / f"{name.replace(' ', '-')}-{seed}"
            options = {"dataset": given.dataset, "data_dir": given.data_dir, "limit": given.labels, "seed": seed}
            job = TrainJob(**options, **start, epochs=given.epochs, batch_size=20, learning_rate=1e-3, validation=1000)
            if not (folder / "weights.safetensors").exists():
                make(job, {"folder": folder}, Context())
            evaluation = EvaluationJob(training=str(folder), dataset=given.dataset, data_dir=given.data_dir)
            finished = make(evaluation, {"table": folder / "test.json"}, Context())
            scores.append(float(finished.record.measures["accuracy"]))
        rows.append(
            {
                "start": name,
                "mean accuracy": f"{statistics.mean(scores):.4f}",
                "by seed": ", ".join(f"{each:.4f}" for each in scores),
            }
        )
    return rows


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("dataset")
    parser.add_argument("--data-dir")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--labels", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=30)
    given = parser.parse_args()
    network = open_autoencoder(given.run, torch.device("cpu"))
    directory = None if given.data_dir is None else Path(given.data_dir)
    dataset: Dataset = open_dataset(given.dataset, data_dir=directory)
    assert dataset.test is not None
    learnt, test = dataset.train.take(torch.arange(_LEARNT)), dataset.test
    rows = []
    for by, name in KINDS.items():
        vectors = Vectors(by, network, learnt.pixels())
        found = vectors.of(test.pixels())
        scores = accuracies(vectors.of(learnt.pixels()), learnt, found, test)
        rows.append(
            {"vectors": name, "precision at 10": f"{precision_at_10(found, test.targets):.4f}"}
            | {classifier: f"{score:.4f}" for classifier, score in scores.items()}
        )
    print(table(rows))
    print(table(compression(network, test.pixels(slice(0, 1000)))))
    print(table(few_labels(given.run, given)))


if __name__ == "__main__":
    main()
