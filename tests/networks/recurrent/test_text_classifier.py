"""A classifier of texts."""

import pytest
import torch

from deepatelier.networks.recurrent import LAYERS
from deepatelier.networks.recurrent.text_classifier import TextClassifier, Texts


def network(**options):
    torch.manual_seed(0)
    return TextClassifier(**{"layers": "gru", "tokens": 9, "classes": 3, "embedding": 5, "width": 4, **options}).eval()


TEXTS = [torch.tensor([1, 2, 3, 4, 5]), torch.tensor([6]), torch.tensor([7, 8, 1])]
CPU = torch.device("cpu")


@pytest.mark.parametrize("pooling", [True, False])
@pytest.mark.parametrize("layers", ["rnn", "lstm_peephole"])
def test_a_text_has_the_same_scores_in_a_batch_and_alone(layers, pooling):
    model = network(layers=layers, pooling=pooling, num_layers=2).double()
    together = model(Texts.padded(TEXTS, CPU))
    alone = torch.cat([model(Texts.padded([text], CPU)) for text in TEXTS])
    assert torch.allclose(together, alone, atol=1e-12)


def test_the_last_outputs_of_both_directions_are_those_of_torch():
    model = network(layers="lstm", pooling=False)
    texts = Texts.padded(TEXTS[:1], CPU)
    both = torch.nn.LSTM(5, 4, batch_first=True, bidirectional=True)
    given = dict(model.directions[0].layer.state_dict())
    given |= {f"{name}_reverse": each for name, each in model.directions[1].layer.state_dict().items()}
    both.load_state_dict(given)
    _, (h, _) = both(model.embedding(texts.tokens))
    assert torch.allclose(model(texts), model.output(torch.cat([h[0], h[1]], dim=1)), atol=1e-6)


def test_pooling_takes_the_maximum_over_the_text():
    model = network(bidirectional=False)
    outputs, _ = model.directions[0](model.embedding(TEXTS[0][None]))
    expected = model.output(outputs.amax(dim=1))
    assert torch.allclose(model(Texts.padded([TEXTS[0]], CPU)), expected, atol=1e-6)


def test_every_kind_of_layers_has_a_place():
    for layers in LAYERS:
        assert network(layers=layers)(Texts.padded(TEXTS, CPU)).shape == (3, 3)
