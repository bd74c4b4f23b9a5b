"""The options of a training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from deepatelier.errors import StateError
from deepatelier.inputs import DataInput, ModelInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import PresetOptions, Words, option

__all__ = [
    "AUGMENTATIONS",
    "OPTIMIZERS",
    "SCHEDULES",
    "Augmentation",
    "Optimizer",
    "Schedule",
    "TrainJob",
    "TrainingOptions",
]

Optimizer = Literal[
    "closed-form", "sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "airbench"
]
OPTIMIZERS: tuple[Optimizer, ...] = Optimizer.__args__  # type: ignore[attr-defined]
"""The optimisers by name."""

Schedule = Literal["constant", "step", "exponential", "cosine", "triangle", "plateau"]
SCHEDULES: tuple[Schedule, ...] = Schedule.__args__  # type: ignore[attr-defined]
"""The schedules of the learning rate by name."""

Augmentation = Literal["crop", "flip", "rotation", "translation", "cutout"]
AUGMENTATIONS: tuple[Augmentation, ...] = Augmentation.__args__  # type: ignore[attr-defined]
"""The changes of the pictures by name."""


class TrainingOptions(PresetOptions):
    """Options of `deepatelier.training.Training`."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "standard": {},
        "fast": {
            "network": "airbench",
            "epochs": 16,
            "progressive_resizing": 8,
            "batch_size": 512,
            "optimizer": "airbench",
            "momentum": 0.85,
            "schedule": "triangle",
            "label_smoothing": 0.2,
            "augment": ("flip", "crop"),
            "translation": 3 / 32,
            "precision": "auto",
            "validate_every": 1000,
            "views": 6,
        },
    }
    preset: str = option(
        "standard", "standard; or fast: few passes over pictures of about 32 x 32 pixels, bfloat16 where it is fast."
    )

    network: ModelInput | None = option(
        None,
        "The network, by name. Default: mlp for small grey pictures, digits_conv32 for others, resnet20 for colours.",
    )
    initialization: str | None = option(None, "How its weights begin, by name. Default: the network's own.")
    weights: ModelInput | None = option(
        None, "Begin with these pretrained weights: a name, a file, or a training's folder; the last layer is new."
    )
    head_epochs: int = option(
        0,
        "With --weights: first train the new layer alone so many epochs, on features found once; if all layers follow, "
        "at the optimiser's usual learning rate.",
        ge=0,
        le=10_000,
    )
    dropout: float = option(0.0, "Probability at which a unit is left out in training.", ge=0, le=0.95)
    batch_norm: bool = option(False, "Batch normalisation, in networks that have it as a choice.")

    size: int | None = option(
        None, "Height and width of your own pictures. Default: their own, or the network's.", ge=4, le=1024
    )
    classes: Annotated[tuple[str, ...], Words] = option((), "Only the pictures of these classes.")
    validation: float = option(
        0.2, "Part of the training pictures to validate with: a share below 1, or a number.", ge=0
    )
    test: float = option(
        0.2, "Part to test with, for data without test pictures of its own: a share or a number.", ge=0
    )
    split: Literal["random", "ordered"] = option(
        "random", "random: each class in the same proportion. ordered: the last ones validate."
    )
    limit: int | None = option(None, "Train on so many pictures only.", ge=1)

    loss: Literal["cross-entropy", "squared"] = option("cross-entropy", "What is made small, for classes.")
    label_smoothing: float = option(0.0, "Share of the target that is spread over all classes.", ge=0, le=0.9)
    l1: float = option(0.0, "Weight of Σ|w| over all weights but biases and the scales of normalisations.", ge=0)
    l2: float = option(0.0, "Weight of Σw² over all weights but biases and the scales of normalisations.", ge=0)
    augment: Annotated[tuple[Augmentation, ...], Words] = option(
        (), "Random changes of the training pictures: crop, flip, rotation, translation, cutout."
    )
    rotation: float = option(15.0, "Largest angle of a rotation, in degrees.", ge=0, le=180)
    translation: float = option(0.125, "Largest shift, and the border of a crop: a share of the side.", ge=0, le=0.5)
    cutout: float = option(0.25, "Side of the square that is cut out: a share of the side.", gt=0, le=1)
    early_stopping: int | None = option(
        None, "End when validation has not become better for so many epochs, and keep the best weights.", ge=1
    )
    tolerance: float = option(0.0, "What counts as better for early stopping, as a difference of the loss.", ge=0)

    optimizer: Optimizer = option("adam", "How the weights move.")
    learning_rate: float | None = option(None, "Length of a step. Default: the optimiser's usual one.", gt=0, le=1e6)
    momentum: float = option(0.9, "Of momentum, nesterov and airbench.", ge=0, le=0.9999)
    schedule: Schedule = option("cosine", "How the learning rate changes.")
    warm_up: float = option(0.0, "Epochs in which it rises to its full height.", ge=0)
    clip_gradient: float | None = option(None, "Largest norm of the gradient; a longer one is made shorter.", gt=0)

    epochs: int = option(10, "Passes over the training pictures; 0 after --head-epochs alone.", ge=0, le=1_000_000)
    progressive_resizing: int = option(
        0, "First epochs in which pictures have three quarters of their height and width, which is faster.", ge=0
    )
    batch_size: Annotated[int | Literal["all"], Field(union_mode="left_to_right")] = option(
        128, "Pictures in a step: 1 is stochastic, all is batch gradient descent."
    )
    validate_every: int = option(1, "Validate after each so many epochs, and after the last.", ge=1)
    views: Literal[1, 2, 6] = option(
        1, "Views of a picture whose scores are averaged: itself, its mirror image, and both moved a pixel twice."
    )

    seed: int = option(0, "Of the random numbers.", ge=0, le=2**32 - 1)
    device: str = option("auto", "auto, cpu, cuda, cuda:1, mps.")
    precision: Literal["auto", "float32", "bfloat16"] = option(
        "float32", "Number format in the network; auto is bfloat16 where the machine computes in it."
    )
    processes: int = option(1, "Processes that share each batch.", ge=1, le=64)


