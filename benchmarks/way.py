"""A photograph's way from ``atelier style`` to its file: through which files of the package it goes.

    python -m benchmarks.way

It follows the calls of public functions in cli/, jobs/ and synthesis/ (objectives aside) while one small picture is
painted, and prints the files in the order in which they are entered, and how often the way comes back to one that it
has left.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import FrameType

import deepatelier
from deepatelier import images, samples, synthesis
from deepatelier.cli import main as atelier

ROOT = Path(deepatelier.__file__).parent
ROOMS = ("cli/", "jobs/", "synthesis/")
OPTIMIZED = 1
"""The flag of the code of a function, as opposed to that of a class or module."""


def entered() -> list[str]:
    """The files in the order in which their functions are called, one after the other each counted once."""
    for name in synthesis.__all__:  # so that no module is imported on the way
        getattr(synthesis, name)
    found: list[str] = []

    def follow(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        path = Path(code.co_filename)
        if event != "call" or not code.co_flags & OPTIMIZED or not path.is_relative_to(ROOT):
            return
        name = path.relative_to(ROOT).as_posix()
        private = code.co_name.startswith(("_", "<")) and code.co_name != "__init__"
        if name.startswith(ROOMS) and "/objectives/" not in name and not private and found[-1:] != [name]:
            found.append(name)

    with tempfile.TemporaryDirectory() as folder:
        for sample in ("chelsea", "coffee"):
            (Path(folder) / f"{sample}.png").write_bytes(images.encode(samples.open_sample(sample).tensor(), "PNG"))
        pictures = [str(Path(folder) / f"{sample}.png") for sample in ("chelsea", "coffee")]
        sys.setprofile(follow)
        with suppress(SystemExit):
            atelier(["style", *pictures, "--size", "48", "--steps", "1", "--device", "cpu", "-o", f"{folder}/out.png"])
        sys.setprofile(None)
    return found


def main() -> None:
    """Print the way."""
    way = entered()
    files = list(dict.fromkeys(way))
    print("\n".join(files))
    print(f"{len(files)} files, {len(way) - len(files)} returns into one that was left.")


if __name__ == "__main__":
    main()
