"""Recurrent language models beside interpolated n-gram models, on the same parts of the same text, in the same run.

    python -m benchmarks.language_models shakespeare --data-dir FOLDER --out runs/shakespeare --epochs 6
    python -m benchmarks.language_models python --run runs/python --parse 20

The network is trained as by ``atelier train TEXT --task language-model``, with all further flags of that command, or
comes from ``--run``. Each document is cut in order into training, validation and test part. The n-gram model counts the
training part, with the network's tokens; its smoothing is the best one on the validation part, among Witten-Bell and
modified Kneser-Ney with several discounts (`benchmarks.ngrams`). Both are measured on each token of the test part.

A sample of each is printed, drawn at ``--temperature``. With ``--parse N``, N samples of ``--length`` characters are
drawn at each of several temperatures. A sample parses if ``ast.parse`` accepts its whole lines (what comes after the
last line break is cut off) and finds at least one statement in them.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.ngrams import NGrams, Smoothing, chosen_smoothing
from benchmarks.style import table
from deepatelier.data import open_corpus
from deepatelier.devices import processor_name
from deepatelier.jobs import read_record
from deepatelier.text import UNKNOWN
from deepatelier.text.language import START, Language, joined
from deepatelier.training.sequences.language_evaluation import measures_on
from deepatelier.training.sequences.language_fitting import parts_of_text
from deepatelier.training.sequences.language_job import LanguageJob
from deepatelier.training.sequences.text_parts import TextPart
from deepatelier.training.sequences.text_writing import written

_CHOSEN_ON = 200_000
"""The number of validation tokens, at equal distances, on which the smoothing is chosen."""

TEMPERATURES = (0.5, 0.8, 1.0)
"""The temperatures at which samples are parsed."""


def parses(text: str) -> bool:
    """Return whether the whole lines of a text are Python code with at least one statement."""
    whole = text[: text.rfind("\n") + 1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escape sequences in strings
            return bool(ast.parse(whole).body)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def train(text: str, folder: Path, data_dir: str | None, flags: Sequence[str]) -> None:
    """Train as the command does, in a process of its own."""
    words = ["train", text, "--task", "language-model", "-o", str(folder), *flags]
    words += [] if data_dir is None else ["--data-dir", data_dir]
    subprocess.run([sys.executable, "-c", "from deepatelier.cli import main; main()", *words], check=True)


def stream_of(part: TextPart, start: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the tokens of a part with the token `START` at each start of a document, and which tokens count."""
    starts = np.flatnonzero(part.inputs == start)
    tokens = np.insert(part.targets, starts, start)
    return tokens, tokens != start


