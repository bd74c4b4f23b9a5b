"""Recurrent networks: cells, each from its equations; layers that apply them along sequences; whole networks."""

from deepatelier.networks.recurrent.cell import Cell, State
from deepatelier.networks.recurrent.fused import Fused, fused_gru, fused_lstm, fused_rnn
from deepatelier.networks.recurrent.gru import GRUCell
from deepatelier.networks.recurrent.gru_reset_before import ResetBeforeGRUCell
from deepatelier.networks.recurrent.layer import Recurrent
from deepatelier.networks.recurrent.lstm import LSTMCell
from deepatelier.networks.recurrent.lstm_peephole import PeepholeLSTMCell
from deepatelier.networks.recurrent.lstm_peephole_diagonal import DiagonalPeepholeLSTMCell
from deepatelier.networks.recurrent.recurrent_network import LAYERS, RecurrentNetwork
from deepatelier.networks.recurrent.rnn import RNNCell

__all__ = [
    "LAYERS",
    "Cell",
    "DiagonalPeepholeLSTMCell",
    "Fused",
    "GRUCell",
    "LSTMCell",
    "PeepholeLSTMCell",
    "RNNCell",
    "Recurrent",
    "RecurrentNetwork",
    "ResetBeforeGRUCell",
    "State",
    "fused_gru",
    "fused_lstm",
    "fused_rnn",
]
