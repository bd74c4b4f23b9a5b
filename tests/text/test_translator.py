import pytest
import torch

from deepatelier.errors import InputError
from deepatelier.networks.recurrent.encoder_decoder import EncoderDecoder
from deepatelier.networks.sequence_models import SequenceModel, save_sequence_model
from deepatelier.text import Vocabulary
from deepatelier.text.translator import SIGNS, Translator, source_numbers

TOKENS = Vocabulary((*SIGNS, *"abc "))
TEXTS = ["abc", "b", "a c b", "cc"]


def translator(attention=True, reverse=False, seed=0, sources=TOKENS):
    torch.manual_seed(seed)
    network = EncoderDecoder("gru", len(sources), len(TOKENS), 4, 6, 2, attention).eval()
    for weights in network.parameters():
        weights.data *= 3  # otherwise, all sources have the same translation
    return Translator(network, sources, TOKENS, "characters", reverse=reverse, longest_source=6, longest_target=5)


@pytest.mark.parametrize("attention", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_many_at_once_are_as_one_by_one_and_as_a_beam_of_one(attention, seed):
    made = translator(attention, seed=seed)
    assert made.greedy(TEXTS) == [made.translate(text).text for text in TEXTS]
    assert made.greedy(TEXTS, batch=1) == made.greedy(TEXTS)


def test_the_weights_belong_to_what_was_written():
    found = translator().translate("a cb")
    assert found.source == ("a", " ", "c", "b", "<end>")
    assert found.weights.shape == (len(found.tokens), 5)
    torch.testing.assert_close(found.weights.sum(1), torch.ones(len(found.tokens)))
    assert translator(attention=False).translate("a cb").weights is None


def test_reverse():
    assert source_numbers("ab", TOKENS, reverse=False) == [3, 4, 2]
    assert source_numbers("ab", TOKENS, reverse=True) == [4, 3, 2]
    straight, reverse = (translator(attention=False, reverse=each) for each in (False, True))
    assert reverse.translate("abc").source == ("c", "b", "a", "<end>")
    assert reverse.greedy(["abc"]) == straight.greedy(["cba"])


def test_an_unknown_token_is_replaced_by_what_was_attended_to():
    made = translator()
    made.network.output.bias.data[0] = 1e4  # it writes nothing else
    found = made.translate("aaa")
    attended = [found.source[place] for place in found.weights.argmax(1).tolist()]
    assert found.tokens == tuple(attended)
    assert set(found.tokens) <= {"a", "<end>"}
    assert made.greedy(["aaa"]) == [found.text] == ["a" * attended.count("a")]


def test_it_is_restored_from_its_file(tmp_path):
    made = translator(attention=False, reverse=True)
    options = {"cells": "gru", "sources": 7, "targets": 7, "embedding": 4, "width": 6, "num_layers": 2}
    model = SequenceModel(task="translate", options={**options, "attention": False}, about=made.about)
    (tmp_path / "weights.safetensors").write_bytes(save_sequence_model(made.network, model))
    again = Translator.of(tmp_path)
    assert again.about == made.about
    assert again.greedy(TEXTS) == made.greedy(TEXTS)


def test_notes():
    made = translator()
    assert made.notes("abc") == []
    assert made.notes("aqbx") == ["'q', 'x' were not in the training part, and were read as <unknown>."]
    (long,) = made.notes("a" * 10)
    assert "The text has 10 tokens, and the longest one that was learnt 6" in long
    for text in ("", "  "):
        with pytest.raises(InputError, match="empty"):
            made.translate(text)
    with pytest.raises(InputError, match="'xyz' has no token that was in the training part"):
        made.translate("xyz")
