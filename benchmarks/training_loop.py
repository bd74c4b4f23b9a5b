"""What the training loop costs: `deepatelier.training.fit` over a bare loop in torch, in the same run.

    python -m benchmarks.training_loop [--epochs 5]

Both see the same batches of noise, on one device, with Adam and cross-entropy: ``mlp`` on pictures as MNIST's, where a
step is short, and ``resnet20`` on pictures as CIFAR-10's. Epochs of the two alternate; the first pair is left out, and
the fastest of each counts.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from benchmarks.style import table
from deepatelier import networks
from deepatelier.data import Labelled
from deepatelier.devices import choose_device
from deepatelier.training.batches import Batches
from deepatelier.training.fit import fit
from deepatelier.training.player import Player
from deepatelier.training.processes import fabric_for
from deepatelier.training.tasks.classification import Classification
from deepatelier.training.tasks.supervised import NETWORK

CASES = {"mlp": ((1, 28, 28), 12_800), "resnet20": ((3, 32, 32), 1_280)}
"""The shape and the number of pictures of each network."""

_BATCH, _RATE = 128, 1e-3


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=5, help="pairs of epochs, after the first")
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    device = choose_device(arguments.device)
    rows = []
    for name in CASES:
        bare, ours = seconds_of(name, arguments.epochs, device)
        rows.append({"network": name, "bare loop, s an epoch": bare, "`fit`, s an epoch": ours, "ratio": ours / bare})
    print(table(rows))


def seconds_of(name: str, epochs: int, device: torch.device, pictures: int | None = None) -> tuple[float, float]:
    """Return the seconds of an epoch in the bare loop and in `fit`.

    Args:
        name: One of `CASES`.
        epochs: The number of pairs of epochs, after the first.
        device: Where both run.
        pictures: The number of pictures; None is that of `CASES`.
    """
    shape, usual = CASES[name]
    count = pictures or usual
    random = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, *shape), dtype=torch.uint8, generator=random)
    part = Labelled(images, torch.randint(10, (count,), generator=random))
    batches = Batches(part, _BATCH, device, shuffled=True)
    runs: list[Callable[[], None]] = [_bare(_network(name, device), batches), _ours(_network(name, device), batches)]
    times: list[list[float]] = [[], []]
    for _ in range(epochs + 1):
        for run, taken in zip(runs, times, strict=True):
            began = time.perf_counter()
            run()
            if device.type != "cpu":
                torch.accelerator.synchronize()
            taken.append(time.perf_counter() - began)
    return min(times[0][1:]), min(times[1][1:])


def _network(name: str, device: torch.device) -> nn.Module:
    torch.manual_seed(0)
    return networks.build(name).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _bare(network: nn.Module, batches: Batches) -> Callable[[], None]:
    optimizer = torch.optim.Adam(network.parameters(), lr=_RATE)

    def epoch() -> None:
        network.train()
        for images, targets in batches.epoch(0):
            optimizer.zero_grad()
            functional.cross_entropy(network(images), targets).backward()  # type: ignore[no-untyped-call]
            optimizer.step()

    return epoch


def _ours(network: nn.Module, batches: Batches) -> Callable[[], None]:
    player = Player(network, torch.optim.Adam(network.parameters(), lr=_RATE))
    task = Classification(tuple("0123456789"))
    fabric = fabric_for(next(network.parameters()).device, torch.float32, 1)

    def epoch() -> None:
        for _ in fit(task, {NETWORK: player}, batches, epochs=1, fabric=fabric):
            pass

    return epoch


if __name__ == "__main__":
    main()
