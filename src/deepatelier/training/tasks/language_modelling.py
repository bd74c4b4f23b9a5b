"""Language modelling: predicting the next token of a text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from torch import Tensor
from torch.nn import functional
from torchmetrics import Metric

from deepatelier.networks.recurrent import State
from deepatelier.training.tasks.next_token import IGNORED, token_loss
from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.tasks.task import Networks, Task, Turn
from deepatelier.training.weighted_mean import WeightedMean

__all__ = ["LanguageModelling", "Piece"]


class Piece(NamedTuple):
    """A batch: the next piece of each stream of a text.

    Attributes:
        inputs: The numbers of the tokens, (B, T).
        targets: The numbers of the tokens that follow them, (B, T); `IGNORED` does not count.
        labels: The numbers of the classes, (B, T); None if the network has none.
        first: Whether it is the first piece of the streams, before which the state is zero.
    """

    inputs: Tensor
    targets: Tensor
    labels: Tensor | None
    first: bool


class LanguageModelling(Task):
    """Predict the next token: the loss is the mean of −ln p(x_{t+1} | x_1 … x_t).

    The backpropagation through time is truncated: the state is carried from piece to piece, but gradients end where a
    piece begins.

    Source: the lecture slides, 'Solutions to the vanishing/exploding gradient problems'; Williams and Peng, 'An
    Efficient Gradient-Based Algorithm for On-Line Training of Recurrent Network Trajectories' (1990).

    Args:
        token: What a token is, in the singular.

    Attributes:
        measure: The name of the metric: the loss in bits, loss / ln 2.
    """

    def __init__(self, token: str) -> None:
        self.measure = f"bits per {token}"
        self._measured: State | None = None

    def turns(self, networks: Networks, batch: Piece) -> Iterator[Turn]:
        """See `Task`."""
        state = None if batch.first else tuple(self.carried[name] for name in sorted(self.carried))
        logits, state = networks[NETWORK](batch.inputs, state, batch.labels)
        self.carried = {f"state {number}": each.detach() for number, each in enumerate(state)}
        yield Turn(NETWORK, token_loss(logits, batch.targets))

    def metrics(self) -> dict[str, Metric]:
        """See `Task`."""
        return {"loss": WeightedMean(), self.measure: WeightedMean()}

    def update(self, metrics: Mapping[str, Metric], networks: Networks, batch: Piece) -> None:
        """See `Task`. The pieces of a part follow each other."""
        state = None if batch.first else self._measured
        logits, self._measured = networks[NETWORK](batch.inputs, state, batch.labels)
        counted = batch.targets != IGNORED
        losses = functional.cross_entropy(logits[counted].float(), batch.targets[counted], reduction="none")
        metrics["loss"].update(losses)
        metrics[self.measure].update(losses / math.log(2))
