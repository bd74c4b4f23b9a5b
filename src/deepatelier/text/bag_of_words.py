"""Documents and words as vectors of counts, without the order of the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from deepatelier.extras import from_extra
from deepatelier.text.vocabulary import Vocabulary

__all__ = ["bag_of_words", "one_hot"]


def bag_of_words(documents: Sequence[Sequence[str]], vocabulary: Vocabulary) -> Any:
    """Return how often each token of a vocabulary occurs in each document, by scikit-learn's ``CountVectorizer``.

    Tokens that are not in the vocabulary count for its entry `UNKNOWN`, or not at all if there is none.

    Source: the lecture slides, 'Bag of words'.

    Args:
        documents: The tokens of each document.
        vocabulary: The vocabulary, which gives the columns.

    Returns:
        A scipy.sparse.csr_matrix of int64, (documents, vocabulary).

    Raises:
        SurroundingsError: scikit-learn is not installed.
    """
    known = vocabulary.numbers

    def counted(tokens: Sequence[str]) -> Sequence[str]:
        if not vocabulary.has_unknown:
            return tokens
        return [token if token in known else vocabulary.tokens[0] for token in tokens]

    vectorizer = from_extra("sklearn.feature_extraction.text", "text").CountVectorizer
    return vectorizer(vocabulary=known, analyzer=counted).transform(documents)


def one_hot(tokens: Sequence[str], vocabulary: Vocabulary) -> Tensor:
    """Return a vector for each token, with 1 at the token's number and 0 elsewhere, (tokens, vocabulary) int64.

    Source: the lecture slides, 'One Hot Encoding'.

    Raises:
        UnknownNameError: A token is not in the vocabulary, which has no entry for such tokens.
    """
    numbers = torch.tensor(vocabulary.encode(tokens), dtype=torch.int64)
    return torch.nn.functional.one_hot(numbers, len(vocabulary))
