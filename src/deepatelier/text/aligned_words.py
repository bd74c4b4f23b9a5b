"""Which token of a source translates to which token of a target, from pairs of texts alone."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["AlignedWords", "lexicon"]

_ITERATIONS = 5
"""The number of iterations of EM, after which the probabilities hardly change."""


class AlignedWords:
    """The pairs of a source and a target token that are in the same pair of texts, with all that EM needs.

    Args:
        sources: The tokens of each source.
        targets: Those of each target.

    Attributes:
        words: The different tokens of sources, and of targets.
        sources, targets: The index of the source token and of the target token of each pair of tokens, (pairs,).
    """

    def __init__(self, sources: Sequence[Sequence[Hashable]], targets: Sequence[Sequence[Hashable]]) -> None:
        self.words = [list(dict.fromkeys(word for text in side for word in text)) for side in (sources, targets)]
        numbers = [{word: number for number, word in enumerate(words)} for words in self.words]
        keys, owners, place = [], [], 0
        for one, other in zip(sources, targets, strict=True):
            e = np.array([numbers[0][word] for word in one])
            f = np.array([numbers[1][word] for word in other])
            keys.append((e[:, None] * len(self.words[1]) + f).ravel())
            owners.append(np.tile(np.arange(place, place + len(f)), len(e)))
            place += len(f)
        self.keys, self.pair = np.unique(np.concatenate(keys), return_inverse=True)
        self.owners = np.concatenate(owners).astype(np.int32)
        self.sources, self.targets = np.divmod(self.keys, len(self.words[1]))

    def probabilities(self, iterations: int = _ITERATIONS) -> NDArray[np.float64]:
        """Return p(f|e) of each pair of tokens, (pairs,), by IBM model 1.

        In each iteration of EM, p(f|e) ∝ Σ over pairs of texts of p(f|e) / Σ over the e' of the source of p(f|e').

        Source: Brown, Della Pietra, Della Pietra and Mercer, 'The Mathematics of Statistical Machine Translation'
        (1993), section 4.1.
        """
        p = np.ones(len(self.keys))
        for _ in range(iterations):
            each = p[self.pair]
            counts = np.bincount(self.pair, each / np.bincount(self.owners, each)[self.owners])
            p = counts / np.bincount(self.sources, counts)[self.sources]
        return p


def lexicon(
    sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], known: int, most: int
) -> tuple[Tensor, Tensor]:
    """Return the most probable target tokens of each source token, and their probabilities, (known, most) each.

    Missing entries are the token 0 with the probability 0.

    Args:
        sources: The numbers of the tokens of each source.
        targets: Those of each target.
        known: The number of different source tokens.
        most: The maximum number of target tokens of a source token.
    """
    aligned = AlignedWords(sources, targets)
    p = aligned.probabilities()
    order = np.lexsort((-p, aligned.sources))  # by source token, the most probable first
    starts = np.searchsorted(aligned.sources[order], np.arange(len(aligned.words[0])))
    ranks = np.arange(len(order)) - starts[aligned.sources[order]]
    kept, ranks = order[ranks < most], ranks[ranks < most]
    rows, columns = (np.array(words, dtype=np.int64) for words in aligned.words)
    entries, chances = torch.zeros(known, most, dtype=torch.int64), torch.zeros(known, most)
    places: Any = (torch.from_numpy(rows[aligned.sources[kept]]), torch.from_numpy(ranks))
    entries[places] = torch.from_numpy(columns[aligned.targets[kept]])
    chances[places] = torch.from_numpy(p[kept]).float()
    return entries, chances
