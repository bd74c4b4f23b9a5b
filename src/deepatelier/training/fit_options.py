"""The options of every training: optimizer, schedule, clipping, penalties, early stopping."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deepatelier.options import PresetOptions, option

__all__ = ["OPTIMIZERS", "SCHEDULES", "DropoutOptions", "FitOptions", "Optimizer", "Schedule", "SeedOptions"]

Optimizer = Literal["sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "airbench"]
OPTIMIZERS: tuple[Optimizer, ...] = Optimizer.__args__  # type: ignore[attr-defined]
"""The names of the optimizers."""

Schedule = Literal["constant", "step", "exponential", "cosine", "triangle", "plateau"]
SCHEDULES: tuple[Schedule, ...] = Schedule.__args__  # type: ignore[attr-defined]
"""The names of the learning rate schedules."""


class SeedOptions(PresetOptions):
    """The seed of everything random in a training."""

    seed: int = option(0, "The random seed.", ge=0, le=2**32 - 1)


class DropoutOptions(PresetOptions):
    """The dropout of a network."""

    dropout: float = option(0.0, "The dropout probability.", ge=0, le=0.95)


class FitOptions(SeedOptions):
    """Options of fitting a network to data, whatever they are."""

    l1: float = option(
        0.0, "The weight of the penalty Σ|w|, over all weights except biases and the scales of normalizations.", ge=0
    )
    l2: float = option(
        0.0,
        "The weight of the penalty Σw², over the same weights as --l1. With adamw, it is decoupled weight decay.",
        ge=0,
    )
    early_stopping: int | None = option(
        None,
        "Stop after this number of epochs without a better validation loss, and keep the best weights.",
        ge=1,
    )
    tolerance: float = option(
        0.0, "The minimum decrease of the validation loss that counts as better for --early-stopping.", ge=0
    )

    optimizer: Optimizer = option("adam", "The optimizer.")
    learning_rate: float | None = option(None, "The learning rate. Default: the optimizer's own.", gt=0, le=1e6)
    momentum: float = option(0.9, "The momentum of the optimizers momentum, nesterov and airbench.", ge=0, le=0.9999)
    schedule: Schedule = option("cosine", "The learning rate schedule.")
    warm_up: float = option(0.0, "The number of first epochs in which the learning rate rises linearly.", ge=0)
    clip_gradient: float | None = option(None, "The maximum norm of the gradient; a larger one is scaled down.", gt=0)
    clip_value: float | None = option(
        None, "The maximum absolute value of an element of the gradient; a larger one is set to it.", gt=0
    )

    epochs: int = option(10, "The number of epochs. With --head-epochs, 0 trains only the head.", ge=0, le=1_000_000)
    batch_size: Annotated[Annotated[int, Field(ge=1)] | Literal["all"], Field(union_mode="left_to_right")] = option(
        128, "The batch size: 1 is stochastic gradient descent, all is batch gradient descent."
    )
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")
