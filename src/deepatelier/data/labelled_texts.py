"""Texts in classes: from a table, from folders, or the lines of a corpus."""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deepatelier.data.corpora import CORPORA, open_corpus
from deepatelier.data.corpus import Corpus
from deepatelier.data.tables import read_table
from deepatelier.errors import OptionError, UnknownNameError

__all__ = ["LabelledTexts", "open_labelled_texts"]

_SHORTEST = 20
"""The minimum length of a line of a corpus, in characters: shorter ones, such as ``else:``, belong to no module."""

_CLASSES, _EACH = 10, 2000
"""The default number of classes of a corpus, and the maximum number of lines of each."""


@dataclass(frozen=True)
class LabelledTexts:
    """Different texts, each in one of several classes.

    Attributes:
        name: The name of the data.
        texts: The texts.
        labels: The index of the class of each.
        classes: The names of the classes.
        notes: Messages for the user.
    """

    name: str
    texts: tuple[str, ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def sha256(self) -> str:
        """Return the sha256 of the texts and their classes."""
        digest = hashlib.sha256()
        for text, label in zip(self.texts, self.labels, strict=True):
            digest.update(f"{self.classes[label]}\0{text}\0\n".encode())
        return digest.hexdigest()


def open_labelled_texts(
    source: str,
    *,
    text_column: str = "text",
    label_column: str = "label",
    classes: tuple[str, ...] = (),
    data_dir: str | Path | None = None,
) -> LabelledTexts:
    """Return texts in classes.

    A text that occurs several times is kept once. One that occurs in several classes is left out, since there is no
    answer for it.

    Args:
        source: One of `CORPORA`, whose examples are the lines of 20 characters or more, without the spaces at their
            ends, and whose classes are the labels of its documents: those 10 with the most lines, and 2,000 lines of
            each that are drawn at random. Or a .csv with a text and a label in each row. Or a folder with a folder of
            .txt files for each class, whose examples are the files.
        text_column, label_column: The columns of the table.
        classes: The classes to keep, of which all lines are kept; empty for the default.
        data_dir: The folder of a published corpus' files.

    Raises:
        UnknownNameError: There is no such data, column or class.
        InputError: The files are invalid.
        OptionError: There are fewer than two classes.
    """
    path = Path(source)
    if (text_column, label_column) != ("text", "label") and (source in CORPORA or path.is_dir()):
        raise OptionError(f"{source} is no table. Leave --text-column and --label-column out.")
    if data_dir is not None and source not in CORPORA:
        raise OptionError(f"{source} has no files. Leave --data-dir out.")
    if source in CORPORA:
        corpus = open_corpus(source, data_dir=data_dir)
        return _chosen(corpus.name, _lines(corpus), classes, most=None if classes else _CLASSES)
    if path.is_dir():
        return _chosen(path.resolve().name, _files(path), classes)
    if not path.is_file():
        raise UnknownNameError(
            "text", source, CORPORA, "Your own is a .csv with a text and a label in each row, or a folder of folders."
        )
    rows = read_table(path, (text_column, label_column))
    return _chosen(path.stem, ((row.cells[0].strip(), row.cells[1].strip()) for row in rows), classes)


def _lines(corpus: Corpus) -> Iterable[tuple[str, str]]:
    """Yield the lines of a corpus with their labels."""
    for document in corpus.documents():
        for line in "".join(document.pieces()).splitlines():
            text = line.strip()
            if len(text) >= _SHORTEST:
                yield text, document.label


def _files(folder: Path) -> Iterable[tuple[str, str]]:
    """Yield the texts of files with the names of their folders."""
    corpus = open_corpus(str(folder))
    for document in corpus.documents():
        if "/" in document.name:
            yield "".join(document.pieces()).strip(), document.name.split("/", 1)[0]


def _chosen(
    name: str, found: Iterable[tuple[str, str]], wanted: tuple[str, ...], most: int | None = None
) -> LabelledTexts:
    """Return the texts of some classes."""
    labels_of, empty = defaultdict[str, set[str]](set), 0
    for text, label in found:
        if text and label:
            labels_of[text].add(label)
        else:
            empty += 1
    counts = Counter(label for labels in labels_of.values() if len(labels) == 1 for label in labels)
    for label in wanted:
        if label not in counts:
            raise UnknownNameError(f"class of {name}", label, counts)
    names = tuple(sorted(wanted or [label for label, _ in counts.most_common(most)]))
    if len(names) < 2:
        what = f"only {names[0]}" if names else "none"
        raise OptionError(f"A classification needs two classes or more; {name} has {what}.")
    kept = {label: [text for text, labels in labels_of.items() if labels == {label}] for label in names}
    if most is not None:
        drawn = random.Random(0)
        kept = {label: drawn.sample(texts, min(_EACH, len(texts))) for label, texts in kept.items()}
    several = sum(len(labels) > 1 for labels in labels_of.values())
    notes = [f"{empty:,} texts without words or label are left out."] if empty else []
    notes += [f"{several:,} texts that occur in several classes are left out."] if several else []
    if most is not None and len(counts) > most:
        notes.append(f"Of {len(counts)} classes, the {most} with the most lines are used; --classes names others.")
    return LabelledTexts(
        name,
        tuple(text for label in names for text in kept[label]),
        tuple(number for number, label in enumerate(names) for _ in kept[label]),
        names,
        tuple(notes),
    )