class TrainJob(Job, TrainingOptions):
    """Fit a network to pictures: weights, learning curves and their record."""

    kind: ClassVar = "train"
    example: ClassVar = "atelier train digits --network mlp -o run"
    arguments: ClassVar = ("dataset",)
    outputs: ClassVar = {
        "folder": Output(
            "folder", "", "The folder to write: weights, curves, history, record. Default: runs/DATASET-NETWORK."
        )
    }

    dataset: DataInput = Field(
        description="digits, mnist, fashion-mnist, cifar10, eyes, line; or a folder (or .tar, .tar.gz) with one folder "
        "a class."
    )
    data_dir: DataInput | None = option(
        None, "Where the files of mnist, fashion-mnist or cifar10 are. Default: they are fetched."
    )
    tensorboard: bool = option(False, "Write what is measured for TensorBoard too.")
    resume: bool = Field(False, exclude=True, description="Go on with the training in the folder.")

    def plan(self, context: Context) -> Plan:
        """See `Job`."""
        from deepatelier.training.working import prepared

        return Plan(prepared(self, context).planned)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. A training goes on from the checkpoint in its folder: see ``resume``."""
        from deepatelier.jobs import isolated
        from deepatelier.training.working import trained

        if state is not None:
            raise StateError("A training goes on from the checkpoint in its folder: set resume.")
        result = yield from isolated(trained(self, context), self.seed)
        return result

    def default_folder(self, context: Context) -> Path:
        """The first free one of runs/DATASET-NETWORK, runs/DATASET-NETWORK-2 … Opens the data set."""
        from deepatelier.training.working import default_folder

        return default_folder(self, context)
