"""Tokens that translate to each other."""

import pytest
import torch

from deepatelier.text.aligned_words import AlignedWords, lexicon


def test_model_one_is_the_definition():
    """Two iterations of EM by hand: p(f|e) ∝ Σ over verses of p(f|e) / Σ over e' of p(f|e')."""
    english, spanish = [["a", "b"], ["a"]], [["x", "y"], ["x"]]
    found = AlignedWords(english, spanish)
    p = {("a", "x"): 1.0, ("a", "y"): 1.0, ("b", "x"): 1.0, ("b", "y"): 1.0}
    for _ in range(2):
        counts = dict.fromkeys(p, 0.0)
        for one, other in zip(english, spanish, strict=True):
            for f in other:
                for e in one:
                    counts[e, f] += p[e, f] / sum(p[each, f] for each in one)
        p = {(e, f): count / sum(counts[e, each] for each in "xy") for (e, f), count in counts.items()}
    words = [(found.words[0][e], found.words[1][f]) for e, f in zip(found.sources, found.targets, strict=True)]
    assert dict(zip(words, found.probabilities(2), strict=True)) == pytest.approx(p)


def test_a_lexicon_has_the_most_probable_tokens_first():
    sources, targets = [[3, 4], [3], [4, 6]], [[7, 8], [7], [8, 9]]
    entries, chances = lexicon(sources, targets, 8, 2)
    assert entries.shape == chances.shape == (8, 2)
    assert entries[[3, 4, 6], 0].tolist() == [7, 8, 9]
    assert (chances[:, 0] >= chances[:, 1]).all()
    assert chances[3, 0] > 0.8
    assert not chances[torch.tensor([0, 1, 2, 5, 7])].any()
