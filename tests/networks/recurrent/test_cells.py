"""Each cell against torch.nn's or its equation, and its gradient."""

import pytest
import torch
from torch import nn

from deepatelier.networks.recurrent import (
    Cell,
    DiagonalPeepholeLSTMCell,
    GRUCell,
    LSTMCell,
    PeepholeLSTMCell,
    ResetBeforeGRUCell,
    RNNCell,
)

CELLS = Cell.__subclasses__()
TORCHS = {RNNCell: nn.RNNCell, LSTMCell: nn.LSTMCell, GRUCell: nn.GRUCell}


def drawn(cell, dtype=torch.float64):
    torch.manual_seed(0)
    made = cell(3, 4).to(dtype)
    return made, torch.randn(2, 3, dtype=dtype), tuple(torch.randn(2, 4, dtype=dtype) for _ in range(cell.states))


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-10)])
@pytest.mark.parametrize("cell", TORCHS)
def test_it_takes_torchs_weights_and_gives_its_output(cell, dtype, tolerance):
    ours, x, state = drawn(cell, dtype)
    theirs = TORCHS[cell](3, 4, dtype=dtype)
    theirs.load_state_dict(ours.state_dict())
    wanted = theirs(x, state if len(state) > 1 else state[0])
    for mine, yours in zip(ours(x, state), wanted if isinstance(wanted, tuple) else (wanted,), strict=True):
        torch.testing.assert_close(mine, yours, rtol=0, atol=tolerance)


@pytest.mark.parametrize("cell", CELLS)
def test_its_gradient(cell):
    made, x, state = drawn(cell)
    names = [name for name, _ in made.named_parameters()]

    def after(x, *tensors):
        weights = dict(zip(names, tensors[cell.states :], strict=True))
        return torch.func.functional_call(made, weights, (x, tensors[: cell.states]))

    inputs = [each.detach().requires_grad_() for each in (x, *state, *made.parameters())]
    assert torch.autograd.gradcheck(after, inputs)


def _rows(made):
    """The rows of each gate: of the input's and the old output's weights, and the bias."""
    count = type(made).gates
    return zip(
        made.weight_ih.chunk(count),
        made.weight_hh.chunk(count),
        (made.bias_ih + made.bias_hh).chunk(count),
        strict=True,
    )


def test_peepholes_as_on_the_slides():
    made, x, (h, c) = drawn(PeepholeLSTMCell)
    (w_i, u_i, b_i), (w_f, u_f, b_f), (w_c, u_c, b_c), (w_o, u_o, b_o) = _rows(made)
    p_i, p_f, p_o = made.weight_ch.chunk(3)
    f = torch.sigmoid(torch.cat([c, h, x], dim=1) @ torch.cat([p_f, u_f, w_f], dim=1).T + b_f)
    i = torch.sigmoid(torch.cat([c, h, x], dim=1) @ torch.cat([p_i, u_i, w_i], dim=1).T + b_i)
    new = f * c + i * torch.tanh(torch.cat([h, x], dim=1) @ torch.cat([u_c, w_c], dim=1).T + b_c)
    o = torch.sigmoid(torch.cat([new, h, x], dim=1) @ torch.cat([p_o, u_o, w_o], dim=1).T + b_o)
    torch.testing.assert_close(made(x, (h, c)), (o * torch.tanh(new), new), rtol=0, atol=1e-12)


def test_diagonal_peepholes_are_the_slides_with_diagonal_matrices():
    diagonal, x, state = drawn(DiagonalPeepholeLSTMCell)
    full = PeepholeLSTMCell(3, 4).double()
    weights = diagonal.state_dict()
    weights["weight_ch"] = torch.cat([torch.diag(each) for each in diagonal.weight_ch])
    full.load_state_dict(weights)
    torch.testing.assert_close(diagonal(x, state), full(x, state), rtol=0, atol=1e-12)


@pytest.mark.parametrize("cell", [PeepholeLSTMCell, DiagonalPeepholeLSTMCell])
def test_closed_peepholes_are_an_lstm(cell):
    made, x, state = drawn(cell)
    weights = made.state_dict()
    nn.init.zeros_(weights.pop("weight_ch"))
    plain = LSTMCell(3, 4).double()
    plain.load_state_dict(weights)
    torch.testing.assert_close(made(x, state), plain(x, state), rtol=0, atol=1e-12)


def test_the_gru_of_the_slides_and_torchs_are_told_apart():
    slides, x, (h,) = drawn(ResetBeforeGRUCell)
    (w_r, u_r, b_r), (w_z, u_z, b_z), (w, u, b) = _rows(slides)
    r = torch.sigmoid(torch.cat([h, x], dim=1) @ torch.cat([u_r, w_r], dim=1).T + b_r)
    z = torch.sigmoid(torch.cat([h, x], dim=1) @ torch.cat([u_z, w_z], dim=1).T + b_z)
    proposed = torch.tanh(torch.cat([r * h, x], dim=1) @ torch.cat([u, w], dim=1).T + b)
    torch.testing.assert_close(slides(x, (h,)), ((1 - z) * h + z * proposed,), rtol=0, atol=1e-12)
    torchs = GRUCell(3, 4).double()
    torchs.load_state_dict(slides.state_dict())
    assert not torch.allclose(torchs(x, (h,))[0], slides(x, (h,))[0], atol=1e-2)


@pytest.mark.parametrize("cell", [LSTMCell, PeepholeLSTMCell, DiagonalPeepholeLSTMCell])
def test_the_forget_gate_is_open_at_first(cell):
    made = cell(3, 4)
    assert torch.equal((made.bias_ih + made.bias_hh).chunk(4)[1], torch.ones(4))
