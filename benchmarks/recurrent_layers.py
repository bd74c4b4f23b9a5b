"""How fast our recurrent layers are over those of torch.nn, in the same run.

    python -m benchmarks.recurrent_layers [--repeats 7]

A step is the outputs of a batch of 50 sequences of 150 steps and the gradient of all weights, in float32, with 64 and
256 units. Steps of the two alternate; the first pair is left out, and the fastest of each counts. Training uses the
layers of torch.nn where it has them (`deepatelier.networks.recurrent.recurrent_network.LAYERS`).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from benchmarks.style import table
from deepatelier.devices import processor_name
from deepatelier.networks.recurrent import (
    Cell,
    Fused,
    GRUCell,
    LSTMCell,
    PeepholeLSTMCell,
    Recurrent,
    ResetBeforeGRUCell,
    RNNCell,
    fused_gru,
    fused_lstm,
    fused_rnn,
)

CASES: dict[str, tuple[type[Cell], Any]] = {
    "plain RNN": (RNNCell, fused_rnn),
    "LSTM": (LSTMCell, fused_lstm),
    "GRU": (GRUCell, fused_gru),
    "LSTM with peepholes, over torch's LSTM": (PeepholeLSTMCell, fused_lstm),
    "GRU of the slides, over torch's": (ResetBeforeGRUCell, fused_gru),
}
"""Our cell, and the layer of torch.nn that it is compared with."""


def seconds_of(layers: Sequence[Recurrent | Fused], x: Tensor, repeats: int) -> list[float]:
    """The seconds of the fastest step of each layer."""
    times: list[list[float]] = [[] for _ in layers]
    for _ in range(repeats + 1):
        for layer, taken in zip(layers, times, strict=True):
            began = time.perf_counter()
            outputs, _ = layer(x)
            outputs.sum().backward()
            taken.append(time.perf_counter() - began)
    return [min(taken[1:]) for taken in times]


def measure(widths: Sequence[int], batch: int, steps: int, repeats: int) -> list[dict[str, Any]]:
    """A row for each cell and width."""
    rows = []
    for name, (cell, fused) in CASES.items():
        for width in widths:
            layers = [Recurrent(cell, 2, width), fused(2, width, 1, bidirectional=False, dropout=0.0)]
            ours, torchs = seconds_of(layers, torch.rand(batch, steps, 2), repeats)
            speeds = {"ours, sequences a second": batch / ours, "torch.nn's": batch / torchs}
            rows.append({"layer": name, "units": width, **speeds, "torch.nn's over ours": ours / torchs})
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    given = parser.parse_args(arguments)
    print(f"{processor_name(torch.device('cpu'))}, {torch.get_num_threads()} threads, torch {torch.__version__}")
    print(table(measure((64, 256), 50, 150, given.repeats)))


if __name__ == "__main__":
    main()
