import pytest
import torch
from torch import nn

from deepatelier.errors import OptionError
from deepatelier.networks.recurrent.language_model import LanguageModel


@pytest.mark.parametrize("layers", ["rnn", "lstm", "gru", "lstm_peephole", "gru_reset_before"])
def test_a_text_in_pieces_is_the_text_as_a_whole(layers):
    torch.manual_seed(0)
    network = LanguageModel(layers, 7, embedding=3, width=5, num_layers=2).double().eval()
    tokens = torch.randint(7, (2, 9))
    whole, last = network(tokens)
    first, state = network(tokens[:, :4])
    second, state = network(tokens[:, 4:], state)
    assert whole.shape == (2, 9, 7)
    assert torch.allclose(torch.cat([first, second], dim=1), whole)
    assert all(torch.allclose(*each) for each in zip(state, last, strict=True))
    changed = tokens.clone()
    changed[:, 5] = (changed[:, 5] + 1) % 7
    assert torch.equal(network(changed)[0][:, :5], whole[:, :5])  # no output knows what comes after


def test_the_vector_of_the_class_is_added_to_the_input():
    torch.manual_seed(0)
    network = LanguageModel("gru", 4, embedding=3, width=5, labels=2).eval()
    assert not network.labels.weight.any()
    torch.nn.init.normal_(network.labels.weight)
    tokens = torch.randint(4, (1, 6))
    given, _ = network(tokens, None, torch.tensor([[1]]))
    assert torch.equal(given, network(tokens, None, torch.ones(1, 6, dtype=torch.long))[0])
    assert not torch.allclose(given, network(tokens, None, torch.tensor([[0]]))[0])
    plain = LanguageModel("gru", 4, embedding=3, width=5).eval()
    plain.load_state_dict({name: each for name, each in network.state_dict().items() if not name.startswith("labels")})
    with torch.no_grad():
        plain.embedding.weight += network.labels.weight[1]
    assert torch.allclose(plain(tokens)[0], given)


def test_dropout_is_applied_to_inputs_and_outputs():
    network = LanguageModel("lstm", 4, embedding=200, width=6, dropout=0.5)
    seen = []
    network.dropout.register_forward_hook(lambda _module, given, output: seen.append((given[0], output)))
    network(torch.zeros(2, 3, dtype=torch.long))
    assert [each.shape[-1] for each, _ in seen] == [200, 6]
    assert 0.3 < (seen[0][1] == 0).float().mean() < 0.7
    assert isinstance(network.recurrent.layer, nn.LSTM)


def test_classes_where_there_are_none_and_numbers_out_of_range():
    tokens = torch.zeros(1, 2, dtype=torch.long)
    with pytest.raises(OptionError, match="Classes are needed"):
        LanguageModel("rnn", 4)(tokens, None, tokens)
    with pytest.raises(OptionError, match="Classes are needed"):
        LanguageModel("rnn", 4, labels=2)(tokens)
    with pytest.raises(OptionError, match="received 0, 64"):
        LanguageModel("rnn", 0)
