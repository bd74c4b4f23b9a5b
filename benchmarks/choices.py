"""What three choices of the engine do: the number format, the preconditioner, the pairs that L-BFGS remembers.

    python -m benchmarks.choices [--size 256] [--steps 200] [--pairs 3]

For each pair of pictures, and for the preset gatys and the default objective at one level: the float32 objective of the
result over that of float32 with everything as it is, after the same steps. Two runs in float32 that begin a thousandth
of a level apart tell how far chance alone leads apart.
"""

from __future__ import annotations

import argparse
from typing import Any

import torch

from benchmarks.style import PAIRS, saved, table
from deepatelier import samples
from deepatelier.synthesis import PixelCanvas, StyleOptions, StyleTransfer
from deepatelier.synthesis.engine import synthesize as engine


def objective(names: tuple[str, str], options: dict[str, Any], beginning: float = 0.0) -> float:
    """Of the saved result, in float32; the start may be moved by some levels of noise."""
    photo, painting = (samples.open_picture(name) for name in names)
    transfer = StyleTransfer(photo, painting, StyleOptions(**options))
    start = transfer.initial
    noise = beginning / 255 * torch.randn(start().shape, generator=torch.Generator().manual_seed(0))
    transfer.initial = lambda: start() + noise  # type: ignore[method-assign]
    *_, last = transfer.steps()
    return transfer.losses(saved(last.image))["total"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=len(PAIRS))
    arguments = parser.parse_args()
    rows = []
    for names in PAIRS[: arguments.pairs]:
        for preset in ("gatys", None):
            options: dict[str, Any] = {"preset": preset, "levels": 1, "level_shares": None, "init": "matched"}
            options |= {"size": arguments.size, "steps": arguments.steps, "precision": "float32"}
            reference = objective(names, options)
            row: dict[str, Any] = {"pair": ", ".join(names), "objective": preset or "default"}
            row["by chance"] = objective(names, options, beginning=1e-3) / reference
            row["bfloat16"] = objective(names, {**options, "precision": "bfloat16"}) / reference
            history, precondition = engine.HISTORY, PixelCanvas.precondition
            engine.HISTORY = 100
            row["100 pairs"] = objective(names, options) / reference
            engine.HISTORY = history
            PixelCanvas.precondition = lambda _, gradient: gradient  # type: ignore[method-assign, assignment]
            row["no preconditioner"] = objective(names, options) / reference
            PixelCanvas.precondition = precondition  # type: ignore[method-assign]
            rows.append(row)
            print(row, flush=True)
    print(table(rows))


if __name__ == "__main__":
    main()
