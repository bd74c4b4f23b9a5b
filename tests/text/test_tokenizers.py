from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepatelier.errors import UnknownNameError
from deepatelier.text import TOKENIZERS, tokenizer

FAMILY, FLAGS, ACCENT = "👨\u200d👩\u200d👧", "🇩🇪🇪🇸", "e\u0301"
"""Characters of several code points; two of them for the flags."""

WORDS = st.text(
    st.sampled_from(["a", "ß", "’", "'", " ", "\n", "1", "न", "ि", "\u0301", "👩", "\u200d", "🇩", "Σ", "."])
)


@pytest.mark.parametrize("name", ["characters", "bytes"])
@given(text=st.text() | WORDS)
def test_joining_is_the_inverse(name, text):
    assert tokenizer(name).join(tokenizer(name).split(text)) == text


@pytest.mark.parametrize("name", TOKENIZERS)
@given(text=WORDS, cuts=st.lists(st.integers(0, 40)))
def test_the_pieces_do_not_matter(name, text, cuts):
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(places)]
    found = [token for tokens in tokenizer(name).stream(pieces) for token in tokens]
    assert found == tokenizer(name).split(text)


def test_characters_are_never_cut():
    assert tokenizer("characters").split(f"a{FAMILY}{FLAGS}{ACCENT}\n") == ["a", FAMILY, "🇩🇪", "🇪🇸", ACCENT, "\n"]


def test_words():
    text = f"Don't: the naïve {ACCENT}t{ACCENT}, «Straße» नमस्ते мир {FAMILY} x_1 … 'quoted' rock’n’roll"
    wanted = ["don't", "the", "naïve", f"{ACCENT}t{ACCENT}", "straße", "नमस्ते", "мир", "x_1", "quoted", "rock’n’roll"]
    assert tokenizer("words").split(text) == wanted
    assert tokenizer("words").join(["two", "words"]) == "two words"


@pytest.mark.parametrize("name", TOKENIZERS)
def test_no_text_has_no_tokens(name):
    assert tokenizer(name).split("") == []


def test_bytes_of_half_a_character():
    tokens = tokenizer("bytes").split("é")
    assert [ord(token) for token in tokens] == [0xC3, 0xA9]
    assert tokenizer("bytes").join(tokens[:1]) == "\ufffd"


def test_an_unknown_one():
    with pytest.raises(UnknownNameError, match="words"):
        tokenizer("word")
