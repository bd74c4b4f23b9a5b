"""The evaluation of an autoencoder on a part of a data set, beside principal components or classical filters."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from deepatelier import networks
from deepatelier.data import Dataset, Labelled
from deepatelier.devices import choose_device
from deepatelier.errors import OptionError
from deepatelier.jobs import Measures, PictureProduct
from deepatelier.networks.autoencoders import Autoencoder
from deepatelier.networks.sequence_models import run_input
from deepatelier.training.autoencoders.autoencoder_fitting import autoencoder_task, pictures_input, split_pictures
from deepatelier.training.autoencoders.autoencoder_job import AutoencoderJob
from deepatelier.training.autoencoders.classical_denoising import best_filters
from deepatelier.training.autoencoders.code_sheets import codes_of, pictures_of, worst_reconstructions
from deepatelier.training.autoencoders.principal_components import PrincipalComponents
from deepatelier.training.evaluated import Evaluated, is_training_data, other_data
from deepatelier.training.tasks.denoising import Denoising, noisy_with_seed

__all__ = ["NOISE_LEVEL", "evaluated", "open_autoencoder"]

NOISE_LEVEL = 0.5
"""The level of the noise in the evaluation of denoising."""

_DENOISED, _CHOSEN = 1000, 200
"""The maximum number of pictures on which filters are compared, and on which their parameters are chosen."""


def open_autoencoder(folder: Path | str, device: torch.device) -> Autoencoder:
    """Return the autoencoder of a run folder, in evaluation mode.

    Raises:
        OptionError: The run is of another network.
        WeightsError: The weights are missing or damaged.
    """
    network = networks.build(str(folder))
    if not isinstance(network, Autoencoder):
        raise OptionError(
            f"{folder} has no autoencoder, but {type(network).__name__}. Train one: atelier train DATA --network "
            f"autoencoder_conv."
        )
    return network.to(device).eval()


def evaluated(job: AutoencoderJob, dataset: Dataset, folder: Path, part: str) -> Evaluated:
    """Return the mean squared error of the pixels of a part, beside those of other methods.

    The others are principal components, as many as there are numbers in a code; of denoising, classical filters with
    the parameters that are best on the validation part.

    Raises:
        OptionError: The part is empty, or the pictures have another shape.
    """
    network = open_autoencoder(folder, choose_device(job.device))
    if dataset.shape[0] != network.input_size[0]:
        raise OptionError(f"{folder} takes {network.input_size[0]} channels; {dataset.name} has {dataset.shape[0]}.")
    parts = split_pictures(job, dataset)
    source = pictures_input(job, dataset, parts)
    own = is_training_data(source, folder)
    chosen: Labelled = parts._asdict()[part] if own else parts.train if dataset.test is None else parts.test
    if not len(chosen):
        raise OptionError(f"The training in {folder} has held out no {part} part. Train with a --{part} above 0.")
    if tuple(chosen.images.shape[1:]) != network.input_size:
        sizes = (" x ".join(map(str, each[1:])) for each in (network.input_size, chosen.images.shape[1:]))
        raise OptionError("{} takes pictures of {} pixels, but these have {}.".format(folder, *sizes))
    task = autoencoder_task(job)
    if isinstance(task, Denoising):
        chosen = chosen.take(torch.arange(min(len(chosen), _DENOISED)))
    pixels = chosen.pixels()
    given = _with_noise(pixels, task) if isinstance(task, Denoising) else pixels
    codes = codes_of(network, given)
    made = pictures_of(network, codes)
    error = _error(made, pixels)
    rows: dict[str, dict[str, float | str]] = {str(job.network): {"squared error": error, "parameter": ""}}
    if isinstance(task, Denoising):
        held_out = parts.validation if len(parts.validation) else parts.train
        few = held_out.take(torch.arange(min(len(held_out), _CHOSEN))).pixels()
        rows["the noisy pictures"] = {"squared error": _error(given.clamp(0, 1), pixels), "parameter": ""}
        for name, best in best_filters(_with_noise(few, task), few).items():
            rows[name] = {"squared error": _error(best.of(given), pixels), "parameter": str(best.parameter)}
    elif network.code < min(len(parts.train), pixels[0].numel()):
        components = PrincipalComponents(parts.train.pixels(), network.code)
        error_of_components = _error(components.reconstructed(pixels), pixels)
        rows[f"{network.code} principal components"] = {"squared error": error_of_components, "parameter": ""}
    measures: Measures = {"pictures": len(chosen), "squared error": error}
    measures |= {f"squared error of {name}": float(row["squared error"]) for name, row in list(rows.items())[1:]}
    measures["share of zeros in a code"] = (codes == 0).double().mean().item()
    return Evaluated(
        part=part if own else "all",
        dataset=dataset.name,
        network=str(job.network),
        measures=measures,
        rows=rows,
        inputs={"training": run_input(folder), "dataset": source},
        files={"reconstructions": PictureProduct(worst_reconstructions(pixels, given, made))},
        notes=() if own else (other_data(len(chosen), "pictures"),),
    )


def _with_noise(pixels: Tensor, task: Denoising) -> Tensor:
    return noisy_with_seed(pixels, task.noise, NOISE_LEVEL, seed=1)


def _error(pictures: Tensor, targets: Tensor) -> float:
    return (pictures - targets).double().square().mean().item()
