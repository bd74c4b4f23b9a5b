"""The n-gram models of the benchmarks."""

import numpy as np
import pytest

from benchmarks.ngrams import KneserNey, NGrams, WittenBell, chosen_smoothing

TEXT = np.random.default_rng(0).integers(0, 5, 400) // 2


@pytest.mark.parametrize("longest", [1, 2, 4])
@pytest.mark.parametrize("kind", ["raw", "before", "witten-bell"])
def test_probabilities_add_up_to_one_after_every_context(longest, kind):
    grams = NGrams(TEXT, 4, longest)  # token 3 does not occur
    smoothing = WittenBell(0.7) if kind == "witten-bell" else KneserNey(grams.discounts(kind), 0.9, kind)
    contexts = np.array([[3, 3, 3], [-1, -1, -1], [-1, 0, 1], [0, 1, 2], [2, 2, 3]])[:, 3 - (longest - 1) :]
    for context in contexts:
        chances = grams.chances(np.broadcast_to(context, (4, longest - 1)), np.arange(4), smoothing)
        assert chances.sum() == pytest.approx(1)
        assert (chances > 0).all()


def test_witten_bell_by_hand():
    """abab aab: after a come b, b, a, b; after b come a, a."""
    grams = NGrams(np.array([0, 1, 0, 1, 0, 0, 1]), 2, 2)
    a = (4 + 2 * 0.5) / (7 + 2)
    chances = grams.chances(np.array([[0], [0], [1], [1]]), np.array([0, 1, 0, 1]), WittenBell(1.0))
    wanted = [(1 + 2 * a) / (4 + 2), (3 + 2 * (1 - a)) / (4 + 2), (2 + a) / 3, (0 + 1 - a) / 3]
    assert chances == pytest.approx(wanted)


def test_kneser_ney_by_hand():
    """Of the different pairs ab, ba, aa, two end with a and one with b, so p(a) is about 2/3."""
    grams = NGrams(np.array([0, 1, 0, 1, 0, 0, 1]), 2, 2)
    smoothing = KneserNey(((0, 0, 0), (0.5, 0.5, 0.5), (0.1, 0.2, 0.3)), 1.0)
    a = (2 - 0.5 + (0.5 + 0.5) * 0.5) / 3
    chances = grams.chances(np.array([[0], [0], [1]]), np.array([0, 1, 1]), smoothing)
    freed = 0.1 + 0.3
    wanted = [(1 - 0.1 + freed * a) / 4, (3 - 0.3 + freed * (1 - a)) / 4, 0.2 * (1 - a) / 2]
    assert chances == pytest.approx(wanted)


def test_bits_are_those_of_each_token_in_turn_and_the_best_smoothing_has_the_fewest():
    grams = NGrams(TEXT, 3, 3)
    text, smoothing = np.array([0, 1, 2, 0, 0]), WittenBell(1.0)
    padded = np.array([-1, -1, *text])
    each = [grams.chances(padded[None, t : t + 2], padded[t + 2 : t + 3], smoothing)[0] for t in range(5)]
    counted = np.array([True, False, True, True, True])
    assert grams.bits(text, smoothing, counted) == pytest.approx(-np.log2(np.array(each)[counted]).mean())
    best, bits = chosen_smoothing(grams, TEXT, np.ones(len(TEXT), dtype=bool))
    assert bits == grams.bits(TEXT, best) <= grams.bits(TEXT, smoothing)


def test_it_writes_what_it_has_read():
    grams = NGrams(np.tile([0, 1, 2], 50), 5, 3)
    tokens = grams.written([0], WittenBell(0.01), [3, 4], temperature=0.1, draw=lambda chances: int(chances.argmax()))
    assert [next(tokens) for _ in range(6)] == [1, 2, 0, 1, 2, 0]
