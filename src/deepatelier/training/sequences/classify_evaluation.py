"""Evaluation of a classifier of texts."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from torchmetrics.functional import classification as metrics

from deepatelier.data import CORPORA
from deepatelier.data.labelled_texts import LabelledTexts
from deepatelier.errors import OptionError
from deepatelier.extras import from_extra
from deepatelier.jobs import Measures, PictureProduct
from deepatelier.networks.sequence_models import run_input
from deepatelier.text.text_classes import TextClasses
from deepatelier.training.evaluated import Evaluated, is_training_data, other_data
from deepatelier.training.evaluation_pictures import confusion_matrix
from deepatelier.training.fitting import data_input_of
from deepatelier.training.sequences.classify_fitting import TextParts, parts_of_texts
from deepatelier.training.sequences.classify_job import ClassifyJob

__all__ = ["evaluated"]


def evaluated(job: ClassifyJob, data: LabelledTexts, folder: Path, part: str) -> Evaluated:
    """Return accuracy, precision and recall on a part, beside a logistic regression on TF-IDF of the words.

    All texts of other data with the same classes are evaluated.

    Raises:
        OptionError: The data have other classes, or the part is empty.
    """
    model = TextClasses.of(folder, job.device)
    if model.classes != data.classes:
        raise OptionError(f"{data.name} has other classes than the training in {folder}. Give its data.")
    source = data_input_of(job.dataset, CORPORA, data.sha256())
    own, labels = is_training_data(source, folder), torch.tensor(data.labels)
    parts = parts_of_texts(job, data) if own else TextParts(torch.arange(0), torch.arange(0), torch.arange(len(labels)))
    indices = parts.validation if own and part == "validation" else parts.test
    if not len(indices):
        raise OptionError(f"The training in {folder} has held out no {part} part. Train with a --{part} above 0.")
    targets = labels[indices]
    texts = [data.texts[index] for index in indices.tolist()]
    predicted = model.probabilities(texts).argmax(dim=1)
    confusion = metrics.multiclass_confusion_matrix(predicted, targets, num_classes=len(data.classes))
    measures: Measures = {"texts": len(indices), "accuracy": _accuracy(predicted, targets)}
    if own:
        train = [data.texts[index] for index in parts.train.tolist()]
        linear = _baseline(train, labels[parts.train], texts)
        most = labels[parts.train].mode().values.expand(len(targets))
        measures["accuracy of a logistic regression on TF-IDF"] = _accuracy(linear, targets)
        measures["accuracy of the most frequent class"] = _accuracy(most, targets)
    return Evaluated(
        part=part if own else "all",
        dataset=data.name,
        network=str(job.network),
        measures=measures,
        rows=_rows(confusion, data.classes),
        inputs={
            "training": run_input(folder),
            "dataset": source,
        },
        files={"confusion": PictureProduct(confusion_matrix(confusion, data.classes))},
        notes=() if own else (other_data(len(indices), "texts"),),
    )


def _accuracy(predicted: Tensor, targets: Tensor) -> float:
    return (predicted == targets).float().mean().item()


def _rows(confusion: Tensor, classes: tuple[str, ...]) -> dict[str, dict[str, float | str]]:
    """Return precision and recall of each class."""
    right, true, said = confusion.diag(), confusion.sum(dim=1), confusion.sum(dim=0)
    precision, recall = right / said.clamp(min=1), right / true.clamp(min=1)
    return {
        name: {"texts": int(true[each]), "precision": precision[each].item(), "recall": recall[each].item()}
        for each, name in enumerate(classes)
    }


def _baseline(train: list[str], targets: Tensor, texts: list[str]) -> Tensor:
    """Return the classes of texts by a logistic regression on the TF-IDF of words and pairs of words."""
    features = from_extra("sklearn.feature_extraction.text", "text")
    linear = from_extra("sklearn.linear_model", "text")
    tf_idf = features.TfidfVectorizer(token_pattern=r"\w+|[^\w\s]", ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    try:
        known = tf_idf.fit_transform(train)
    except ValueError:  # no word occurs twice
        return targets.mode().values.expand(len(texts))
    model = linear.LogisticRegression(C=10, max_iter=1000).fit(known, targets.numpy())
    return torch.from_numpy(model.predict(tf_idf.transform(texts)))
