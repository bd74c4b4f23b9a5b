"""torch.nn's recurrent layers, which are faster, with the interface of ours."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from deepatelier.networks.recurrent.cell import State
from deepatelier.networks.recurrent.lstm import open_forget_gate

__all__ = ["ForgettingLSTM", "Fused", "fused_gru", "fused_lstm", "fused_rnn"]


class Fused(nn.Module):
    """torch.nn's RNN, LSTM or GRU with the interface of `Recurrent`, to which it is equal up to rounding.

    ``python -m benchmarks.recurrent_layers`` compares their speed.

    Args:
        layer: The layer, with ``batch_first``.

    Shape: see `Recurrent.forward`; lengths are at least 1.
    """

    def __init__(self, layer: nn.RNNBase) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor, state: State | None = None, lengths: Tensor | None = None) -> tuple[Tensor, State]:
        """See `Recurrent.forward`."""
        before = state[0] if state is not None and len(state) == 1 else state
        if lengths is None:
            outputs, after = self.layer(x, before)
        else:
            packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
            outputs, after = self.layer(packed, before)
            outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=x.shape[1])
        return outputs, after if isinstance(after, tuple) else (after,)


class ForgettingLSTM(nn.LSTM):
    """torch.nn's LSTM, initialised as `LSTMCell`: with a bias of the forget gate of 1."""

    def reset_parameters(self) -> None:
        super().reset_parameters()
        for weights in self.all_weights:
            open_forget_gate(*weights[2:])


def fused_rnn(inputs: int, width: int, num_layers: int, *, bidirectional: bool, dropout: float) -> Fused:
    """Return ``torch.nn.RNN`` with tanh; see `RNNCell` and `Recurrent`."""
    return Fused(nn.RNN(inputs, width, num_layers, batch_first=True, bidirectional=bidirectional, dropout=dropout))


def fused_lstm(inputs: int, width: int, num_layers: int, *, bidirectional: bool, dropout: float) -> Fused:
    """Return ``torch.nn.LSTM``; see `LSTMCell` and `Recurrent`."""
    return Fused(
        ForgettingLSTM(inputs, width, num_layers, batch_first=True, bidirectional=bidirectional, dropout=dropout)
    )


def fused_gru(inputs: int, width: int, num_layers: int, *, bidirectional: bool, dropout: float) -> Fused:
    """Return ``torch.nn.GRU``; see `GRUCell` and `Recurrent`."""
    return Fused(nn.GRU(inputs, width, num_layers, batch_first=True, bidirectional=bidirectional, dropout=dropout))
