"""TF-IDF: counts of words, weighted by how few documents contain the word.

Source: the lecture slides, 'TF-IDF'.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepatelier.extras import from_extra

__all__ = ["inverse_document_frequency", "term_frequency", "tf_idf"]


def term_frequency(counts: Any) -> Any:
    """Return TF = (count of the word in the document) / (number of words in the document).

    This is scikit-learn's ``normalize(counts, norm="l1")``. A document without words has zeros.

    Args:
        counts: The bag of words, a scipy.sparse matrix or an array, (documents, vocabulary).

    Returns:
        The same kind of matrix, float64.

    Raises:
        SurroundingsError: scikit-learn is not installed.
    """
    return from_extra("sklearn.preprocessing", "text").normalize(counts.astype(np.float64), norm="l1")


def inverse_document_frequency(counts: Any) -> NDArray[np.float64]:
    """Return IDF = log10(N / df), with N the number of documents and df that of documents that contain the word.

    Departures from the source: the table in the slides divides N by the number of occurrences in all documents, which
    makes the logarithm negative for frequent words. This is the formula that the slides give before the table. A word
    that no document contains, for which the formula has no value, has 0.

    scikit-learn's ``TfidfTransformer`` computes ln((1 + N)/(1 + df)) + 1, or ln(N/df) + 1 with ``smooth_idf=False``,
    and scales each document to the length 1. There, a word that is in all documents has the weight 1 instead of 0.

    Args:
        counts: The bag of words, a scipy.sparse matrix or an array, (documents, vocabulary).

    Returns:
        The IDF of each word, (vocabulary,), in [0, log10 N].
    """
    documents = counts.shape[0]
    containing = np.asarray((counts > 0).sum(axis=0)).ravel()
    return np.where(containing > 0, np.log10(documents / np.maximum(containing, 1)), 0.0)


def tf_idf(counts: Any) -> Any:
    """Return TF · IDF; see `term_frequency` and `inverse_document_frequency`.

    Args:
        counts: The bag of words, a scipy.sparse matrix, (documents, vocabulary).

    Returns:
        A scipy.sparse matrix of the same shape, float64.
    """
    return term_frequency(counts).multiply(inverse_document_frequency(counts)).tocsr()
