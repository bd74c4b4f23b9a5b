"""The options and the job of training an autoencoder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from deepatelier.inputs import DataInput
from deepatelier.jobs import Choice, Context, Output
from deepatelier.options import option
from deepatelier.training.fit_options import FitOptions
from deepatelier.training.fitting_job import FittingJob
from deepatelier.training.train_job import DATA_DIR, DataOptions

if TYPE_CHECKING:
    from deepatelier.data import Dataset
    from deepatelier.training.evaluated import Evaluated
    from deepatelier.training.fitting import Fitting

__all__ = ["AUTOENCODERS", "PICTURES", "AutoencoderJob", "AutoencoderName", "AutoencoderOptions"]

AutoencoderName = Literal["autoencoder", "autoencoder_conv", "autoencoder_denoising", "autoencoder_sparse", "vae"]
AUTOENCODERS: tuple[AutoencoderName, ...] = AutoencoderName.__args__  # type: ignore[attr-defined]
"""The names of the autoencoders."""

_USED_BY: dict[str, tuple[AutoencoderName, ...]] = {
    "upsampling": ("autoencoder_conv", "autoencoder_denoising", "vae"),
    "noise": ("autoencoder_denoising",),
    "noise_level": ("autoencoder_denoising",),
    "sparsity": ("autoencoder_sparse",),
    "beta": ("vae",),
}

PICTURES = "digits, mnist, fashion-mnist, cifar10, eyes; or a folder (or .tar, .tar.gz) of pictures"
"""The help text of the argument for pictures."""


class AutoencoderOptions(DataOptions, FitOptions):
    """Options of `deepatelier.training.autoencoders.autoencoder_fitting`."""

    network: AutoencoderName = option(
        "autoencoder_conv",
        "The autoencoder: dense, convolutional, denoising, sparse or variational. The task follows from it.",
    )
    code: int | None = option(
        None, "The number of numbers in a code. Default: 32; of autoencoder_sparse 256.", ge=1, le=8192
    )
    upsampling: Literal["resize", "transposed"] = option(
        "resize",
        "How a convolutional decoder enlarges: resize (nearest neighbours, then a convolution), or transposed "
        "convolution.",
    )
    noise: Literal["gaussian", "masking"] = option(
        "gaussian", "The noise that autoencoder_denoising learns to remove; masking sets pixels to 0."
    )
    noise_level: float = option(
        0.8,
        "The highest level of this noise in training: the standard deviation, or the probability of masking. Each "
        "picture has a level from 0 to this.",
        gt=0,
        le=2,
    )
    sparsity: float = option(0.1, "The weight of the penalty on the absolute values of a code.", ge=0)
    beta: float = option(0.2, "The weight of the divergence in the loss of vae.", ge=0)
    epochs: int = option(20, "The number of epochs.", ge=1)
    learning_rate: float | None = option(1e-3, "The learning rate.", gt=0, le=1e6)
    validation: float = option(
        0.1, "The size of the validation part: a fraction of the training pictures below 1, or a number.", ge=0
    )
    precision: Literal["auto", "float32", "bfloat16"] = option(
        "float32", "The number format in the network; auto is bfloat16 on hardware that computes in it."
    )
    frames: int = option(40, "The number of frames of the films over the training; 0 for no films.", ge=0, le=1000)

    @model_validator(mode="after")
    def _options_have_an_effect(self) -> Self:
        for name, networks in _USED_BY.items():
            default = type(self).model_fields[name].default
            if self.network not in networks and getattr(self, name) != default:
                flag = name.replace("_", "-")
                raise ValueError(f"--{flag} has no effect on {self.network}. It is for {', '.join(networks)}")
        return self

    @property
    def architecture(self) -> dict[str, Any]:
        """The options of the network that do not depend on the pictures."""
        given: dict[str, Any] = {} if self.code is None else {"code": self.code}
        return given | ({"upsampling": self.upsampling} if self.network in _USED_BY["upsampling"] else {})


class AutoencoderJob(FittingJob, AutoencoderOptions):
    """Train an autoencoder: a network that compresses a picture into a code, and makes the picture again from it."""

    kind: ClassVar = "train/autoencoder"
    example: ClassVar = "atelier train digits --network autoencoder_conv --code 8 -o run"
    choice: ClassVar = Choice(
        "task",
        "reconstruct",
        f"reconstruct: make pictures again from their codes, by --network {' or '.join(AUTOENCODERS)} ({PICTURES}).",
    )
    then: ClassVar = ("evaluate {folder} {dataset}", "decode {folder} -o sheet.png")
    outputs: ClassVar = {
        "folder": Output(
            "folder",
            "",
            "The run folder to write: weights, curves, history, sheets, films, record. Default: runs/DATASET-NETWORK.",
        )
    }

    dataset: DataInput = Field(description=f"{PICTURES}.")
    data_dir: DataInput | None = option(None, DATA_DIR)

    def fitting(self, context: Context) -> Fitting:
        """See `FittingJob`. Reads the pictures."""
        from deepatelier.training.autoencoders.autoencoder_fitting import fitting

        return fitting(self, self.opened(context))

    def name(self, context: Context) -> str:
        """See `FittingJob`."""
        return f"{self.opened(context).name}-{self.network}"

    def evaluated(self, folder: Path, part: str, context: Context) -> Evaluated:
        """See `FittingJob`."""
        from deepatelier.training.autoencoders.autoencoder_evaluation import evaluated

        return evaluated(self, self.opened(context), folder, part)

    def opened(self, context: Context) -> Dataset:
        """Return the pictures."""
        from deepatelier.training.initial_network import size_of
        from deepatelier.training.training_steps import opened

        return opened(self.dataset, self.data_dir, self, size_of(self.network), context, labelled=False)
