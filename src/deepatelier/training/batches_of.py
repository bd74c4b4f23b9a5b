"""The batches of a training, according to its options."""

from __future__ import annotations

import torch
from lightning_fabric import Fabric

from deepatelier.data import Labelled
from deepatelier.training.augmentation import augmentation
from deepatelier.training.batches import SMALL, Batches, together
from deepatelier.training.parts import PARTS
from deepatelier.training.train_job import TrainingOptions

__all__ = ["measured_batches", "measured_parts", "training_batches"]


def training_batches(part: Labelled, options: TrainingOptions, size: int, fabric: Fabric) -> Batches:
    """Return the batches on which a network is trained.

    Args:
        part: The training pictures.
        options: The seed and the augmentation.
        size: The batch size, over all processes.
        fabric: The device and the rank of the process.
    """
    height, width = part.images.shape[-2:]
    return Batches(
        part,
        size,
        fabric.device,
        shuffled=True,
        seed=options.seed,
        change=augmentation(options, (height, width)) if options.augment else None,
        flip="flip" in options.augment,
        scale=lambda epoch: SMALL if epoch < options.progressive_resizing else 1.0,
        rank=fabric.global_rank,
        processes=fabric.world_size,
    )


def measured_batches(train: Labelled, validation: Labelled, fabric: Fabric) -> dict[str, Batches]:
    """Return the batches of the validation part and of equally many training pictures, by the name of the part.

    Both parts are measured in evaluation mode and without augmentation. So the difference of their accuracies shows
    overfitting, and not the effect of dropout or augmentation.

    Args:
        train, validation: The pictures.
        fabric: The device and the rank of the process.
    """
    rank, processes = fabric.global_rank, fabric.world_size
    return {
        name: Batches(part, together(part), fabric.device, rank=rank, processes=processes)
        for name, part in measured_parts(train, validation).items()
    }


def measured_parts(train: Labelled, validation: Labelled) -> dict[str, Labelled]:
    """Return the validation part and as many training pictures, by the name of the part; without empty ones."""
    chosen = torch.randperm(len(train), generator=torch.Generator().manual_seed(0))[: len(validation)]
    return {name: part for name, part in zip(PARTS, (train.take(chosen), validation), strict=True) if len(part)}
