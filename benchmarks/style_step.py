"""What a step of style transfer costs, over the time of its convolutions alone, measured in the same run.

    python benchmarks/style_step.py [--size 512] [--device auto] [--precision auto] [--repeats 10]

The floor is the time of the same convolutions, forward and gradient of the input, in the same precision and layout.
Both times are the minimum of the repeats after two warm-ups. The table is Markdown.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch
from torch import nn

from deepatelier import samples
from deepatelier.devices import precision_name
from deepatelier.synthesis import StyleOptions, StyleTransfer


def fastest(action: Callable[[], object], repeats: int, device: torch.device) -> float:
    """Seconds of the fastest run, after two warm-ups."""
    times = []
    for _ in range(repeats + 2):
        began = time.perf_counter()
        action()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append(time.perf_counter() - began)
    return min(times[2:])


def convolutions_alone(network: nn.Module, pixels: tuple[int, int], repeats: int) -> float:
    """Seconds for the convolutions up to relu5_1, forward and input gradient, each on an input of its own shape."""
    total = 0.0
    size, channels = pixels, 3
    for module in network.get_submodule("features").children():
        if isinstance(module, nn.MaxPool2d):
            size = size[0] // 2, size[1] // 2
        if not isinstance(module, nn.Conv2d):
            continue
        weight = module.weight
        x = torch.randn(1, channels, *size, device=weight.device, dtype=weight.dtype)
        x = x.to(memory_format=torch.channels_last).requires_grad_()
        gradient = torch.randn_like(module(x))

        def both(module: nn.Module = module, x: torch.Tensor = x, gradient: torch.Tensor = gradient) -> None:
            torch.autograd.grad(module(x), x, gradient)

        total += fastest(both, repeats, weight.device)
        channels = module.out_channels
        if size == (pixels[0] // 16, pixels[1] // 16):
            break  # conv5_1 is the deepest that the five style layers need
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, nargs="+", default=[512])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", nargs="+", default=["float32", "auto"])
    parser.add_argument("--repeats", type=int, default=10)
    arguments = parser.parse_args()
    print("| size | device | precision | s a step | s of its convolutions | ratio |")
    print("|---|---|---|---|---|---|")
    for size in arguments.size:
        for precision in arguments.precision:
            options = StyleOptions(
                size=size, levels=1, margin=0, device=arguments.device, precision=precision, steps=arguments.repeats + 2
            )
            transfer = StyleTransfer(samples.open_picture("astronaut"), samples.open_picture("swirl"), options)
            steps = transfer.steps()
            step = fastest(lambda steps=steps: next(steps), arguments.repeats, transfer.device)  # type: ignore[misc]
            network = transfer.network
            floor = convolutions_alone(network, transfer.levels[-1].size, arguments.repeats)
            name = precision_name(transfer.precision)
            print(
                f"| {size} | {transfer.device} | {name} | {step:.3f} | {floor:.3f} | {step / floor:.2f} |", flush=True
            )


if __name__ == "__main__":
    main()
