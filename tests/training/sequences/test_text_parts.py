from functools import partial

import numpy as np
import pytest
import torch

from deepatelier.data import Corpus, Document
from deepatelier.errors import InputError
from deepatelier.text import UNKNOWN, tokenizer
from deepatelier.text.language import LOSSLESS, START
from deepatelier.training.sequences.text_parts import TextParts
from deepatelier.training.sequences.text_streams import MeasuredStreams, TextStreams
from deepatelier.training.tasks.next_token import IGNORED

CPU = torch.device("cpu")


def corpus(*texts):
    documents = [Document(str(n), f"label {n % 2}", partial(iter, (text,))) for n, text in enumerate(texts)]
    return Corpus("texts", lambda: iter(documents))


def text_of(part, parts):
    return "".join(parts.vocabulary.tokens[number] for number in part.targets)


def test_each_document_is_cut_in_order_and_the_input_is_the_token_before():
    parts = TextParts(corpus("abcdefghij", "ABCDEFGHIJKLMNOPQRST"), tokenizer("characters"), validation=0.1, test=0.2)
    assert text_of(parts.training, parts) == "abcdefgABCDEFGHIJKLMN"
    known = parts.vocabulary.numbers
    assert parts.training.inputs[[0, 7]].tolist() == [known[START]] * 2
    assert (parts.training.inputs[1:7] == parts.training.targets[:6]).all()
    assert parts.validation.inputs.tolist() == [known["g"], known["N"], 0]  # O is not in the training part
    assert (len(parts.validation), len(parts.test)) == (3, 6)
    assert (parts.validation.targets == 0).all()
    assert parts.training.labels.tolist() == [0] * 7 + [1] * 14
    assert (parts.labels, parts.documents) == (("label 0", "label 1"), 2)


def test_the_vocabulary_is_that_of_the_training_part():
    options = {"validation": 0.0, "test": 0.5}
    parts = TextParts(corpus("aabbcx|yzyzyz"), tokenizer("characters"), at_least=2, **options)
    assert set(parts.vocabulary.tokens) == {UNKNOWN, START, "a", "b"}
    assert parts.vocabulary.counts[0] == 3
    again = TextParts(corpus("xyab"), tokenizer("characters"), vocabulary=parts.vocabulary, **options)
    assert again.vocabulary is parts.vocabulary
    assert text_of(again.test, again) == "ab"
    assert len(TextParts(corpus("abababab"), tokenizer("characters"), limit=3, **options).training) == 3


@pytest.mark.parametrize(("name", "tokens"), [("characters", 9), ("words", 4), ("bytes", 10)])
def test_characters_are_counted_however_they_are_cut(name, tokens):
    parts = TextParts(corpus("ab déf.\nx"), LOSSLESS[name], validation=0.0, test=0.0)
    assert (len(parts.training), parts.training.characters) == (tokens + (name == "words"), 9)


def test_too_short_a_text():
    with pytest.raises(InputError, match="has 1 tokens, and 1 of them to train on"):
        TextParts(corpus("a"), tokenizer("characters"))


@pytest.fixture
def parts():
    return TextParts(
        corpus("".join(chr(97 + n % 26) for n in range(103))), tokenizer("characters"), validation=0, test=0
    )


def test_streams_follow_the_text_in_order_from_another_place_each_epoch(parts):
    streams = TextStreams(parts.training, 4, 5, seed=0, labelled=True, device=CPU)
    pieces = list(streams.epoch(0))
    assert len(pieces) == len(streams) == 103 // 4 // 5
    assert [piece.first for piece in pieces] == [True] + [False] * 4
    whole = torch.cat([piece.targets for piece in pieces], dim=1)
    inputs = torch.cat([piece.inputs for piece in pieces], dim=1)
    for row, given in zip(whole, inputs, strict=True):
        start = int(
            next(s for s in range(103) if np.array_equal(np.roll(parts.training.targets, -s)[:25], row.numpy()))
        )
        assert np.array_equal(np.roll(parts.training.inputs, -start)[:25], given.numpy())
    assert not torch.equal(next(streams.epoch(1)).targets, pieces[0].targets)
    again = list(streams.epoch(0, start=3))
    assert len(again) == 2
    assert torch.equal(again[0].targets, pieces[3].targets)
    assert not again[0].first
    assert (pieces[0].labels == 0).all()


def test_measured_streams_have_each_token_once(parts):
    for streams, length in ((4, 6), (32, 256), (3, 7)):
        pieces = list(MeasuredStreams(parts.training, streams, length, labelled=False, device=CPU))
        targets = torch.cat([piece.targets for piece in pieces], dim=1).flatten()
        assert torch.equal(targets[targets != IGNORED], torch.tensor(parts.training.targets).long())
        assert pieces[0].labels is None
    few = list(MeasuredStreams(parts.training, 4, 6, most=20, labelled=False, device=CPU))
    assert torch.cat([piece.targets for piece in few], dim=1).shape == (4, 5)


def test_a_short_text_has_fewer_streams():
    parts = TextParts(corpus("abcabca"), tokenizer("characters"), validation=0, test=0)
    assert next(TextStreams(parts.training, 4, 3, seed=0, labelled=False, device=CPU).epoch(0)).inputs.shape == (2, 3)
    assert next(TextStreams(parts.training, 4, 99, seed=0, labelled=False, device=CPU).epoch(0)).inputs.shape == (1, 7)
