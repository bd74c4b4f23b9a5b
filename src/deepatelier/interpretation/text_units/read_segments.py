"""Short segments of documents, with the concepts of each token and the activations of all units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from deepatelier.data import Corpus
from deepatelier.errors import InputError, OptionError
from deepatelier.interpretation.text_units.concepts import concepts_of
from deepatelier.text.language import START, Language, characters_in

__all__ = ["LENGTH", "PARTS", "Segment", "activations_of", "segments_of"]

LENGTH = 400
"""The maximum number of tokens of a segment, and of the tokens before it that the network reads too."""

PARTS = ("selection", "verification")
"""The parts of a text: that on which units are selected, and that on which they are verified."""

_SHORTEST = 50
"""The minimum number of tokens of a segment."""

_DOCUMENTS = 100
"""The maximum number of documents that are read."""


@dataclass(frozen=True)
class Segment:
    """A segment of a document.

    Attributes:
        tokens: Its tokens.
        before: The numbers of the tokens before it, which the network reads first.
        numbers: The numbers of its tokens.
        labels: The value of each concept after each token, (T,).
        label: The number of the document's class; None for a network without classes.
    """

    tokens: tuple[str, ...]
    before: tuple[int, ...]
    numbers: tuple[int, ...]
    labels: dict[str, NDArray[np.float32]]
    label: int | None


def segments_of(
    corpus: Corpus, language: Language, validation: float, test: float, count: int
) -> dict[str, list[Segment]]:
    """Return segments of the last parts of documents, at equal distances, by the name of the part.

    The last part of each document is that for verification, and the one before it that for selection. With the
    fractions of the training, the network has learnt from neither.

    Args:
        corpus: The text.
        language: The network.
        validation, test: The fractions of a document for selection and for verification.
        count: The maximum number of tokens of a part.

    Raises:
        InputError: The text is invalid, or too short.
        UnknownNameError: A document is of a class that the network does not know.
    """
    total = sum(1 for _ in corpus.documents())
    every = max(1, total // _DOCUMENTS)
    found: dict[str, list[Segment]] = {part: [] for part in PARTS}
    for document in islice(corpus.documents(), 0, None, every):
        text = "".join(document.pieces())
        tokens = language.tokenizer.split(text)
        label = language.label(document.label) if language.labels else None
        length = len(tokens)
        last = length - int(length * test)
        bounds = (last - int(length * validation), last, length)
        if bounds[1] - bounds[0] >= _SHORTEST and bounds[2] - bounds[1] >= _SHORTEST:
            concepts = _by_token(concepts_of(text), tokens, language.tokenizer.name)
            for part, (first, end) in zip(PARTS, pairwise(bounds), strict=True):
                found[part] += _cut(tokens, concepts, language, first, end, label)
    chosen = {part: _spread(each, max(1, count // LENGTH)) for part, each in found.items()}
    if not all(chosen.values()):
        raise InputError(
            f"{corpus.name} is too short: a document needs {_SHORTEST} tokens or more in each of the two held-out "
            "parts. Give a longer text, or raise --validation and --test."
        )
    return chosen


def _cut(
    tokens: list[str],
    concepts: dict[str, NDArray[np.float32]],
    language: Language,
    first: int,
    end: int,
    label: int | None,
) -> Iterator[Segment]:
    for start in range(first, end, LENGTH):
        stop = min(end, start + LENGTH)
        if stop - start < _SHORTEST:
            break
        context = max(0, start - LENGTH)
        before = [START] * (context == 0) + tokens[context:start]
        yield Segment(
            tuple(tokens[start:stop]),
            tuple(language.vocabulary.encode(before)),
            tuple(language.vocabulary.encode(tokens[start:stop])),
            {name: each[start:stop] for name, each in concepts.items()},
            label,
        )


def _spread(segments: list[Segment], count: int) -> list[Segment]:
    """Return at most so many segments, at equal distances."""
    places = np.linspace(0, len(segments) - 1, min(count, len(segments))).round().astype(int)
    return [segments[place] for place in places]


def _by_token(
    concepts: dict[str, NDArray[np.float32]], tokens: list[str], tokenizer: str
) -> dict[str, NDArray[np.float32]]:
    """Return the values after each token, from those after each code point."""
    lengths = [characters_in(token, tokenizer) if tokenizer == "bytes" else len(token) for token in tokens]
    last = np.maximum(0, np.cumsum(lengths) - 1)
    return {name: each[last] for name, each in concepts.items()}


@torch.no_grad()
def activations_of(language: Language, segments: list[Segment]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Read segments side by side, and yield the activations of all units after each step.

    Yields:
        The number of the step, from 0 at the first token of each segment and below 0 before; and the activations,
        (segments, 2 or 1, layers, width): h, and for an LSTM the cell C. Those after the end of a segment mean nothing.

    Raises:
        OptionError: There is no segment.
    """
    if not segments:
        raise OptionError("There is no text to read. Give a longer text.")
    network, longest = language.network, max(len(each.before) for each in segments)
    device = network.device
    steps = longest + max(len(each.numbers) for each in segments)
    numbers = torch.zeros(len(segments), steps, dtype=torch.long)
    starts = torch.tensor([longest - len(each.before) for each in segments])
    for row, each in enumerate(segments):
        numbers[row, starts[row] : longest + len(each.numbers)] = torch.tensor([*each.before, *each.numbers])
    numbers = numbers.to(device)
    labels = None
    if language.labels:
        labels = torch.tensor([[each.label or 0] for each in segments], device=device)
    state = None
    for step in range(steps):
        _, state = network(numbers[:, step : step + 1], state, labels)
        begun = (step >= starts).to(device)[:, None]  # before, the state stays zero
        state = tuple(torch.where(begun, each, 0) for each in state)
        values = torch.stack(state)  # (kinds, layers, segments, width)
        yield step - longest, values.permute(2, 0, 1, 3).cpu().numpy()
