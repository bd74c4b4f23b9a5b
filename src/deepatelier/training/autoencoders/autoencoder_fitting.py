"""What the training of an autoencoder fits to what."""

from __future__ import annotations

from typing import Any

import torch

from deepatelier import networks
from deepatelier.data import Dataset, Labelled, Split
from deepatelier.devices import choose_device, choose_precision
from deepatelier.errors import OptionError
from deepatelier.inputs import Input
from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.networks.trained import Trained, save_trained
from deepatelier.training.autoencoders.autoencoder_job import AutoencoderJob, AutoencoderOptions
from deepatelier.training.autoencoders.code_sheets import CodeSheets, codes_of
from deepatelier.training.batches import Batches, together
from deepatelier.training.batches_of import measured_parts
from deepatelier.training.fitting import Fitting
from deepatelier.training.initial_network import normalization_of, resized
from deepatelier.training.parts import parts_of
from deepatelier.training.player_of import player_of
from deepatelier.training.tasks.denoising import Denoising
from deepatelier.training.tasks.reconstruction import AutoencoderTask, Reconstruction
from deepatelier.training.tasks.sparse_coding import SparseCoding
from deepatelier.training.tasks.variational import VariationalBound
from deepatelier.training.training_record import data_input, fingerprints
from deepatelier.training.training_steps import source_of

__all__ = ["autoencoder_task", "fitting", "pictures_input", "split_pictures"]

_DESCRIBED = 10_000
"""The maximum number of training pictures for the mean picture, and for the distribution of codes in the file."""


def autoencoder_task(options: AutoencoderOptions) -> AutoencoderTask:
    """Return the task, which follows from the network."""
    match options.network:
        case "autoencoder_denoising":
            return Denoising(options.noise, options.noise_level)
        case "autoencoder_sparse":
            return SparseCoding(options.sparsity)
        case "vae":
            return VariationalBound(options.beta)
        case _:
            return Reconstruction()


def split_pictures(options: AutoencoderOptions, dataset: Dataset) -> Split:
    """Return the parts of a data set, in a size that the network accepts.

    Raises:
        OptionError: The data set has no pictures, or a part is empty that is needed.
    """
    if dataset.contains == "pictures" and dataset.train.images.dtype != torch.uint8:
        raise OptionError(f"{dataset.name} contains no pictures. Give digits, mnist, or a folder of pictures.")
    return parts_of(resized(dataset, options.network), options)


def pictures_input(job: AutoencoderJob, dataset: Dataset, parts: Split) -> Input:
    """Return the name and the checksum of the pictures: of the user's file or folder, or of the parts of a data set."""
    return source_of(job.dataset) or data_input(dataset.name, fingerprints(parts))


def fitting(job: AutoencoderJob, dataset: Dataset) -> Fitting:
    """Return the network, the task and the batches of a training."""
    device, parts = choose_device(job.device), split_pictures(job, dataset)
    channels, side, _ = parts.train.images.shape[1:]
    options: dict[str, Any] = {**job.architecture, "in_channels": channels, "input_size": side}
    with torch.random.fork_rng():
        torch.manual_seed(job.seed)
        network = networks.build(job.network, **options)
    assert isinstance(network, Autoencoder)
    network.normalization = normalization_of(parts.train)
    some = parts.train.take(torch.arange(min(len(parts.train), _DESCRIBED)))
    network.start_from(some.pixels().mean(dim=0))
    size = len(parts.train) if job.batch_size == "all" else min(job.batch_size, len(parts.train))
    batches = Batches(parts.train, size, device, shuffled=True, seed=job.seed)
    measured = measured_parts(parts.train, parts.validation)
    task = autoencoder_task(job)
    about = Trained.normalized(
        network, network=job.network, options={**options, "code": network.code}, input_size=network.input_size
    )
    sheets = CodeSheets(network, parts.validation, parts.train, dataset.classes, task)
    return Fitting(
        title=f"{job.network} on {dataset.name}",
        task=task,
        player=player_of(network, job, size, len(batches)),
        batches=batches,
        measured={name: Batches(part, together(part), device) for name, part in measured.items()},
        measure=AutoencoderTask.measure,
        save=lambda: _saved(network, about, some),
        data=pictures_input(job, dataset, parts),
        details={
            "pictures": len(parts.train),
            "pictures for validation": len(parts.validation),
            "pictures for the test": len(parts.test),
            "numbers in a code": network.code,
        },
        device=device,
        precision=choose_precision(job.precision, device),
        notes=dataset.skipped,
        sample=sheets.files,
        views=sheets.views if job.frames else dict,
        frames=job.frames,
    )


def _saved(network: Autoencoder, about: Trained, pictures: Labelled) -> bytes:
    """Return the weights file, with the distribution of the codes of pictures."""
    network.eval()
    network.describe(codes_of(network, pictures))
    return save_trained(network, about)
