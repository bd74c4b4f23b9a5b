"""Skip-gram: a vector for each word from which the words beside it are predicted."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["SkipGram"]


class SkipGram(nn.Module):
    """The vectors v of words as centers and u of words as contexts. The score of a pair is u·v.

    Input: the numbers of centers, (C,); those of contexts, (P,); for each context the place of its center, (P,); those
    of noise words, (N,). Output: the scores u·v of each context with its center, (P,), and of each noise word with each
    center, (C, N).

    Source: Mikolov, Sutskever, Chen, Corrado and Dean, 'Distributed Representations of Words and Phrases and their
    Compositionality' (2013), section 2.2. As in their program, u starts from 0, and v uniform in ±1/(2·dimensions).

    Args:
        words: The size of the vocabulary.
        dimensions: The number of dimensions of a vector.
        generator: Draws the initial vectors.
    """

    def __init__(self, words: int, dimensions: int, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.centers = nn.Parameter((torch.rand(words, dimensions, generator=generator) - 0.5) / dimensions)
        self.contexts = nn.Parameter(torch.zeros(words, dimensions))

    def forward(self, centers: Tensor, contexts: Tensor, owners: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        v = functional.embedding(centers, self.centers)  # (C, D)
        u = functional.embedding(contexts, self.contexts)  # (P, D)
        scores = (v.index_select(0, owners) * u).sum(dim=1)
        return scores, v @ functional.embedding(noise, self.contexts).T
