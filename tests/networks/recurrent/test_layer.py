"""Layers of cells: as torch.nn's, in every form, and exact for padded batches."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from deepatelier.errors import OptionError, WeightsError
from deepatelier.networks.recurrent import (
    Cell,
    Fused,
    GRUCell,
    LSTMCell,
    Recurrent,
    RNNCell,
    fused_gru,
    fused_lstm,
    fused_rnn,
)

CELLS = Cell.__subclasses__()
TORCHS = {RNNCell: (nn.RNN, fused_rnn), LSTMCell: (nn.LSTM, fused_lstm), GRUCell: (nn.GRU, fused_gru)}


def both(cell, layers, bidirectional, dtype):
    torch.manual_seed(1)
    theirs = TORCHS[cell][0](3, 5, layers, batch_first=True, bidirectional=bidirectional, dtype=dtype)
    ours = Recurrent(cell, 3, 5, layers, bidirectional=bidirectional).to(dtype)
    ours.load_torch(theirs.state_dict())
    return ours, Fused(theirs)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-10)])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", TORCHS)
@pytest.mark.parametrize("lengths", [None, (6, 1, 4)])
def test_outputs_states_and_gradients_are_torchs(cell, layers, bidirectional, lengths, dtype, tolerance):
    ours, theirs = both(cell, layers, bidirectional, dtype)
    x = torch.randn(3, 6, 3, dtype=dtype)
    start = tuple(torch.randn(layers * (1 + bidirectional), 3, 5, dtype=dtype) for _ in range(cell.states))
    found = []
    for layer in (ours, theirs):
        given = x.clone().requires_grad_()
        outputs, state = layer(given, start, None if lengths is None else torch.tensor(lengths))
        (outputs.square().mean() + sum(each.sin().mean() for each in state)).backward()
        gradients = {
            tuple(sorted(name.replace("cells.", "").replace("layer.", "").replace(".", "_").split("_"))): each.grad
            for name, each in layer.named_parameters()
        }
        found.append(([outputs, *state, given.grad], gradients))
    for mine, yours in zip(found[0][0], found[1][0], strict=True):
        torch.testing.assert_close(mine, yours, rtol=0, atol=tolerance)
    assert found[0][1].keys() == found[1][1].keys()
    for name, mine in found[0][1].items():
        torch.testing.assert_close(mine, found[1][1][name], rtol=0, atol=tolerance)


@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_padded_batch_is_its_sequences_one_by_one_bit_for_bit(cell, data):
    lengths = data.draw(st.lists(st.integers(1, 7), min_size=1, max_size=5))
    layers, bidirectional = data.draw(st.integers(1, 2)), data.draw(st.booleans())
    width, seed = data.draw(st.integers(1, 9)), data.draw(st.integers(0, 999))
    torch.manual_seed(seed)
    layer = Recurrent(cell, 3, width, layers, bidirectional=bidirectional).double()
    padded = torch.randn(len(lengths), max(lengths) + data.draw(st.integers(0, 2)), 3, dtype=torch.float64)
    padded[0, lengths[0] :] = torch.nan  # whatever is there changes nothing
    with torch.no_grad():
        outputs, state = layer(padded, lengths=torch.tensor(lengths))
        for row, length in enumerate(lengths):
            alone, end = layer(padded[row : row + 1, :length])
            assert torch.equal(outputs[row, :length], alone[0])
            assert not outputs[row, length:].any()
            assert all(torch.equal(each[:, row], one[:, 0]) for each, one in zip(state, end, strict=True))


@pytest.mark.parametrize("cell", CELLS)
def test_in_float32_a_padded_batch_is_its_sequences_up_to_rounding(cell):
    torch.manual_seed(0)
    layer, lengths = Recurrent(cell, 3, 5, 2, bidirectional=True), (4, 0, 6, 1)
    padded = torch.randn(4, 6, 3)
    outputs, state = layer(padded, lengths=torch.tensor(lengths))
    for row, length in enumerate(lengths):
        alone, end = layer(padded[row : row + 1, :length])
        torch.testing.assert_close(outputs[row, :length], alone[0], rtol=0, atol=1e-6)
        assert not outputs[row, length:].any()
        for each, one in zip(state, end, strict=True):
            torch.testing.assert_close(each[:, row], one[:, 0], rtol=0, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("cell", CELLS)
def test_padding_gets_no_gradient(cell, dtype):
    layer = Recurrent(cell, 2, 3, bidirectional=True).to(dtype)
    x = torch.randn(2, 4, 2, dtype=dtype, requires_grad=True)
    layer(x, lengths=torch.tensor([4, 2]))[0].sum().backward()
    assert x.grad[1, 2:].abs().max() == 0 < x.grad[1, :2].abs().min()


@pytest.mark.parametrize("cell", CELLS)
def test_a_carried_state_continues_the_sequence(cell):
    layer = Recurrent(cell, 2, 3, 2).double()
    x = torch.randn(2, 7, 2, dtype=torch.float64)
    whole, end = layer(x)
    first, state = layer(x[:, :3])
    rest, last = layer(x[:, 3:], state)
    assert torch.equal(whole, torch.cat([first, rest], dim=1))
    assert all(torch.equal(each, other) for each, other in zip(end, last, strict=True))


def test_a_sequence_of_length_0_keeps_its_state():
    layer = Recurrent(LSTMCell, 2, 3).double()
    start = tuple(torch.randn(1, 2, 3, dtype=torch.float64) for _ in range(2))
    _, state = layer(torch.randn(2, 4, 2, dtype=torch.float64), start, torch.tensor([0, 4]))
    assert all(torch.equal(each[:, 0], old[:, 0]) for each, old in zip(state, start, strict=True))


def test_dropout_is_between_the_layers_and_in_training_only():
    layer = Recurrent(RNNCell, 2, 50, 2, dropout=0.5)
    x = torch.randn(1, 3, 2)
    assert not torch.equal(layer(x)[0], layer(x)[0])
    assert torch.equal(layer.eval()(x)[0], layer(x)[0])
    single = Recurrent(RNNCell, 2, 50, 1, dropout=0.5)
    assert torch.equal(single(x)[0], single(x)[0])


def test_the_fused_lstm_is_initialised_as_ours():
    layer = fused_lstm(2, 3, 2, bidirectional=True, dropout=0.0).layer
    for weights in layer.all_weights:
        assert torch.equal((weights[2] + weights[3]).chunk(4)[1], torch.ones(3))


def test_what_cannot_be():
    with pytest.raises(OptionError, match=r"num_layers of 1 or more.*received 2, 3, 0"):
        Recurrent(RNNCell, 2, 3, 0)
    with pytest.raises(WeightsError, match="do not fit these recurrent layers"):
        Recurrent(RNNCell, 2, 3).load_torch(nn.LSTM(2, 3).state_dict())
