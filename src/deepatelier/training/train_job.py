"""The options and the job of a training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from deepatelier.inputs import DataInput, ModelInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import Words, option
from deepatelier.training.fit_options import DropoutOptions, FitOptions, SeedOptions

__all__ = [
    "AUGMENTATIONS",
    "DATASET",
    "DATA_DIR",
    "Augmentation",
    "DataOptions",
    "TrainJob",
    "TrainingOptions",
]

Augmentation = Literal["crop", "flip", "rotation", "translation", "cutout"]
AUGMENTATIONS: tuple[Augmentation, ...] = Augmentation.__args__  # type: ignore[attr-defined]
"""The names of the augmentations."""


DATASET = (
    "digits, mnist, fashion-mnist, cifar10, eyes, line, adding; or a folder (or .tar, .tar.gz) with one subfolder per "
    "class."
)
"""The help text of the argument for a data set."""

DATA_DIR = "The folder with the files of mnist, fashion-mnist or cifar10. Default: they are downloaded."
"""The help text of the option for the data set's folder."""


class DataOptions(SeedOptions):
    """Options for opening and splitting a data set."""

    size: int | None = option(
        None,
        "The height and width to which your own pictures are resized. Default: their own size; or the network's input "
        "size, if they are larger or differ in size.",
        ge=4,
        le=1024,
    )
    length: int | None = option(None, "The length of the sequences of adding. Default: 150.", ge=2, le=2000)
    classes: Annotated[tuple[str, ...], Words] = option((), "The classes to use. Default: all.")
    validation: float = option(
        0.2, "The size of the validation part: a fraction of the training pictures below 1, or a number.", ge=0
    )
    test: float = option(
        0.2, "The size of the test part, for data without its own test pictures: a fraction or a number.", ge=0
    )
    split: Literal["random", "ordered"] = option(
        "random", "The split: random (stratified by class), or ordered (the last pictures are held out)."
    )
    limit: int | None = option(None, "The maximum number of training pictures.", ge=1)


class TrainingOptions(DataOptions, DropoutOptions, FitOptions):
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
        "standard",
        "The preset: standard; or fast, few epochs on pictures of about 32 x 32 pixels, in bfloat16 where it is fast.",
    )

    network: ModelInput | None = option(
        None,
        "The name of the network. Default: mlp for small grey pictures, digits_conv32 for larger ones, resnet20 for "
        "colour pictures, lstm for sequences.",
    )
    initialization: str | None = option(
        None, "The initialization scheme of the weights, by name. Default: the network's own."
    )
    weights: ModelInput | None = option(
        None, "Pretrained weights to fine-tune: a name, a file, or a run folder. The last layer is always new."
    )
    head_epochs: int = option(
        0,
        "With --weights: the number of epochs that first train only the new head, on features computed once. If all "
        "layers are trained afterwards, the head is trained at the optimizer's default learning rate.",
        ge=0,
        le=10_000,
    )
    width: int | None = option(
        None, "The number of units of a recurrent layer, in one direction. Default: 128.", ge=1, le=8192
    )
    layers: int | None = option(None, "The number of recurrent layers. Default: 1.", ge=1, le=64)
    bidirectional: bool = option(False, "Read sequences in both directions, in recurrent networks.")
    batch_norm: bool = option(False, "Use batch normalization, in networks where it is optional.")

    loss: Literal["cross-entropy", "squared"] = option("cross-entropy", "The loss of a classification.")
    label_smoothing: float = option(
        0.0, "The label smoothing: the share of the target that is spread over all classes.", ge=0, le=0.9
    )
    augment: Annotated[tuple[Augmentation, ...], Words] = option(
        (), "The augmentation of the training pictures: crop, flip, rotation, translation, cutout."
    )
    rotation: float = option(15.0, "The maximum angle of a rotation, in degrees.", ge=0, le=180)
    translation: float = option(
        0.125, "The maximum shift of a translation and the padding of a crop, relative to the side.", ge=0, le=0.5
    )
    cutout: float = option(0.25, "The side of the erased square, relative to the picture's.", gt=0, le=1)
    truncate: int | None = option(
        None,
        "The number of last steps of a sequence through which the gradient flows (truncated backpropagation through "
        "time). Default: all.",
        ge=1,
    )
    progressive_resizing: int = option(
        0,
        "The number of first epochs with pictures of three quarters of their height and width, which are faster.",
        ge=0,
    )
    validate_every: int = option(
        1, "The number of epochs from one validation to the next. The last epoch is always validated.", ge=1
    )
    views: Literal[1, 2, 6] = option(
        1,
        "The number of views over which scores are averaged in evaluation: 1 (the picture), 2 (also its mirror image), "
        "6 (also both of them shifted by one pixel in two directions).",
    )

    precision: Literal["auto", "float32", "bfloat16"] = option(
        "float32", "The number format in the network; auto is bfloat16 on hardware that computes in it."
    )
    processes: int = option(1, "The number of processes that share each batch.", ge=1, le=64)


class TrainJob(Job, TrainingOptions):
    """Train a network on pictures or sequences, and write its weights, learning curves and record."""

    kind: ClassVar = "train"
    example: ClassVar = "atelier train digits --network mlp -o run"
    arguments: ClassVar = ("dataset",)
    outputs: ClassVar = {
        "folder": Output(
            "folder", "", "The run folder to write: weights, curves, history, record. Default: runs/DATASET-NETWORK."
        )
    }

    dataset: DataInput = Field(description=DATASET)
    data_dir: DataInput | None = option(None, DATA_DIR)
    tensorboard: bool = option(False, "Write the measures for TensorBoard as well.")
    resume: bool = Field(False, exclude=True, description="Resume the training in the run folder.")

    def plan(self, context: Context) -> Plan:
        """See `Job`."""
        from deepatelier.training.training_steps import prepared

        return Plan(prepared(self, context).planned)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. With ``resume``, it continues from the checkpoint in its run folder."""
        from deepatelier.jobs import isolated
        from deepatelier.training.training_steps import trained

        result = yield from isolated(trained(self, context, state), self.seed)
        return result

    def default_folder(self, context: Context) -> Path:
        """Return the first free folder of runs/DATASET-NETWORK, runs/DATASET-NETWORK-2 … Opens the data set."""
        from deepatelier.training.training_steps import default_folder

        return default_folder(self, context)
