"""Word vectors: neighbours, analogies, and a plane of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from deepatelier import data
from deepatelier.extras import from_extra
from deepatelier.inputs import Input
from deepatelier.jobs import Measures
from deepatelier.labs.computed import EmbeddingsLab
from deepatelier.labs.plots import figure_of, tidy
from deepatelier.labs.worked import Worked
from deepatelier.networks import WEIGHTS_NAME
from deepatelier.text import Embeddings, Neighbour
from deepatelier.training.curves import COLORS, png_of
from deepatelier.training.skip_gram_job import SkipGramOptions
from deepatelier.training.skip_gram_training import SkipGramTraining

__all__ = ["embeddings", "plane"]

_TEXT, _EPOCHS, _AT_LEAST, _RATE = "topics", 40, 5, 1e-2
"""The text that the lab learns, for some seconds, if no run is given."""

_WORDS = ("list", "class", "import", "true", "integer", "exception")
"""The words of that text whose neighbours are shown."""

_SHORTEST = 4
"""The minimum length, in letters, of the words of a run whose neighbours are shown."""

_NEIGHBOURS = 5
"""The number of neighbours of a word."""

_COMPARED = 3000
"""The number of most frequent words among which neighbours are."""

_ANSWERS, _SHOWN, _FARTHEST = 3, 6, 100
"""The number of answers to an analogy; that of words of a run; the distance of a label from its point, in pixels."""


def plane(vectors: Tensor) -> tuple[Tensor, Tensor]:
    """Return the coordinates of vectors along the two directions of the largest variance (principal components).

    Args:
        vectors: (N, D).

    Returns:
        The coordinates, (N, 2), and the fractions of the variance along both directions, (2,).
    """
    centered = vectors - vectors.mean(dim=0)
    u, scale, _ = torch.linalg.svd(centered, full_matrices=False)
    variances = scale.square()
    return u[:, :2] * scale[:2], variances[:2] / variances.sum()


def embeddings(options: EmbeddingsLab) -> Worked:
    """Show the nearest words of some words, and all of them in a plane; and an analogy, if one is asked for.

    The vectors are those of a run, or are learnt here from the topics of Python's help, a small text.

    Source: the lecture slides, 'Feature Extraction from words'; Mikolov et al., 'Distributed Representations of Words
    and Phrases and their Compositionality' (2013).

    Raises:
        InputError: The run folder has no word vectors.
        UnknownNameError: A word that the options name is not in the vocabulary.
    """
    known = _learnt(options.seed) if options.training is None else Embeddings.load(Path(options.training))
    chosen = options.words or (_WORDS if options.training is None else _frequent(known))
    near = {word: known.neighbours(word, _NEIGHBOURS, _COMPARED) for word in chosen}
    findings: Measures = {f"nearest to {word}": _listed(found) for word, found in near.items()}
    if options.analogy:
        first, second, third = options.analogy
        answers = known.analogy(first, second, third, _ANSWERS, _COMPARED)
        findings[f"{first} is to {second} as {third} is to"] = _listed(answers)
    figure, (axis,) = figure_of(1, 1, width=9.0, height=7.0)
    shares = _draw(axis, known, {word: [each.word for each in found] for word, found in near.items()})
    findings["variance in the plane"] = float(shares.sum())
    findings["words in the vocabulary"] = len(known.vocabulary)
    inputs = {} if options.training is None else {"training": _input(Path(options.training))}
    return Worked(png_of(figure), findings, inputs=inputs)


def _learnt(seed: int) -> Embeddings:
    """Return the vectors of the words of the text."""
    options = SkipGramOptions(
        epochs=_EPOCHS,
        at_least=_AT_LEAST,
        learning_rate=_RATE,
        seed=seed % 2**32,
        validation=0.0,
        device="cpu",
    )
    training = SkipGramTraining(data.open_corpus(_TEXT), options)
    for _ in training.steps():
        pass
    return training.embeddings


def _frequent(known: Embeddings) -> tuple[str, ...]:
    """Return some of the longer words among the most frequent ones, spread over their frequencies."""
    long = [word for word in known.vocabulary.tokens[:_COMPARED] if len(word) >= _SHORTEST]
    return tuple(long[:: max(1, len(long) // _SHOWN)][:_SHOWN])


def _listed(found: Sequence[Neighbour]) -> str:
    return ", ".join(f"{each.word} {each.cosine:.2f}" for each in found)


def _input(folder: Path) -> Input:
    return Input(name=folder.resolve().name, sha256=Input.of(folder / WEIGHTS_NAME).sha256)


def _draw(axis: Any, known: Embeddings, groups: Mapping[str, Sequence[str]]) -> Tensor:
    """Draw words with their neighbours in the plane of their largest variance, whose shares of it are returned."""
    owner = {each: word for word, near in reversed(list(groups.items())) for each in near}
    owner |= {word: word for word in groups}
    names = list(owner)
    colors = {word: COLORS[number % len(COLORS)] for number, word in enumerate(groups)}
    vectors = known.vectors[known.vocabulary.encode(names)]
    places, shares = plane(torch.nn.functional.normalize(vectors, dim=1))
    sizes = [30 if name in groups else 10 for name in names]
    axis.scatter(*places.unbind(dim=1), s=sizes, color=[colors[owner[name]] for name in names])
    axis.margins(0.08)
    first, second = (f"{share:.0%} of the variance" for share in shares.tolist())
    tidy(axis, "words and their nearest neighbours, by principal component analysis", first, second)
    figure = axis.figure
    from_extra("matplotlib.backends.backend_agg", "train").FigureCanvasAgg(figure)
    figure.draw_without_rendering()  # lays it out; the labels do not change the layout
    points = axis.transData.transform(places.numpy())
    bbox = from_extra("matplotlib.transforms", "train").Bbox
    taken: list[Any] = [bbox.from_bounds(x - 3, y - 3, 6, 6) for x, y in points]
    for name, place in sorted(zip(names, places.tolist(), strict=True), key=lambda each: each[0] not in groups):
        color = colors[owner[name]]
        font = {"fontsize": 10, "fontweight": "bold"} if name in groups else {"fontsize": 8}
        line = {"arrowstyle": "-", "linewidth": 0.4, "color": color, "shrinkA": 0, "shrinkB": 2}
        label = axis.annotate(name, place, (0, 0), textcoords="offset points", color=color, arrowprops=line, **font)
        label.set_in_layout(False)
        taken.append(_placed(label, axis, taken))
    return shares


def _placed(label: Any, axis: Any, taken: Sequence[Any]) -> Any:
    """Move a label to the nearest place beside its point where it covers no other one, and return its box."""
    figure, bbox = axis.figure, from_extra("matplotlib.transforms", "train").Bbox
    renderer = figure.canvas.get_renderer()
    own = from_extra("matplotlib.text", "train").Text.get_window_extent(label, renderer)
    frame, (x, y) = axis.get_window_extent(renderer), axis.transData.transform(label.xy)
    label.set(ha="center", va="center")
    for distance in range(4, _FARTHEST, 4):
        for angle in torch.arange(16) * torch.pi / 8:
            right, up = angle.cos().item(), angle.sin().item()
            shift = own.width / 2 * right + distance * right, own.height / 2 * up + distance * up
            box = bbox.from_bounds(x + shift[0] - own.width / 2, y + shift[1] - own.height / 2, own.width, own.height)
            box = box.padded(2)
            inside = frame.x0 < box.x0 and box.x1 < frame.x1 and frame.y0 < box.y0 and box.y1 < frame.y1
            if inside and not any(box.overlaps(other) for other in taken):
                label.set_position([72 / figure.dpi * each for each in shift])
                return box
    return box
