"""Evaluation of a trained network on pictures that it was not trained on."""

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
from deepatelier.training.initial_network import resized
from deepatelier.training.parts import parts_of
from deepatelier.training.prediction import outputs_of
from deepatelier.training.tasks.classification import Classification
from deepatelier.training.tasks.ellipse import EllipseRegression, ellipse_errors
from deepatelier.training.tasks.regression import Regression
from deepatelier.training.tasks.supervised import SupervisedTask
from deepatelier.training.training_record import TrainingDetails, data_input, fingerprints, read_training

__all__ = ["Evaluation", "Mistake", "Row", "evaluate"]

_TOP = 5


@dataclass(frozen=True)
class Row:
    """A row of the table: the metrics of a class, or the errors of a value."""

    name: str
    numbers: dict[str, float]


@dataclass(frozen=True)
class Mistake:
    """A misclassified picture.

    Attributes:
        number: The index of the picture.
        predicted: The index of the predicted class.
        truth: The index of the true class.
        confidence: The probability of the predicted class; its score if the loss is squared.
    """

    number: int
    predicted: int
    truth: int
    confidence: float


@dataclass(frozen=True)
class Evaluation:
    """The results of an evaluation.

    Attributes:
        part: The pictures.
        classes: The names of the classes.
        measures: The number of pictures and the loss; for classes also the accuracy and the top-5 accuracy.
        rows: The row of each class or value.
        confusion: The confusion matrix, (K, K): rows are true classes, columns are predicted classes; None for values.
        mistakes: The mistakes, in descending order of confidence.
        predictions: The predicted values, (N, K); None for classes.
        classical: The ellipses of the classical fit, (N, 5), NaN where it failed; None for other data.
        own: Whether the pictures are a part that the training held out.
        notes: Messages for the user.
        inputs: The weights and the data set, as inputs of a record.
        device, precision: The device and the number format of the network.
    """

    part: Labelled
    classes: tuple[str, ...]
    measures: dict[str, float]
    rows: tuple[Row, ...]
    confusion: Tensor | None = None
    mistakes: tuple[Mistake, ...] = ()
    predictions: Tensor | None = None
    classical: Tensor | None = None
    own: bool = True
    notes: list[str] = field(default_factory=list)
    inputs: dict[str, Input] = field(default_factory=dict)
    device: str = "cpu"
    precision: str = "float32"


def evaluate(
    folder: Path, dataset: Dataset, part: Literal["test", "validation"] = "test", *, device: str | None = None
) -> Evaluation:
    """Evaluate the network of a training.

    Args:
        folder: The run folder of the training.
        dataset: The data set of the training, of which the part that the training held out is evaluated; or another
            data set with the same classes, of which all test pictures are evaluated, or all pictures if it has no test
            pictures.
        part: The part of the training's data set.
        device: The device; None is that of the training.

    Raises:
        RecordError: The folder is not a run folder.
        OptionError: The data set has other classes or values, or the part has no pictures.
        WeightsError: The weights are missing or damaged.
    """
    training = read_training(folder)
    options, details, notes = training.options, training.details, list(dataset.skipped)
    _check_same_targets(details, dataset)
    dataset = resized(dataset, details.network, progressive=options.progressive_resizing > 0)
    parts = parts_of(dataset, options)
    prints = fingerprints(parts)
    chosen, own = parts._asdict()[part], prints[part] == details.parts[part]
    if not own:
        if dataset.name == details.dataset:
            raise OptionError(
                f"The pictures of {dataset.name} have changed since the training, so it is unknown which of them were "
                "used for training. Give the original pictures, or new ones in a folder of another name."
            )
        chosen = dataset.train if dataset.test is None else dataset.test
        notes.append(
            f"These are not the pictures of the training: all {len(chosen)} pictures of {dataset.name} are "
            "evaluated. Some of them may have been used for training."
        )
    if not len(chosen):
        raise OptionError(
            f"The training in {folder} has no {part} pictures. Train with --{part}, or evaluate other data."
        )
    weights = folder / WEIGHTS_NAME
    if not weights.exists():
        raise OptionError(f"The training in {folder} left no weights: its state is {details.state}. Train again.")
    about = networks.read_trained(weights)
    if about.network != details.network:
        raise WeightsError(
            f"The weights in {folder} belong to {about.network}, but its record belongs to {details.network}."
        )
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
            f"The labels do not match: the training has {known}; {dataset.name} has {given}. "
            "Evaluate on data with the same classes."
        )


def _loss(task: SupervisedTask, outputs: Tensor, part: Labelled) -> dict[str, float]:
    return {part.contains: len(part), "loss": task.loss(outputs, part.targets).item()}


def _classified(part: Labelled, scores: Tensor, task: Classification, notes: list[str]) -> Evaluation:
    count, targets = task.outputs, part.targets
    predicted = scores.argmax(dim=1)
    measures = _loss(task, scores, part) | {
        "accuracy": metrics.multiclass_accuracy(scores, targets, count, average="micro").item()
    }
    if count > _TOP:
        measures["top-5"] = metrics.multiclass_accuracy(scores, targets, count, average="micro", top_k=_TOP).item()
    columns: dict[str, Any] = {
        "precision": metrics.multiclass_precision(predicted, targets, count, average="none"),
        "recall": metrics.multiclass_recall(predicted, targets, count, average="none"),
        "F1": metrics.multiclass_f1_score(predicted, targets, count, average="none"),
    }
    counts = targets.bincount(minlength=count)
    rows = tuple(
        Row(name, {"pictures": int(counts[index]), **{key: column[index].item() for key, column in columns.items()}})
        for index, name in enumerate(task.classes)
    )
    confidences = scores.softmax(dim=1) if task.kind == "cross-entropy" else scores
    confidence = confidences.max(dim=1).values
    wrong = (predicted != targets).nonzero()[:, 0]
    wrong = wrong[confidence[wrong].argsort(descending=True)]
    mistakes = tuple(Mistake(i, int(predicted[i]), int(targets[i]), confidence[i].item()) for i in wrong.tolist())
    confusion = metrics.multiclass_confusion_matrix(predicted, targets, count)
    return Evaluation(part, task.classes, measures, rows, confusion, mistakes, notes=notes)


def _values(part: Labelled, outputs: Tensor, task: Regression, notes: list[str]) -> Evaluation:
    errors = (outputs - part.targets).abs()
    rows = tuple(
        Row(name, {"mean error": column.mean().item(), "median error": column.median().item()})
        for name, column in zip(task.values, errors.unbind(dim=1), strict=True)
    )
    return Evaluation(part, (), _loss(task, outputs, part), rows, predictions=outputs, notes=notes)


def _ellipses(part: Labelled, outputs: Tensor, task: EllipseRegression, notes: list[str]) -> Evaluation:
    predictions = task.values(outputs)
    fits = [fitted_ellipse(picture) for picture in part.pixels()]
    nothing = torch.full((len(ELLIPSE),), torch.nan)
    classical = torch.stack([nothing if fit is None else fit for fit in fits])
    found = ~classical[:, 0].isnan()
    network_errors = ellipse_errors(predictions, part.targets)
    classical_errors = ellipse_errors(classical[found], part.targets[found])
    notes.append(
        f"The classical fit found an ellipse in {int(found.sum())} of {len(part)} pictures; its errors are over these."
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
    measures = _loss(task, outputs, part)
    return Evaluation(part, (), measures, rows, predictions=predictions, classical=classical, notes=notes)
