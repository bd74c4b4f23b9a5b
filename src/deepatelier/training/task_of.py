"""The task of a data set."""

from __future__ import annotations

from deepatelier.data import ELLIPSE, Dataset, Labelled
from deepatelier.training.tasks.classification import Classification
from deepatelier.training.tasks.ellipse import EllipseRegression
from deepatelier.training.tasks.regression import Regression
from deepatelier.training.tasks.sequence_regression import SequenceRegression
from deepatelier.training.tasks.supervised import SupervisedTask
from deepatelier.training.train_job import TrainingOptions

__all__ = ["task_of"]


def task_of(dataset: Dataset, train: Labelled, options: TrainingOptions) -> SupervisedTask:
    """Return the task of a data set: classification, regression of values, or of ellipses."""
    if dataset.values == ELLIPSE:
        return EllipseRegression.of(train.targets, options.views)
    if dataset.values and dataset.contains == "sequences":
        return SequenceRegression(dataset.values, options.truncate)
    if dataset.values:
        return Regression(dataset.values, options.views)
    return Classification(dataset.classes, options.loss, options.label_smoothing, options.views)
