import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from deepatelier.data import EncodedText
from deepatelier.text import Vocabulary
from deepatelier.training.surroundings import SurroundingsOf, keep_probabilities

LETTERS = "abcdefgh"


def batches_of(words, **changed):
    """The batches of a text of letters."""
    vocabulary = Vocabulary.of([words], unknown=False)
    text = EncodedText([words], vocabulary, block=changed.pop("block", 50))
    options = {"window": 2, "size": 8, "subsample": 0.0, "validation": 0.0, "held_out": False, "seed": 3, **changed}
    return SurroundingsOf(text, vocabulary.counts, **options), text


def draw(count, seed=0):
    return list(np.random.default_rng(seed).choice(list(LETTERS), count))


def test_keep_probabilities():
    assert keep_probabilities([1, 2], 0).tolist() == [1, 1]
    found = keep_probabilities([1, 99, 900], 1e-2).tolist()
    assert found == pytest.approx([1, (1e-2 / 0.099) ** 0.5 + 1e-2 / 0.099, (1e-2 / 0.9) ** 0.5 + 1e-2 / 0.9])


@settings(max_examples=20)
@given(count=st.integers(2, 120), window=st.integers(1, 6))
def test_each_word_is_a_center_once_and_its_contexts_are_beside_it(count, window):
    batches, text = batches_of(draw(count), window=window, block=1000)
    (words,) = text
    found = list(batches.epoch(0))
    assert len(found) == len(batches)
    centers = torch.cat([batch.centers for batch in found])
    assert centers.sort().values.tolist() == sorted(words.tolist())
    pairs = {(a, b) for i, a in enumerate(words.tolist()) for b in words[max(0, i - window) : i + window + 1].tolist()}
    for batch in found:
        assert set(zip(batch.centers[batch.owners].tolist(), batch.contexts.tolist(), strict=True)) <= pairs


def test_all_pairs_within_the_window_occur():
    """The words are all different: a pair within the distance of 2 is drawn in half of the epochs, one of 1 in all."""
    batches, _ = batches_of([chr(0x4E00 + number) for number in range(40)], block=1000)
    distances = []
    for epoch in range(20):
        for batch in batches.epoch(epoch):
            distances += (batch.contexts - batch.centers[batch.owners]).abs().tolist()
    assert set(distances) == {1, 2}
    assert distances.count(1) == 20 * 78
    assert distances.count(2) == pytest.approx(20 * 76 / 2, rel=0.1)


def test_frequent_words_are_left_out():
    batches, _ = batches_of(["the", "word"] * 10 + ["the"] * 980, subsample=1e-2, block=10_000, size=10_000)
    (batch,) = batches.epoch(0)
    kept = batch.centers.bincount()
    assert kept[1] == 10
    assert kept[0] == pytest.approx(990 * keep_probabilities([990, 10], 1e-2)[0].item(), rel=0.35)


def test_noise_has_three_quarters_of_the_exponent():
    batches, _ = batches_of(["a"] * 1600 + ["b"] * 100, block=10_000, size=20)
    noise = torch.cat([batch.noise for batch in batches.epoch(0)])
    assert (noise == 0).float().mean().item() == pytest.approx(8 / 9, abs=0.01)


def same(first, second):
    return all(torch.equal(*pair) for pair in zip(first, second, strict=True))


def test_an_epoch_depends_on_its_number_alone_and_starts_anywhere():
    batches, _ = batches_of(draw(300))
    first, other = list(batches.epoch(1)), list(batches.epoch(2))
    torch.rand(1)
    for start in (0, 1, len(batches) - 1):
        again = list(batches.epoch(1, start))
        assert len(again) == len(first) - start
        assert all(map(same, again, first[start:]))
    assert not same(first[0], other[0])


def test_the_parts_do_not_overlap():
    words = [chr(0x4E00 + number) for number in range(2000)]
    train, _ = batches_of(words, block=700, validation=0.3)
    held_out, _ = batches_of(words, block=700, validation=0.3, held_out=True)
    parts = [set(torch.cat([batch.centers for batch in part]).tolist()) for part in (train, held_out)]
    assert len(parts[0] | parts[1]) == 2000
    assert not parts[0] & parts[1]
    assert parts[1]
    nothing, _ = batches_of(words, held_out=True)
    assert list(nothing) == []
