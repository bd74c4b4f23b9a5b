"""The options of all trainings on texts and series."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from deepatelier.options import option
from deepatelier.training.fit_options import DropoutOptions, FitOptions

__all__ = ["SequenceOptions", "TextOptions"]


class SequenceOptions(DropoutOptions, FitOptions):
    """Options of a recurrent network and of the data for it."""

    network: Literal["rnn", "lstm", "lstm_peephole", "lstm_peephole_diagonal", "gru", "gru_reset_before"] = option(
        "lstm", "The recurrent layers."
    )
    width: int = option(256, "The number of units of a recurrent layer, in one direction.", ge=1, le=8192)
    layers: int = option(1, "The number of recurrent layers.", ge=1, le=64)
    clip_gradient: float | None = option(1.0, "The maximum norm of the gradient; a larger one is scaled down.", gt=0)
    learning_rate: float | None = option(2e-3, "The learning rate.", gt=0, le=1e6)
    epochs: int = option(10, "The number of epochs.", ge=1)
    validation: float = option(0.1, "The fraction of the data that is held out to choose a model, below 1.", ge=0)
    test: float = option(0.1, "The fraction of the data that is held out for one test at the end, below 1.", ge=0)
    limit: int | None = option(None, "The maximum number of training examples.", ge=1)

    @field_validator("validation", "test")
    @classmethod
    def _is_a_fraction(cls, part: float) -> float:
        if part >= 1:
            raise ValueError("a part of the data is a fraction below 1")
        return part


class TextOptions(SequenceOptions):
    """Options of a network that reads text."""

    embedding: int = option(64, "The number of dimensions of a token's vector, which is learnt.", ge=1, le=8192)
    most: int | None = option(None, "The maximum number of different tokens, the most frequent ones.", ge=1)
    at_least: int = option(1, "The number of times that a token must occur in the training part to be known.", ge=1)
