import pytest
import torch

from deepatelier.errors import OptionError
from deepatelier.networks.recurrent.attention import MultiplicativeAttention
from deepatelier.networks.recurrent.encoder_decoder import EncoderDecoder

SOURCE, TARGET = torch.tensor([[3, 4, 5, 2], [6, 2, 0, 0]]), torch.tensor([[1, 3, 4], [1, 5, 6]])
LENGTHS = torch.tensor([4, 2])


def network(cells="lstm", attention=True, layers=2, **options):
    torch.manual_seed(0)
    return EncoderDecoder(cells, 7, 8, 5, 6, layers, attention, **options).eval()


@pytest.mark.parametrize("attention", [True, False])
@pytest.mark.parametrize("cells", ["rnn", "lstm", "lstm_peephole", "gru"])
def test_a_padded_source_gives_the_same_as_alone(cells, attention):
    model = network(cells, attention)
    logits, weights = model(SOURCE, LENGTHS, TARGET)
    changed, _ = model(SOURCE.masked_fill(SOURCE == 0, 5), LENGTHS, TARGET)
    assert torch.equal(logits, changed)
    alone, own = model(SOURCE[1:, :2], None, TARGET[1:])
    torch.testing.assert_close(logits[1:], alone, rtol=1e-5, atol=1e-6)
    assert logits.shape == (2, 3, 8)
    assert (weights is None) == (own is None) == (not attention)
    if attention:
        assert not weights[1, :, 2:].any()
        torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3))
        torch.testing.assert_close(weights[1:, :, :2], own, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("attention", [True, False])
def test_teacher_forcing_equals_steps(attention):
    model = network(attention=attention)
    logits, weights = model(SOURCE, LENGTHS, TARGET)
    encoded, state = model.encode(SOURCE, LENGTHS), None
    for step in range(3):
        written = model.decode(TARGET[:, step : step + 1], encoded, state)
        state = written.state
        torch.testing.assert_close(written.logits[:, 0], logits[:, step])
        if attention:
            torch.testing.assert_close(written.weights[:, 0], weights[:, step])


def test_without_attention_all_is_in_the_last_state():
    model = network(attention=False)
    encoded = model.encode(SOURCE, LENGTHS)
    _, state = model.encoder(model.source_embedding(SOURCE[1:, :2]))
    torch.testing.assert_close(encoded.state[0][:, 1:], state[0])
    without = model.decode(TARGET, encoded._replace(memory=torch.zeros_like(encoded.memory)))
    assert torch.equal(without.logits, model.decode(TARGET, encoded).logits)


def test_attention_is_the_equation():
    torch.manual_seed(0)
    attention = MultiplicativeAttention(3, 2).double()
    h, m = torch.randn(2, dtype=torch.float64), torch.randn(4, 3, dtype=torch.float64)
    scores = torch.stack([h @ attention.score.weight @ each for each in m[:3]])
    a = scores.exp() / scores.exp().sum()
    c = sum(weight * each for weight, each in zip(a, m, strict=False))
    wanted = torch.tanh(attention.combined.weight @ torch.cat((c, h)))
    inside = torch.tensor([[True, True, True, False]])
    found, weights = attention(h[None, None], m[None], attention.keys(m[None]), inside)
    torch.testing.assert_close(found[0, 0], wanted)
    torch.testing.assert_close(weights[0, 0], torch.cat((a, torch.zeros(1, dtype=torch.float64))))


@pytest.mark.parametrize("attention", [True, False])
def test_all_weights_have_a_gradient(attention):
    model = network(attention=attention)
    model(SOURCE, LENGTHS, TARGET)[0].square().sum().backward()
    assert [name for name, each in model.named_parameters() if each.grad is None or not each.grad.any()] == []


def test_dropout_is_for_training():
    model = network(dropout=0.5)
    one, other = (model(SOURCE, LENGTHS, TARGET)[0] for _ in range(2))
    assert torch.equal(one, other)
    model.train()
    one, other = (model(SOURCE, LENGTHS, TARGET)[0] for _ in range(2))
    assert not torch.equal(one, other)


@pytest.mark.parametrize("options", [{"layers": 0}, {"dropout": 1.0}])
def test_invalid_options(options):
    with pytest.raises(OptionError, match="An encoder and a decoder need"):
        network(**options)


def test_a_lexicon_adds_the_translations_of_what_attention_finds():
    model, plain = network(lexicon=2), network()
    learnt = {name: each for name, each in model.state_dict().items() if name not in ("entries", "chances")}
    plain.load_state_dict(learnt, strict=False)
    entries, chances = torch.zeros(7, 2, dtype=torch.int64), torch.zeros(7, 2)
    entries[3], chances[3] = torch.tensor([5, 6]), torch.tensor([0.75, 0.25])
    model.set_lexicon(entries, chances)
    logits, weights = model(SOURCE, LENGTHS, TARGET)
    without, same = plain(SOURCE, LENGTHS, TARGET)
    assert torch.equal(weights, same)
    expected = torch.zeros(2, 3, 8)
    expected[0, :, 5], expected[0, :, 6] = 0.75 * weights[0, :, 0], 0.25 * weights[0, :, 0]
    torch.testing.assert_close(logits - without, (1e-3 + expected).log())
    with pytest.raises(OptionError, match="needs attention"):
        network(attention=False, lexicon=2)
