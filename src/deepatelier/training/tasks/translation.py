"""Translation: the next token of the target, given the source and the tokens before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from torch import Tensor
from torchmetrics import Metric

from deepatelier.training.tasks.next_token import IGNORED, token_loss
from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.tasks.task import Networks, Task, Turn
from deepatelier.training.weighted_mean import WeightedMean

__all__ = ["SourcesAndTargets", "Translation"]


class SourcesAndTargets(NamedTuple):
    """A batch of pairs.

    Attributes:
        sources: The numbers of the sources' tokens, (B, S).
        lengths: The lengths of the sources, (B,).
        before: The tokens of the targets that precede each token, (B, T).
        targets: The tokens of the targets with their end, (B, T); `IGNORED` after the end.
    """

    sources: Tensor
    lengths: Tensor
    before: Tensor
    targets: Tensor


class Translation(Task):
    """Minimize the mean of −log p(y_t | y_1 … y_(t−1), x) over all tokens y_t of the targets in a batch.

    The network gets the true tokens before y_t (teacher forcing), in training and for the metrics.

    Source: Sutskever, Vinyals and Le, 'Sequence to Sequence Learning with Neural Networks' (2014), section 3.2.

    Departures from the source: the mean is over tokens and not over sentences.
    """

    measure = "token accuracy"
    """The fraction of tokens to which the network gives the highest probability, given the true tokens before them."""

    def turns(self, networks: Networks, batch: SourcesAndTargets) -> Iterator[Turn]:
        """See `Task`."""
        logits, _ = networks[NETWORK](batch.sources, batch.lengths, batch.before)
        yield Turn(NETWORK, token_loss(logits, batch.targets))

    def metrics(self) -> dict[str, Metric]:
        """See `Task`."""
        return {"loss": WeightedMean(), self.measure: WeightedMean()}

    def update(self, metrics: Mapping[str, Metric], networks: Networks, batch: SourcesAndTargets) -> None:
        """See `Task`. Each token counts once."""
        logits, _ = networks[NETWORK](batch.sources, batch.lengths, batch.before)
        counted = batch.targets != IGNORED
        metrics["loss"].update(token_loss(logits, batch.targets), counted.sum())
        metrics[self.measure].update((logits.argmax(dim=-1) == batch.targets)[counted].float())