class Comparison:
    """A network and an n-gram model of the same text.

    Args:
        folder: The run folder of the network.
        text: The text.
        data_dir: The folder of its files.
        longest: The length of the n-grams.
    """

    def __init__(self, folder: Path, text: str, data_dir: str | None, longest: int) -> None:
        record = read_record(folder)
        known = {name: each for name, each in record.job.items() if name in LanguageJob.model_fields}
        self.job = LanguageJob.complete({**known, "dataset": text, "data_dir": data_dir, "device": "cpu"})
        self.language, self.seconds = Language.open(folder), record.seconds
        corpus = open_corpus(text, data_dir=data_dir)
        self.parts = parts_of_text(corpus, self.job, self.language)
        self.start = self.language.vocabulary.numbers[START]
        size = len(self.language.vocabulary)
        self.grams = NGrams(stream_of(self.parts.training, self.start)[0], size, longest)
        tokens, counted = stream_of(self.parts.validation, self.start)
        some = counted & (np.arange(len(tokens)) % max(1, len(tokens) // _CHOSEN_ON) == 0)
        self.smoothing, _ = chosen_smoothing(self.grams, tokens, some)
        self.validation = self.grams.bits(tokens, self.smoothing, counted)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each model."""
        test, validation = self.parts.test, self.parts.validation
        tokens, counted = stream_of(test, self.start)
        bits = self.grams.bits(tokens, self.smoothing, counted) * len(test) / test.characters
        chosen = self.validation * len(validation) / max(1, validation.characters)
        name = f"{self.grams.longest}-gram, {describe(self.smoothing)}"
        network = measures_on(test, self.language, self.job)
        held = measures_on(validation, self.language, self.job) if len(validation) else {}
        return [
            {
                "model": f"{self.job.network}, {self.job.layers} x {self.job.width}",
                "seconds of training": f"{self.seconds:.0f}",
                "validation bits per character": f"{held.get('bits per character', float('nan')):.3f}",
                "test bits per character": f"{network['bits per character']:.3f}",
            },
            {
                "model": name,
                "seconds of training": "",
                "validation bits per character": f"{chosen:.3f}",
                "test bits per character": f"{bits:.3f}",
            },
        ]

    def network_text(self, seed: int, temperature: float, length: int) -> str:
        """Return a sample of the network, from the start of a document."""
        label = self.language.labels[0] if self.language.labels else None
        return "".join(written(self.language, "", label, temperature=temperature, length=length, seed=seed))

    def grams_text(self, seed: int, temperature: float, length: int) -> str:
        """Return a sample of the n-gram model, from the start of a document."""
        generator = torch.Generator().manual_seed(seed)

        def draw(chances: NDArray[np.float64]) -> int:
            return int(torch.multinomial(torch.from_numpy(chances), 1, generator=generator))

        never = self.language.vocabulary.encode([UNKNOWN, START])
        numbers = self.grams.written([self.start], self.smoothing, never, temperature=temperature, draw=draw)
        tokens = (self.language.vocabulary.tokens[number] for number in islice(numbers, length))
        return "".join(joined(tokens, self.language.tokenizer))

    def parsed(self, samples: int, length: int) -> Iterator[dict[str, Any]]:
        """Yield a row for each temperature: how many samples of each model parse."""
        for temperature in TEMPERATURES:
            counts = [
                sum(parses(text(seed, temperature, length)) for seed in range(samples))
                for text in (self.network_text, self.grams_text)
            ]
            yield {
                "temperature": temperature,
                "samples": samples,
                f"{self.job.network}: parse": counts[0],
                f"{self.grams.longest}-gram: parse": counts[1],
            }


def describe(smoothing: Smoothing) -> str:
    """Return a smoothing in words."""
    if hasattr(smoothing, "factor"):
        kind = "" if smoothing.kind == "before" else " of raw counts"
        return f"modified Kneser-Ney{kind}, discounts times {smoothing.factor}"
    return f"Witten-Bell, k {smoothing.k}"  # type: ignore[attr-defined]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", help="a text by name, a file or a folder")
    parser.add_argument("--data-dir")
    parser.add_argument("--run", type=Path, help="a run folder, instead of a training")
    parser.add_argument("--out", type=Path, default=Path("runs/language-model"), help="the run folder of the training")
    parser.add_argument("--orders", type=int, nargs="+", default=[5], help="the lengths of n-grams")
    parser.add_argument("--length", type=int, default=300)
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--parse", type=int, default=0, help="the number of samples to parse as Python")
    given, flags = parser.parse_known_args(arguments)
    if given.run is None:
        train(given.text, given.out, given.data_dir, flags)
    elif flags:
        parser.error(f"with --run, {' '.join(flags)} would have no effect")
    print(f"{processor_name(torch.device('cpu'))}, {torch.get_num_threads()} threads, torch {torch.__version__}")
    rows: list[dict[str, Any]] = []
    for longest in given.orders:
        found = Comparison(given.run or given.out, given.text, given.data_dir, longest)
        rows += found.rows()[bool(rows) :]
        print(f"\n--- {longest}-gram ---\n{found.grams_text(0, given.temperature, given.length)}")
        if given.parse:
            print("\n" + table(list(found.parsed(given.parse, given.length))))
    print(f"\n--- network ---\n{found.network_text(0, given.temperature, given.length)}\n")
    print(table(rows))


if __name__ == "__main__":
    main()
