"""What a training of a classifier of texts fits to what."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier.data import CORPORA, split_indices
from deepatelier.data.labelled_texts import LabelledTexts
from deepatelier.devices import choose_device
from deepatelier.errors import InputError
from deepatelier.networks.recurrent.text_classifier import TextClassifier
from deepatelier.networks.sequence_models import SequenceModel, save_sequence_model
from deepatelier.text import Vocabulary, tokenizer
from deepatelier.text.text_classes import encoded
from deepatelier.training.fitting import Fitting, data_input_of
from deepatelier.training.parts import PARTS
from deepatelier.training.player_of import player_of
from deepatelier.training.sequences.classify_job import ClassifyJob
from deepatelier.training.sequences.padded_batches import PaddedBatches
from deepatelier.training.tasks.classification import Classification

__all__ = ["TextParts", "fitting", "parts_of_texts"]

_MEASURED = 2000
"""The number of training texts that are measured after an epoch."""

_FEWEST = 3
"""The minimum number of texts of a class."""


class TextParts(NamedTuple):
    """The indices of the texts of each part."""

    train: Tensor
    validation: Tensor
    test: Tensor


def parts_of_texts(job: ClassifyJob, data: LabelledTexts) -> TextParts:
    """Return the parts: drawn at random from the different texts, in the same shares of each class.

    Raises:
        InputError: A class has fewer than three texts.
    """
    targets = torch.tensor(data.labels)
    counts = targets.bincount(minlength=len(data.classes))
    if counts.min() < _FEWEST:
        raise InputError(
            f"The class {data.classes[int(counts.argmin())]} of {data.name} has {counts.min()} different texts. Give "
            f"{_FEWEST} or more of each class, to learn, to choose and to test."
        )
    return TextParts(*split_indices(targets, validation=job.validation, test=job.test, seed=job.seed, limit=job.limit))


def fitting(job: ClassifyJob, data: LabelledTexts) -> Fitting:
    """Return the network, the task and the batches of a training."""
    device = choose_device(job.device)
    parts, split = parts_of_texts(job, data), tokenizer(job.tokens).split
    train = [data.texts[index] for index in parts.train.tolist()]
    vocabulary = Vocabulary.of(map(split, train), most=job.most, at_least=job.at_least)
    options = {
        "layers": job.network,
        "tokens": len(vocabulary),
        "classes": len(data.classes),
        "embedding": job.embedding,
        "width": job.width,
        "num_layers": job.layers,
        "bidirectional": job.bidirectional,
        "pooling": job.pooling,
        "dropout": job.dropout,
    }
    with torch.random.fork_rng():
        torch.manual_seed(job.seed)
        network = TextClassifier(**options)  # type: ignore[arg-type]

    def batches(indices: Tensor, seed: int | None = None) -> PaddedBatches:
        texts = encoded([data.texts[each] for each in indices.tolist()], job.tokens, vocabulary, job.longest)
        return PaddedBatches(texts, torch.tensor(data.labels)[indices], job.batch_size, device, seed)

    trained = batches(parts.train, job.seed)
    drawn = torch.randperm(len(parts.train), generator=torch.Generator().manual_seed(0))
    sample = parts.train[drawn[: min(len(parts.validation), _MEASURED)]]
    measured = dict(zip(PARTS, (sample, parts.validation), strict=True))
    about = {
        "tokens": job.tokens,
        "vocabulary": list(vocabulary.tokens),
        "classes": list(data.classes),
        "longest": job.longest,
    }
    return Fitting(
        title=f"classes of {data.name}",
        task=Classification(data.classes, smoothing=job.label_smoothing),
        player=player_of(network, job, job.batch_size, len(trained)),
        batches=trained,
        measured={name: batches(indices) for name, indices in measured.items() if len(indices)},
        measure=Classification.measure,
        save=lambda: save_sequence_model(network, SequenceModel(task="classify", options=options, about=about)),
        data=data_input_of(job.dataset, CORPORA, data.sha256()),
        details={
            "texts to learn from": len(parts.train),
            "texts for validation": len(parts.validation),
            "texts for the test": len(parts.test),
            "classes": len(data.classes),
            "different tokens": len(vocabulary),
        },
        device=device,
        notes=data.notes,
    )
