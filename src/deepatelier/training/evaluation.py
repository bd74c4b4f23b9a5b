"""What trained weights are worth, on pictures that they have not seen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor
from torchmetrics.functional import classification as metrics

from deepatelier import networks
from deepatelier.data import ELLIPSE, Dataset, Labelled
from deepatelier.devices import choose_device, choose_precision, precision_name
from deepatelier.errors import OptionError, WeightsError
from deepatelier.files import sha256_of
from deepatelier.inputs import Input
from deepatelier.networks import WEIGHTS_NAME
from deepatelier.training.classical_ellipse import fitted_ellipse
from deepatelier.training.ellipse import EllipseRegression, ellipse_errors
from deepatelier.training.initial_network import resized
from deepatelier.training.parts import parts_of
from deepatelier.training.prediction import outputs_of
from deepatelier.training.tasks import Classification, Regression, Task
from deepatelier.training.training_record import TrainingDetails, data_input, fingerprints, read_training

__all__ = ["Evaluation", "Mistake", "Row", "evaluate"]

_TOP = 5


@dataclass(frozen=True)
class Row:
    """A line of the table: a class with how well it is told, or a value with how far off it is."""

    name: str
    numbers: dict[str, float]


@dataclass(frozen=True)
class Mistake:
    """A picture that was taken for something else."""

    number: int
    said: int
    truth: int
    confidence: float


@dataclass(frozen=True)
class Evaluation:
    """What was found.

    Attributes:
        part: The pictures.
        classes: The names of the classes.
        measures: Over all pictures: the loss, and accuracy and top-5 or the errors.
        rows: Of each class or value.
        confusion: (K, K), how many of the class of the row were taken for that of the column; None for values.
        mistakes: The surest first.
        told: The values that the network told, (N, K); None for classes.
        classical: The ellipses of the classical fit, (N, 5), NaN where it found none; None for other data.
        own: Whether they are a part that the training kept.
        notes: What the user should know.
        inputs: The training's weights and the data set, as a record holds them.
        device, precision: Where and in which number format the network ran.
    """

    part: Labelled
    classes: tuple[str, ...]
    measures: dict[str, float]
    rows: tuple[Row, ...]
    confusion: Tensor | None = None
    mistakes: tuple[Mistake, ...] = ()
    told: Tensor | None = None
    classical: Tensor | None = None
    own: bool = True
    notes: list[str] = field(default_factory=list)
    inputs: dict[str, Input] = field(default_factory=dict)
    device: str = "cpu"
    precision: str = "float32"


def evaluate(
    folder: Path, dataset: Dataset, part: Literal["test", "validation"] = "test", *, device: str | None = None
) -> Evaluation:
    """Evaluate a training's network.

    Args:
        folder: Of the training.
        dataset: Its own: then the part that the training kept is read. Another of the same classes: then all of its
            test pictures, or of its pictures if it has no such.
        part: Which part of its own data set.
        device: Where; None is that of the training.

    Raises:
        RecordError: The folder is none of a training.
        OptionError: The data set has other classes or values, or the part has no pictures.
        WeightsError: The weights are missing or damaged.
    """
    training = read_training(folder)
    options, details, notes = training.options, training.details, list(dataset.skipped)
    _check_same_targets(details, dataset)
    dataset = resized(dataset, details.network, options)
    parts = parts_of(dataset, options)
    prints = fingerprints(parts)
    chosen, own = parts._asdict()[part], prints[part] == details.parts[part]
    if not own:
        if dataset.name == details.dataset:
            raise OptionError(
                f"The pictures of {dataset.name} are not those of the training any more, so that nobody knows which of "
                "them it has seen. Give the same, or new pictures in a folder of another name."
            )
        chosen = dataset.train if dataset.test is None else dataset.test
        notes.append(
            f"These are not the pictures of the training: all {len(chosen)} of {dataset.name} are evaluated. "
            "Whether it has seen some of them is not known."
        )
    if not len(chosen):
        raise OptionError(
            f"The training in {folder} kept no {part} pictures. Train with --{part}, or evaluate other data."
        )
    weights = folder / WEIGHTS_NAME
    about = networks.read_trained(weights)
    if about.network != details.network:
        raise WeightsError(f"The weights in {folder} are of {about.network}, its record is of {details.network}.")
    network = networks.build(str(weights))
    where = choose_device(options.device if device is None else device)
    precision = choose_precision(options.precision, where)
    outputs = outputs_of(network, chosen, device=where, dtype=precision, views=options.views)
    if dataset.classes:
        found = _classified(chosen, outputs, Classification(dataset.classes, options.loss), notes)
    elif dataset.values == ELLIPSE:
        found = _ellipses(chosen, outputs, EllipseRegression(about.shift, about.scale), notes)
    else:
        found = _values(chosen, outputs, Regression(dataset.values), notes)
    inputs = {
        "training": Input(name=folder.resolve().name, sha256=sha256_of(weights)),
        "dataset": data_input(dataset.name, prints),
    }
    return replace(found, own=own, inputs=inputs, device=str(where), precision=precision_name(precision))


def _check_same_targets(details: TrainingDetails, dataset: Dataset) -> None:
    if (details.classes, details.values) != (dataset.classes, dataset.values):
        known, given = (
            ", ".join(each)[:100] for each in (details.classes or details.values, dataset.classes or dataset.values)
        )
        raise OptionError(
            f"The labels do not fit: the training tells {known}; {dataset.name} has {given}. "
            "Evaluate it on data with the same classes."
        )


def _loss(task: Task, outputs: Tensor, part: Labelled) -> dict[str, float]:
    return {"pictures": len(part), "loss": task.loss(outputs, part.targets).item()}


def _classified(part: Labelled, scores: Tensor, task: Classification, notes: list[str]) -> Evaluation:
    count, truth = task.outputs, part.targets
    said = scores.argmax(dim=1)
    measures = _loss(task, scores, part) | {
        "accuracy": metrics.multiclass_accuracy(scores, truth, count, average="micro").item()
    }
    if count > _TOP:
        measures["top-5"] = metrics.multiclass_accuracy(scores, truth, count, average="micro", top_k=_TOP).item()
    columns: dict[str, Any] = {
        "precision": metrics.multiclass_precision(said, truth, count, average="none"),
        "recall": metrics.multiclass_recall(said, truth, count, average="none"),
        "F1": metrics.multiclass_f1_score(said, truth, count, average="none"),
    }
    counts = truth.bincount(minlength=count)
    rows = tuple(
        Row(name, {"pictures": int(counts[index]), **{key: column[index].item() for key, column in columns.items()}})
        for index, name in enumerate(task.classes)
    )
    sure = scores.softmax(dim=1) if task.kind == "cross-entropy" else scores
    confidence = sure.max(dim=1).values
    wrong = (said != truth).nonzero()[:, 0]
    wrong = wrong[confidence[wrong].argsort(descending=True)]
    mistakes = tuple(Mistake(i, int(said[i]), int(truth[i]), confidence[i].item()) for i in wrong.tolist())
    confusion = metrics.multiclass_confusion_matrix(said, truth, count)
    return Evaluation(part, task.classes, measures, rows, confusion, mistakes, notes=notes)


def _values(part: Labelled, outputs: Tensor, task: Regression, notes: list[str]) -> Evaluation:
    errors = (outputs - part.targets).abs()
    rows = tuple(
        Row(name, {"mean error": column.mean().item(), "median error": column.median().item()})
        for name, column in zip(task.values, errors.unbind(dim=1), strict=True)
    )
    return Evaluation(part, (), _loss(task, outputs, part), rows, told=outputs, notes=notes)


def _ellipses(part: Labelled, outputs: Tensor, task: EllipseRegression, notes: list[str]) -> Evaluation:
    told = task.values(outputs)
    fits = [fitted_ellipse(picture) for picture in part.pixels()]
    nothing = torch.full((len(ELLIPSE),), torch.nan)
    classical = torch.stack([nothing if fit is None else fit for fit in fits])
    found = ~classical[:, 0].isnan()
    network_errors = ellipse_errors(told, part.targets)
    classical_errors = ellipse_errors(classical[found], part.targets[found])
    notes.append(
        f"The classical fit found an ellipse in {int(found.sum())} of {len(part)} pictures; its errors are of those."
    )
    units = {"center": "center (pixels)", "axes": "half axes (pixels)", "angle": "angle (degrees)"}
    rows = tuple(
        Row(
            words,
            {
                "network, mean": network_errors[key].mean().item(),
                "network, median": network_errors[key].median().item(),
                "classical, mean": classical_errors[key].mean().item(),
                "classical, median": classical_errors[key].median().item(),
            },
        )
        for key, words in units.items()
    )
    return Evaluation(part, (), _loss(task, outputs, part), rows, told=told, classical=classical, notes=notes)
