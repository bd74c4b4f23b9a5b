"""English to Spanish on the verses of two Bibles: a trained translator beside word-by-word dictionaries.

    apt-get download sword-text-kjv sword-text-sparv        # in an empty folder
    for package in *.deb; do dpkg -x $package sword; done
    pip install pysword
    python -m benchmarks.verses pairs --sword sword/usr/share/sword -o verses.tsv
    atelier train verses.tsv --tokens words ... -o out/verses
    python -m benchmarks.verses score out/verses verses.tsv [--part test] [--beam 1]

``pairs`` writes the verses that are in both Bibles, a line each: the King James Version and Reina-Valera 1909, which
Debian distributes in the packages sword-text-kjv and sword-text-sparv (public domain). Their paragraph signs are left
out. ``score`` translates a part of them by the run, and by dictionaries that are made from the run's training part: the
Spanish word that each English word has most probably, by IBM model 1 (Brown et al., 'The Mathematics of Statistical
Machine Translation', 1993; five iterations of EM), by the same in the other direction, and by Dice's coefficient. A
word without an entry is copied. All use the tokens of the run. Then it prints the chrF of each, and five translations
as they came, of verses that are spread evenly over the part.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.style import table
from deepatelier.data import Pairs, open_pairs, split_pairs
from deepatelier.jobs import read_record
from deepatelier.text.aligned_words import AlignedWords
from deepatelier.text.sentence_words import SentenceWords
from deepatelier.text.translator import Translator
from deepatelier.training.sequences.translation_fitting import scores_of

BIBLES = ("engKJV2006eb", "spaRV1909eb")
"""The names of the two texts in the packages: English and Spanish."""

Dictionary = dict[str, str]
"""The Spanish token of each English one."""


def verses(sword: Path) -> Iterator[tuple[str, str]]:
    """The verses that are in both Bibles."""
    modules = import_module("pysword.modules").SwordModules(str(sword))
    modules.parse_modules()
    bibles = [modules.get_bible_from_module(name) for name in BIBLES]
    for books in bibles[0].get_structure().get_books().values():
        for book in books:
            for chapter in range(1, book.num_chapters + 1):
                for verse in range(1, book.chapter_lengths[chapter - 1] + 1):
                    texts = [_verse(bible, book.name, chapter, verse) for bible in bibles]
                    if all(texts):
                        yield texts[0], texts[1]


def _verse(bible: object, book: str, chapter: int, verse: int) -> str:
    text = str(bible.get(books=[book.lower()], chapters=[chapter], verses=[verse]))  # type: ignore[attr-defined]
    return " ".join(text.replace("¶", " ").split())


class Dictionaries(AlignedWords):
    """The dictionaries that pairs of verses give."""

    def dice(self) -> NDArray[np.float64]:
        """2·n(e, f) / (n(e) + n(f)), with n the numbers of pairs of tokens in the same verse."""
        n = np.bincount(self.pair).astype(float)
        sides = np.bincount(self.sources, n)[self.sources] + np.bincount(self.targets, n)[self.targets]
        dice: NDArray[np.float64] = 2 * n / sides
        return dice

    def best(self, scores: NDArray[np.float64]) -> Dictionary:
        """The Spanish token with the highest score for each English one."""
        order = np.lexsort((scores, self.sources))
        last = np.append(np.diff(self.sources[order]) > 0, True)
        chosen = order[last]
        return {
            self.words[0][e]: self.words[1][f]
            for e, f in zip(self.sources[chosen].tolist(), self.targets[chosen].tolist(), strict=True)
        }


def dictionaries(training: Pairs) -> dict[str, Dictionary]:
    """The dictionaries that are made from pairs, by name."""
    split = SentenceWords().split
    sides = [[split(text) for text in texts] for texts in (training.sources, training.targets)]
    forwards, backwards = Dictionaries(*sides), Dictionaries(*reversed(sides))
    p, inverse = forwards.probabilities(), backwards.probabilities()
    # p(e | f) of the other direction, in the order of the pairs of this one
    order = np.lexsort((backwards.sources, backwards.targets))
    return {
        "dictionary, p(f|e)": forwards.best(p),
        "dictionary, p(f|e)·p(e|f)": forwards.best(p * inverse[order]),
        "dictionary, Dice": forwards.best(forwards.dice()),
    }


def word_by_word(dictionary: Dictionary, text: str) -> str:
    """A text with each token replaced by that of a dictionary."""
    words = SentenceWords()
    return words.join(dictionary.get(token, token) for token in words.split(text))


def score(run: Path, source: str, part: str, beam: int) -> tuple[list[dict[str, object]], list[dict[str, str]]]:
    """A row of figures for the run and each dictionary, and five verses as each translates them."""
    options = read_record(run).job
    parts = split_pairs(
        open_pairs(source),
        **{name: options[name] for name in ("validation", "test", "seed", "limit")},
    )
    chosen: Pairs = getattr(parts, part)
    translator = Translator.of(run)
    found = {
        f"{run.name}, beam {beam}": translator.greedy(chosen.sources)
        if beam == 1
        else [translator.translate(text, beam).text for text in chosen.sources]
    }
    for name, dictionary in dictionaries(parts.training).items():
        found[name] = [word_by_word(dictionary, text) for text in chosen.sources]
    rows = [
        {"translator": name, "verses": len(chosen), "chrF": scores_of(written, chosen.targets).chrf}
        for name, written in found.items()
    ]
    shown = range(len(chosen) // 10, len(chosen), max(1, len(chosen) // 5))[:5]
    examples = [
        {"source": chosen.sources[index], "target": chosen.targets[index], **{n: w[index] for n, w in found.items()}}
        for index in shown
    ]
    return rows, examples


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    pairs = commands.add_parser("pairs")
    pairs.add_argument("--sword", type=Path, default=Path("/usr/share/sword"))
    pairs.add_argument("-o", "--output", type=Path, default=Path("verses.tsv"))
    scored = commands.add_parser("score")
    scored.add_argument("run", type=Path)
    scored.add_argument("pairs")
    scored.add_argument("--part", choices=("test", "validation"), default="test")
    scored.add_argument("--beam", type=int, choices=(1, 5), default=1)
    given = parser.parse_args(arguments)
    if given.command == "pairs":
        lines = [f"{english}\t{spanish}\n" for english, spanish in verses(given.sword)]
        given.output.write_text("".join(lines), encoding="utf-8")
        print(f"{len(lines):,} pairs in {given.output}")
        return
    rows, examples = score(given.run, given.pairs, given.part, given.beam)
    print(table(rows))
    for example in examples:
        print()
        for name, text in example.items():
            print(f"{name}: {text}")


if __name__ == "__main__":
    main()
