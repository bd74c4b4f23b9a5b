import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepatelier.errors import InputError, OptionError, UnknownNameError
from deepatelier.text import UNKNOWN, Vocabulary

TOKENS = st.lists(st.text(max_size=3), min_size=1)


@given(tokens=TOKENS)
def test_decoding_is_the_inverse(tokens):
    vocabulary = Vocabulary.of([tokens], unknown=False)
    assert vocabulary.decode(vocabulary.encode(tokens)) == tokens


@given(tokens=TOKENS, most=st.integers(1, 5), unknown=st.booleans())
def test_it_is_the_same_from_json_and_its_counts_are_those_of_the_text(tokens, most, unknown):
    vocabulary = Vocabulary.of([tokens], most=most, unknown=unknown)
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary
    assert len(vocabulary) <= most + unknown
    if unknown:
        assert sum(vocabulary.counts) == len(tokens)


def test_the_order_and_the_words_that_are_left_out():
    texts = [["b", "a", "c"], ["a", "b", "d", "d", "d"]]
    assert Vocabulary.of(texts) == Vocabulary((UNKNOWN, "d", "a", "b", "c"), (0, 3, 2, 2, 1))
    assert Vocabulary.of(texts, most=2) == Vocabulary((UNKNOWN, "d", "a"), (3, 3, 2))
    assert Vocabulary.of(texts, at_least=2, order="alphabet", unknown=False) == Vocabulary(("a", "b", "d"), (2, 2, 3))


def test_unknown_tokens():
    texts = [["a", "b", "b"]]
    assert Vocabulary.of(texts).encode(["b", "мир", "👩"]) == [1, 0, 0]
    assert Vocabulary.of(texts).decode([1, 0]) == ["b", UNKNOWN]
    with pytest.raises(UnknownNameError, match="'мир'"):
        Vocabulary.of(texts, unknown=False).encode(["мир"])
    with pytest.raises(OptionError, match="no token 3"):
        Vocabulary.of(texts).decode([3])
    with pytest.raises(InputError, match="occurs 3 times"):
        Vocabulary.of(texts, at_least=3)
    with pytest.raises(InputError, match="no token"):
        Vocabulary.of([])


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": "x"}', "[" * 100_000]
    + [
        '{"schema": "deepatelier-vocabulary/1", ' + rest
        for rest in (
            '"tokens": [1], "counts": []}',
            '"tokens": ["a", "a"], "counts": []}',
            '"tokens": ["a"], "counts": [1, 2]}',
        )
    ],
)
def test_what_is_no_vocabulary(text):
    with pytest.raises(InputError, match="no vocabulary"):
        Vocabulary.from_json(text)
