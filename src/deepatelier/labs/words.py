"""Words as numbers: the three sentences of the slides as bags of words, with TF, IDF and one-hot vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepatelier.jobs import Measures
from deepatelier.labs.computed import ComputedLab
from deepatelier.labs.plots import figure_of
from deepatelier.labs.worked import Worked
from deepatelier.text import (
    Vocabulary,
    bag_of_words,
    inverse_document_frequency,
    one_hot,
    term_frequency,
    tf_idf,
    tokenizer,
)
from deepatelier.training.curves import COLORS, png_of

__all__ = ["SENTENCES", "occurrence_frequency", "words"]

SENTENCES = (
    "The sun is shining",
    "The weather is sweet",
    "The sun is shining, the weather is sweet, and one and one is two",
)
"""The documents of the slides."""

_SHADE = "#56b4e9"
"""The color of the largest value in a table; smaller ones are paler."""


def occurrence_frequency(counts: Any) -> NDArray[np.float64]:
    """Return log10(N / occurrences), (vocabulary,): the column that the slides print as IDF.

    It divides by the number of occurrences in all documents, and not by the number of documents that contain the word,
    as the formula before the table does. So it is negative for a word that occurs more than N times.

    Args:
        counts: The bag of words, (documents, vocabulary).
    """
    found: NDArray[np.float64] = np.log10(counts.shape[0] / np.asarray(counts.sum(axis=0)).ravel())
    return found


def words(_options: ComputedLab) -> Worked:
    """Show the vocabulary, the bag of words, TF, IDF and TF-IDF, and the one-hot vectors of the first sentence.

    Source: the lecture slides, 'Bag of words', 'One Hot Encoding' and 'TF-IDF'.
    """
    split = tokenizer("words").split
    documents = [split(sentence) for sentence in SENTENCES]
    vocabulary = Vocabulary.of(documents, order="alphabet", unknown=False)
    counts = bag_of_words(documents, vocabulary)
    frequencies = term_frequency(counts).toarray()
    rare, printed = inverse_document_frequency(counts), occurrence_frequency(counts)
    weights = tf_idf(counts).toarray()
    columns = [f"{number} {token}" for number, token in enumerate(vocabulary.tokens)]
    rows = [f"x[{number}]" for number in range(1, 1 + len(documents))]
    figure, axes = figure_of(5, 1, width=10.0, height=8.2)
    _table(axes[0], "bag of words: counts", counts.toarray(), rows, columns, "{:d}")
    _table(axes[1], "TF = count / words of the sentence", frequencies, rows, columns, "{:.4f}")
    compared = np.stack([rare, printed])
    names = ["log10(N / documents with the word)", "log10(N / occurrences), as printed"]
    _table(
        axes[2], "IDF by the formula of the slides, and the column of their table", compared, names, columns, "{:.3f}"
    )
    _table(axes[3], "TF-IDF = TF · IDF by the formula", weights, rows, columns, "{:.4f}")
    unit = one_hot(documents[0], vocabulary).numpy()
    _table(axes[4], f"one-hot: “{SENTENCES[0]}”", unit, documents[0], columns, "{:d}")
    figure.get_layout_engine().set(hspace=0.06)
    findings: Measures = {"vocabulary": ", ".join(columns)}
    for row, line in zip(rows, counts.toarray(), strict=True):
        findings[f"counts of {row}"] = " ".join(map(str, line))
    for token, frequency, first, second in zip(vocabulary.tokens, frequencies[2], rare, printed, strict=True):
        findings[f"{token}: TF in {rows[2]}"] = float(frequency)
        findings[f"{token}: IDF"] = float(first)
        findings[f"{token}: IDF as printed"] = float(second)
    return Worked(png_of(figure), findings)


def _table(axis: Any, title: str, values: NDArray[Any], rows: Sequence[str], columns: Sequence[str], form: str) -> None:
    """Draw a table whose cells are shaded by their absolute values. Negative ones are red, and zeros pale."""
    largest = np.abs(values).max()
    height, width = values.shape
    for row in range(height):
        for column in range(width):
            value = values[row, column]
            color = COLORS[1] if value < 0 else _SHADE
            axis.axvspan(
                column - 0.5,
                column + 0.5,
                1 - (row + 1) / height,
                1 - row / height,
                color=color,
                alpha=0.75 * float(abs(value) / largest),
                linewidth=0,
            )
            shade = "black" if value else "#999999"
            axis.text(column, row, form.format(value), ha="center", va="center", fontsize=9, color=shade)
    axis.set_xlim(-0.5, width - 0.5)
    axis.set_ylim(height - 0.5, -0.5)
    axis.set_xticks(range(width), columns, fontsize=9)
    axis.set_yticks(range(height), rows, fontsize=9)
    axis.tick_params(length=0)
    axis.spines[:].set_color("#b8c4d0")
    axis.set_title(title, fontsize=10, loc="left")
