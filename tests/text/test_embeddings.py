import pytest
import torch
from safetensors.torch import save_file

from deepatelier.errors import InputError, OptionError, UnknownNameError
from deepatelier.networks import WEIGHTS_NAME
from deepatelier.text import Embeddings, Neighbour, Vocabulary

WORDS = Vocabulary(("man", "woman", "king", "queen", "apple"), (5, 4, 3, 2, 1))
KNOWN = Embeddings(torch.tensor([[1.0, 0, 0], [1, 1, 0], [1, 0, 1], [3, 3, 3], [-1, 0, 0]]), WORDS)


def test_neighbours():
    first, second = KNOWN.neighbours("man", 2)
    assert {first.word, second.word} == {"woman", "king"}
    assert first.cosine == pytest.approx(2**-0.5)
    assert KNOWN.neighbours("man", 1, among=2) == [Neighbour("woman", first.cosine)]
    assert [each.word for each in KNOWN.neighbours("apple")][-1] in ("woman", "king", "man")
    assert len(KNOWN.neighbours("apple", 100)) == 4


def test_an_analogy_leaves_out_its_own_words():
    answer, *_ = KNOWN.analogy("man", "woman", "king")
    assert answer.word == "queen"
    assert {each.word for each in KNOWN.analogy("man", "woman", "king", 9)} == {"queen", "apple"}


def test_ranks_are_the_places_among_the_neighbours():
    words = list(WORDS.tokens)
    for first in words:
        near = [each.word for each in KNOWN.neighbours(first)]
        for second in set(words) - {first}:
            ((one, other),) = KNOWN.ranks([(first, second)], 5)
            ((back, _),) = KNOWN.ranks([(second, first)], 5)
            assert other == back
            assert KNOWN.neighbours(first)[one - 1].cosine == pytest.approx(
                KNOWN.neighbours(first)[near.index(second)].cosine
            )


def test_what_is_not_known():
    with pytest.raises(UnknownNameError, match="Did you mean queen"):
        KNOWN.neighbours("queens")
    with pytest.raises(OptionError, match="'queen' is not among the 3"):
        KNOWN.ranks([("man", "queen")], 3)


def test_an_entry_for_unknown_words_is_no_neighbour():
    words = Vocabulary(("<unknown>", *WORDS.tokens), (0, *WORDS.counts))
    found = Embeddings(torch.cat([torch.ones(1, 3), KNOWN.vectors]), words)
    assert found.neighbours("queen") == KNOWN.neighbours("queen")


def test_files(tmp_path):
    (tmp_path / WEIGHTS_NAME).write_bytes(KNOWN.to_bytes())
    for path in (tmp_path, tmp_path / WEIGHTS_NAME):
        again = Embeddings.load(path)
        assert torch.equal(again.vectors, KNOWN.vectors)
        assert again.vocabulary == WORDS
    with pytest.raises(InputError, match="skipgram"):
        Embeddings.load(tmp_path / "none.safetensors")
    other = tmp_path / "other.safetensors"
    save_file({"vectors": torch.ones(2, 3)}, other)
    with pytest.raises(InputError, match="no vocabulary"):
        Embeddings.load(other)
    save_file({"vectors": torch.ones(2, 3)}, other, {"vocabulary": WORDS.to_json()})
    with pytest.raises(InputError, match="2, 3"):
        Embeddings.load(other)
    other.write_bytes(b"no weights")
    with pytest.raises(InputError, match="damaged"):
        Embeddings.load(other)
