"""The style losses by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from deepatelier.synthesis.objectives.gram import gram_matrices, gram_style
from deepatelier.synthesis.objectives.guidance import Guidance
from deepatelier.synthesis.objectives.histogram import histogram_style, histograms
from deepatelier.synthesis.objectives.markov import markov_style, patches
from deepatelier.synthesis.objectives.moments import moments, moments_style
from deepatelier.synthesis.objectives.nearest import hypercolumns, nearest_style
from deepatelier.synthesis.objectives.objective import Activations, Objective, Statistic
from deepatelier.synthesis.objectives.wasserstein import gaussians, wasserstein_style

__all__ = ["STYLE_LOSSES", "StyleLoss"]


class StyleLoss(NamedTuple):
    """What a painting's style is, and how far an image is from it.

    Attributes:
        target: What a picture is like, from its activations, some layers and where they count.
        objective: The distance to it, with the arguments layers, target, weights and guidance.
    """

    target: Callable[[Activations, Sequence[str], Guidance | None], Statistic]
    objective: Callable[..., Objective]


STYLE_LOSSES = {
    "gram": StyleLoss(gram_matrices, gram_style),
    "moments": StyleLoss(moments, moments_style),
    "wasserstein": StyleLoss(gaussians, wasserstein_style),
    "histogram": StyleLoss(histograms, histogram_style),
    "nearest": StyleLoss(hypercolumns, nearest_style),
    "markov": StyleLoss(patches, markov_style),
}
"""All style losses; `gram` is the documents'."""
