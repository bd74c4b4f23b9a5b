"""Peak memory over the size of a text, which must not grow with it.

    python -m benchmarks.text_memory [--sizes 10 100] [--cases words …] [--json]

For each tokenizer, a process reads a text file, counts its vocabulary and writes the numbers of its tokens; another
one, ``skip-gram``, also takes the first steps of a training. The text is random words of a vocabulary of 20,000, in
lines, or in one line. The peak is the kernel's VmHWM of the process.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CASES = ("characters", "words", "bytes", "skip-gram")
_STEPS = 20

_WORDS, _LETTERS = 20_000, "abcdefghijklmnopqrstuvwxyzäéñ"


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=float, nargs="+", default=[10, 100], help="sizes of the text, in MB")
    parser.add_argument("--cases", nargs="+", default=CASES, choices=CASES)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", nargs=2, metavar=("CASE", "FILE"), help="what a process measures in itself")
    arguments = parser.parse_args(words)
    if arguments.measure:
        case, file = arguments.measure
        print(json.dumps(peak_of(case, Path(file))))
        return
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for line in (False, True):
            files = [write_text(Path(folder) / f"{size:g}.txt", size, one_line=line) for size in arguments.sizes]
            for case in arguments.cases:
                peaks = [_measured(case, file) for file in files]
                sizes = dict(zip(map("{:g} MB".format, arguments.sizes), peaks, strict=True))
                name = f"{case}, one line" if line else case
                rows.append({"text": name, **sizes, "last / first": round(peaks[-1] / peaks[0], 3)})
    if arguments.json:
        print(json.dumps(rows))
        return
    from benchmarks.style import table  # here: it imports torch, whose memory a process inherits

    print(table(rows))


def write_text(path: Path, size: float, *, one_line: bool) -> Path:
    """Write a text of some MB, whose first MB is repeated, and return its path."""
    draw = random.Random(0)
    known = ["".join(draw.choices(_LETTERS, k=draw.randint(1, 9))) for _ in range(_WORDS)]
    lines = [" ".join(draw.choices(known, k=12)) for _ in range(15_000)]
    block = ((" " if one_line else "\n").join(lines) + " ").encode()
    whole, rest = divmod(round(size * 1e6), len(block))
    with path.open("wb") as file:
        for _ in range(whole):
            file.write(block)
        file.write(block[:rest].decode(errors="ignore").encode())
    return path


def peak_of(case: str, path: Path) -> float:
    """Do the work of a case in this process, and return its peak memory in MB."""
    from deepatelier.data import EncodedText, open_corpus
    from deepatelier.text import Vocabulary, tokenizer
    from deepatelier.training.skip_gram_job import SkipGramOptions
    from deepatelier.training.skip_gram_training import SkipGramTraining

    corpus = open_corpus(str(path))
    if case == "skip-gram":
        for step in SkipGramTraining(corpus, SkipGramOptions(dimensions=20)).steps():
            if step.index >= _STEPS:
                break
    else:
        vocabulary = Vocabulary.of(corpus.tokens(tokenizer(case)))
        for _ in EncodedText(corpus.tokens(tokenizer(case)), vocabulary):
            pass
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return round(int(found[1]) * 1024 / 1e6, 1)


def _measured(case: str, file: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.text_memory", "--measure", case, str(file)]
    peak: float = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return peak


if __name__ == "__main__":
    main()
