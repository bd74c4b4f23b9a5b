"""Words as vectors of the words beside them, counted instead of learnt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepatelier.extras import from_extra

__all__ = ["cooccurrences"]


def cooccurrences(blocks: Iterable[NDArray[np.int32]], words: int, window: int) -> Any:
    """Return how often each word is within a window of each other word.

    With `deepatelier.text.tf_idf`, which then takes the surroundings of a word for a document, a row is a vector of the
    word that compares with a learnt one.

    Args:
        blocks: The numbers of the words of a text, in blocks, (N,) each. Words of two blocks are not beside each other.
        words: The size of the vocabulary.
        window: The maximum distance, in words.

    Returns:
        A symmetric scipy.sparse.csr_matrix, (words, words), float64.

    Raises:
        SurroundingsError: scipy is not installed.
    """
    sparse = from_extra("scipy.sparse", "text")
    found = sparse.csr_matrix((words, words))
    for block in blocks:
        for distance in range(1, window + 1):
            first, second = block[:-distance], block[distance:]
            ones = np.ones(len(first))
            found += sparse.coo_matrix((ones, (first, second)), shape=(words, words)).tocsr()
    return (found + found.T).tocsr()
