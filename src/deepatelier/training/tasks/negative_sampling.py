"""Word vectors by skip-gram with negative sampling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from torch import Tensor
from torch.nn import functional
from torchmetrics import Metric

from deepatelier.training.tasks.supervised import NETWORK
from deepatelier.training.tasks.task import Networks, Task, Turn
from deepatelier.training.weighted_mean import WeightedMean

__all__ = ["NegativeSampling", "Surroundings"]


class Surroundings(NamedTuple):
    """A batch: words of a text with the words around them, and noise words.

    Attributes:
        centers: The numbers of the words, (C,).
        contexts: The numbers of the words around them, (P,).
        owners: For each of these the place of its center in ``centers``, (P,).
        noise: The numbers of words that were drawn at random, (N,).
    """

    centers: Tensor
    contexts: Tensor
    owners: Tensor
    noise: Tensor


class NegativeSampling(Task):
    """Tell the words around a word from noise words, by logistic regression on the scores u·v.

    The loss is the mean of −log σ(u_o·v_c) − k·E[log σ(−u_w·v_c)] over all pairs of a center c and a context o, with
    the expectation over noise words w.

    Source: Mikolov et al., 'Distributed Representations of Words and Phrases and their Compositionality' (2013),
    equation 4.

    Departures from the source: the expectation is the mean over the noise words of the batch, which all its pairs
    share, instead of over k words for each pair. It has the same value on average, and is a product of two matrices.

    Args:
        negatives: k.
    """

    measure = "accuracy"
    """The fraction of pairs of a context and a noise word in which the context has the higher score."""

    def __init__(self, negatives: float) -> None:
        self.negatives = negatives

    def turns(self, networks: Networks, batch: Surroundings) -> Iterator[Turn]:
        """See `Task`."""
        scores, noise = networks[NETWORK](*batch)
        yield Turn(NETWORK, self.loss(scores, noise, batch))

    def loss(self, scores: Tensor, noise: Tensor, batch: Surroundings) -> Tensor:
        """Return the loss of a batch, (), from the scores of contexts, (P,), and of noise words, (C, N)."""
        pairs = batch.owners.bincount(minlength=len(batch.centers))  # of each center
        against = self.negatives * (functional.softplus(noise).mean(dim=1) * pairs).sum()
        total: Tensor = functional.softplus(-scores).sum() + against
        return total / max(1, len(scores))

    def metrics(self) -> dict[str, Metric]:
        """See `Task`."""
        return {"loss": WeightedMean(), self.measure: WeightedMean()}

    def update(self, metrics: Mapping[str, Metric], networks: Networks, batch: Surroundings) -> None:
        """See `Task`."""
        scores, noise = networks[NETWORK](*batch)
        metrics["loss"].update(self.loss(scores, noise, batch), len(scores))
        higher = (scores[:, None] > noise.index_select(0, batch.owners)).float()
        metrics[self.measure].update(higher.mean(dim=1))
