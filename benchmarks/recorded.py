"""What some forty commands make, recorded, so that a change which shall change nothing can be checked.

    python -m benchmarks.recorded record FILE.json [NAME...]
    python -m benchmarks.recorded compare FILE.json [NAME...]

``record`` runs each command at a small size, one thread, and writes the sha256 of the decoded pixels, arrays, tensors
and tables that it made, with the losses and measures of its record. ``compare`` runs them again and prints what is
different of what was recorded; it exits with 1 if anything is. Both are for one machine: another processor rounds in
another way.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageSequence
from safetensors.numpy import load_file

ATELIER = [sys.executable, "-c", "from deepatelier.cli import main; main()"]
TINY = ("--size", "64", "--device", "cpu")
STYLE = ("style", "chelsea", "mask_b.png", *TINY)

COMMANDS: dict[str, tuple[str, ...]] = {
    "style": (*STYLE, "--steps", "8", "--precision", "float32", "-o", "out.png"),
    "style, default precision": ("style", "coffee", "mask_b.png", "--size", "128", "--steps", "4", "-o", "out.png"),
    "style, adam from noise": (*STYLE, "--steps", "6", "--optimizer", "adam", "--init", "noise", "-o", "out.png"),
    "style, report": (*STYLE, "--preset", "report", "--steps", "6", "-o", "out.png"),
    "style, gatys": (*STYLE, "--preset", "gatys", "--steps", "6", "-o", "out.png"),
    "style, neural-style": (*STYLE, "--preset", "neural-style", "--steps", "6", "-o", "out.png"),
    "style, best": (*STYLE, "--preset", "best", "--steps", "6", "-o", "out.png"),
    "style, strength": (*STYLE, "--strength", "0.5", "--steps", "6", "--levels", "2", "-o", "out.png"),
    "style, the photograph's colours": (*STYLE, "--colors", "photo", "--steps", "6", "-o", "out.png"),
    "style, matched colours": (*STYLE, "--colors", "match", "--steps", "6", "-o", "out.png"),
    "style, two paintings": (
        "style",
        "chelsea",
        "mask_b.png:0.7",
        "coffee:0.3",
        *TINY,
        "--steps",
        "6",
        "-o",
        "out.png",
    ),
    "style, mask": (
        *("style", "chelsea", "mask_b.png", "coffee", "--mask", "mask.png"),
        *(*TINY, "--steps", "6", "-o", "out.png"),
    ),
    "style, wasserstein": (*STYLE, "--style-loss", "wasserstein", "--steps", "6", "-o", "out.png"),
    "style, markov": (*STYLE, "--style-loss", "markov", "--steps", "4", "-o", "out.png"),
    "style, fast": ("style", "chelsea", "swirl", "--fast", *TINY, "-o", "out.png"),
    "style, another network": (
        *(
            "style",
            "chelsea",
            "mask_b.png",
            "--network",
            "efficientnet_lite0",
            "--content-layers",
            "block7/relu_expand",
        ),
        *("--style-layers", "relu_stem", "block4/relu_depthwise", *TINY, "--steps", "4", "-o", "out.png"),
    ),
    "style, a folder": ("style", "photos", "mask_b.png", *TINY, "--steps", "4", "-o", "painted"),
    "sheet": (
        *("sheet", "chelsea", "mask_b.png", "--rows", "strength=0.5,1", "--columns", "tv=0,100", *TINY),
        *("--steps", "3", "-o", "out.png"),
    ),
    "texture": ("texture", "mask_b.png", *TINY, "--steps", "6", "-o", "out.png"),
    "texture, tileable": ("texture", "mask_b.png", "--tileable", *TINY, "--steps", "6", "-o", "out.png"),
    "texture, sheet": ("texture", "mask_b.png", "--sheet", *TINY, "--steps", "3", "-o", "out.png"),
    "texture, wei-levoy": (
        *("texture", "mask_b.png", "--method", "wei-levoy", "--size", "32", "--neighborhood", "5", "--levels", "2"),
        *("--device", "cpu", "-o", "out.png"),
    ),
    "reconstruct content": ("reconstruct", "content", "chelsea", *TINY, "--steps", "4", "-o", "out.png"),
    "reconstruct style": ("reconstruct", "style", "mask_b.png", *TINY, "--steps", "4", "-o", "out.png"),
    "invert": ("invert", "chelsea", "--layer", "relu3_1", *TINY, "--steps", "6", "-o", "out.png"),
    "visualize, class": ("visualize", "--class", "espresso", *TINY, "--steps", "4", "-o", "out.png"),
    "visualize, channel": (
        *("visualize", "--network", "vgg19", "--layer", "relu3_1", "--channel", "5", *TINY),
        *("--steps", "4", "-o", "out.png"),
    ),
    "dream": ("dream", "chelsea", "--size", "96", "--device", "cpu", "--steps", "6", "-o", "out.png"),
    "dream, guide": ("dream", "chelsea", "--guide", "coffee", "--size", "96", "--steps", "4", "-o", "out.png"),
    "dream, film": (
        *("dream", "chelsea", "--frames", "3", "--frame-steps", "2", "--size", "96", "--steps", "4"),
        *("-o", "out.gif"),
    ),
    "fool": ("fool", "coffee", "--as", "teapot", "--size", "64", "--panels", "panels.png", "-o", "out.png"),
    "fool, ascent": ("fool", "coffee", "--method", "ascent", "--size", "64", "--steps", "8", "-o", "out.png"),
    "look filters": ("look", "filters", "--array", "out.npy", "-o", "out.png"),
    "look activations": (
        *("look", "activations", "chelsea", "--layer", "relu3_1", "--view-size", "64"),
        *("--array", "out.npy", "-o", "out.png"),
    ),
    "look patches": (
        *("look", "patches", "photos", "--layer", "relu3_1", "--channel", "7", "--view-size", "96"),
        *("--count", "4", "-o", "out.png"),
    ),
    "look deconvolution": (
        *("look", "deconvolution", "photos", "--layer", "relu3_1", "--most", "2", "--view-size", "96"),
        *("--count", "4", "-o", "out.png"),
    ),
    "look unit": (
        *("look", "unit", "photos", "--layer", "relu3_1", "--channel", "7", "--view-size", "96", "--size", "64"),
        *("--count", "4", "--steps", "4", "-o", "out.png"),
    ),
    "look occlusion": ("look", "occlusion", "coffee", "--size", "96", "--view-size", "96", "-o", "out.png"),
    "look cam": ("look", "cam", "coffee", "--top", "2", "--size", "96", "--array", "out.npy", "-o", "out.png"),
    "look gradcam": ("look", "gradcam", "coffee", "--class", "espresso", "--size", "96", "-o", "out.png"),
    "look saliency": ("look", "saliency", "coffee", "--size", "96", "--view-size", "96", "-o", "out.png"),
    "lab pooling": (
        *("lab", "pooling", "--photo", "chelsea", "--painting", "mask_b.png", *TINY, "--steps", "3", "-o", "."),
    ),
    "lab total_variation": (
        *("lab", "total_variation", "--photo", "chelsea", "--painting", "mask_b.png", *TINY),
        *("--steps", "3", "-o", "."),
    ),
    "lab backpropagation": ("lab", "backpropagation", "-o", "."),
    "lab descent": ("lab", "descent", "-o", "."),
    "train": ("train", "digits", "--network", "mlp", "--epochs", "2", "--dropout", "0.2", "-o", "run"),
    "train, closed form": (*("train", "digits", "--closed-form", "-o", "run"),),
    "train-painter": (
        *("train-painter", "mask_b.png", "--photos", "photos", "--steps", "3", "--crop", "64", "--size", "64"),
        *("-o", "painter.safetensors"),
    ),
}
"""By a name; ``mask_b.png`` is a painting, ``mask.png`` a mask and ``photos`` a folder of two photographs."""

EVALUATED = ("train",)
"""Commands after which the run is evaluated too."""


def prepare(folder: Path) -> None:
    """The pictures that the commands name."""
    from skimage import data

    y, x = np.mgrid[0:90, 0:120]
    waves = np.stack([np.sin(x / 5 + y / 9), np.sin((x + 2 * y) / 7), np.cos(x / 11 - y / 4)], axis=-1)
    Image.fromarray((127 + 120 * waves).astype(np.uint8)).save(folder / "mask_b.png")
    Image.fromarray(np.where(x < 60, 255, 0).astype(np.uint8)).save(folder / "mask.png")
    (folder / "photos").mkdir()
    for name in ("coffee", "astronaut"):
        Image.fromarray(getattr(data, name)()).resize((150, 120)).save(folder / "photos" / f"{name}.png")


def made(name: str) -> dict[str, Any]:
    """Run a command in an empty folder: digests by file, and the losses and measures of its record."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        prepare(folder)
        known = {path for path in folder.rglob("*") if path.is_file()}
        words = COMMANDS[name]
        json_ = [] if words[0] == "style" and words[1] == "photos" else ["--json"]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        run = subprocess.run([*ATELIER, *words, *json_], cwd=folder, env=environment, capture_output=True, text=True)
        if run.returncode:
            return {"exit": run.returncode, "stderr": run.stderr[-300:]}
        told = json.loads(run.stdout) if json_ else {}
        found: dict[str, Any] = {part: told[part] for part in ("losses", "measures") if part in told}
        if name in EVALUATED:
            evaluate = [*ATELIER, "evaluate", "run", "digits", "--json"]
            run = subprocess.run(evaluate, cwd=folder, env=environment, capture_output=True, text=True)
            told = json.loads(run.stdout)
            found["evaluated"] = {part: told[part] for part in ("loss", "accuracy", "table")}
        found["files"] = {
            str(path.relative_to(folder)): digest(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path not in known and digest(path)
        }
        return found


def digest(path: Path) -> str:
    """The sha256 of what a file holds; empty for a format that is not looked at."""
    parts: list[np.ndarray[Any, Any]] = []
    if path.suffix in (".png", ".gif") and path.stem not in ("curves",):
        with Image.open(path) as picture:
            parts = [np.asarray(frame.convert("RGBA")) for frame in ImageSequence.Iterator(picture)]
    elif path.suffix == ".npy":
        parts = [np.load(path)]
    elif path.suffix == ".safetensors":
        parts = [each for _, each in sorted(load_file(path).items())]
    elif path.suffix == ".csv":
        rows = list(csv.DictReader(path.open()))
        return repr([{key: value for key, value in row.items() if key != "seconds"} for row in rows])
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(repr(part.shape).encode() + np.ascontiguousarray(part).tobytes())
    return hashed.hexdigest() if parts else ""


def main() -> int:
    """Record, or compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("action", choices=("record", "compare"))
    parser.add_argument("file", type=Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    names = arguments.names or list(COMMANDS)
    known = json.loads(arguments.file.read_text()) if arguments.file.exists() else {}
    different = []
    for name in names:
        now = made(name)
        if arguments.action == "record":
            known[name] = now
            arguments.file.write_text(json.dumps(known, indent=1))
        before = known.get(name, {})
        changed = [part for part in before or now if before.get(part) != now.get(part)]
        different += [name] if changed else []
        print(f"{name}: {'differs in ' + ', '.join(changed) if changed else 'equal'}", flush=True)
        if "stderr" in now:
            print(now["stderr"])
        elif changed:
            print(json.dumps({part: [before.get(part), now.get(part)] for part in changed}, indent=1))
    print(f"{len(names) - len(different)} of {len(names)} commands are equal.")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
