"""Bag of words, one-hot, TF-IDF and words beside words."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfTransformer

from deepatelier.labs.words import SENTENCES, occurrence_frequency
from deepatelier.text import (
    Vocabulary,
    bag_of_words,
    cooccurrences,
    inverse_document_frequency,
    one_hot,
    term_frequency,
    tf_idf,
    tokenizer,
)

DOCUMENTS = [tokenizer("words").split(sentence) for sentence in SENTENCES]
SLIDE = Vocabulary.of(DOCUMENTS, order="alphabet", unknown=False)


def test_the_vocabulary_and_the_matrix_of_the_slides():
    assert SLIDE.tokens == ("and", "is", "one", "shining", "sun", "sweet", "the", "two", "weather")
    wanted = [[0, 1, 0, 1, 1, 0, 1, 0, 0], [0, 1, 0, 0, 0, 1, 1, 0, 1], [2, 3, 2, 1, 1, 1, 2, 1, 1]]
    assert bag_of_words(DOCUMENTS, SLIDE).toarray().tolist() == wanted


def test_tf_of_the_slides():
    third = [0.14285714, 0.21428571, 0.14285714, 0.07142857, 0.07142857, 0.07142857, 0.14285714, 0.07142857, 0.07142857]
    wanted = [[0, 0.25, 0, 0.25, 0.25, 0, 0.25, 0, 0], [0, 0.25, 0, 0, 0, 0.25, 0.25, 0, 0.25], third]
    np.testing.assert_allclose(term_frequency(bag_of_words(DOCUMENTS, SLIDE)).toarray(), wanted, atol=5e-9)


def test_idf_is_the_formula_of_the_slides_and_not_their_table():
    counts = bag_of_words(DOCUMENTS, SLIDE)
    half, one = np.log10(3 / 2), np.log10(3)
    np.testing.assert_allclose(
        inverse_document_frequency(counts), [one, 0, one, half, half, half, 0, one, half], atol=1e-12
    )
    table = [0.17609126, -0.2218487, 0.17609126, 0.17609126, 0.17609126, 0.17609126, -0.1249387, 0.47712125, 0.17609126]
    np.testing.assert_allclose(occurrence_frequency(counts), table, atol=1e-7)


@given(counts=st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=1, max_size=5))
def test_what_differs_from_scikit_learn(counts):
    """Its unsmoothed IDF is ln(N/df) + 1; ours is the logarithm to base 10, and 0 for a word in no document."""
    counts = np.array(counts)
    ours = inverse_document_frequency(counts)
    found = counts.any(axis=0)
    if found.all():
        theirs = TfidfTransformer(smooth_idf=False).fit(counts).idf_
        np.testing.assert_allclose(ours, (theirs - 1) / np.log(10), atol=1e-12)
    assert (ours[~found] == 0).all()
    assert (ours >= 0).all()


def test_tf_idf_is_the_product_and_an_empty_document_is_zero():
    counts = bag_of_words([*DOCUMENTS, []], SLIDE)
    wanted = term_frequency(counts).toarray() * inverse_document_frequency(counts)
    np.testing.assert_allclose(tf_idf(counts).toarray(), wanted, atol=1e-15)
    assert not wanted[3].any()


def test_tokens_that_are_not_in_the_vocabulary():
    known = Vocabulary.of([["a", "b"]], order="alphabet")
    assert bag_of_words([["a", "x", "y"]], known).toarray().tolist() == [[2, 1, 0]]
    assert bag_of_words([["a", "x"]], Vocabulary(("a",))).toarray().tolist() == [[1]]


def test_one_hot():
    assert one_hot(["is", "the"], SLIDE).tolist() == [[0, 1] + [0] * 7, [0] * 6 + [1, 0, 0]]
    assert torch.equal(one_hot(DOCUMENTS[2], SLIDE).sum(0), torch.tensor(bag_of_words(DOCUMENTS, SLIDE).toarray()[2]))


@given(words=st.lists(st.integers(0, 3), min_size=1, max_size=12), window=st.integers(1, 4))
def test_words_beside_words(words, window):
    wanted = np.zeros((4, 4))
    for i, first in enumerate(words):
        for j, second in enumerate(words):
            if 0 < abs(i - j) <= window:
                wanted[first, second] += 1
    assert (cooccurrences([np.array(words, dtype=np.int32)], 4, window).toarray() == wanted).all()


def test_two_blocks_are_not_beside_each_other():
    assert cooccurrences([np.array([0]), np.array([1])], 2, 3).nnz == 0
