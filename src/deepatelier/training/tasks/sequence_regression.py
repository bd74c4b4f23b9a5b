"""Regression of values of a sequence."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from deepatelier.training.tasks.regression import Regression
from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.tasks.task import Networks, Turn

__all__ = ["SequenceRegression"]


class SequenceRegression(Regression):
    """Regression of values at the end of a sequence, with truncated backpropagation through time.

    Source: the lecture slides, 'Solutions to the vanishing/exploding gradient problems'.

    Args:
        values: The names of the values.
        truncate: The number of last steps through which the gradient flows; None is all.
    """

    def __init__(self, values: tuple[str, ...], truncate: int | None = None) -> None:
        super().__init__(values)
        self.truncate = truncate

    def turns(self, networks: Networks, batch: tuple[Tensor, Tensor]) -> Iterator[Turn]:
        """See `Task`."""
        sequences, targets = batch
        yield Turn(NETWORK, self.loss(networks[NETWORK](sequences, truncate=self.truncate), targets))
