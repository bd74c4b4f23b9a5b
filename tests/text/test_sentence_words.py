import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepatelier.text.sentence_words import SentenceWords

WORDS = SentenceWords()


@given(text=st.text(st.sampled_from("aß'’ .,\"()éÑ1-_🇩")))
def test_joining_is_the_inverse_but_for_spaces(text):
    assert WORDS.join(WORDS.split(text)) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ('He said: "No."', ["▁He", "▁said", ":", '▁"', "No", ".", '"']),
        ("don't (stop)", ["▁don't", "▁(", "stop", ")"]),
        ("", []),
        ("a▁b", ["▁a_b"]),
    ],
)
def test_tokens(text, tokens):
    assert WORDS.split(text) == tokens
