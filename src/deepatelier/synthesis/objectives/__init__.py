"""Objectives: the losses for which an image is optimised, one per file."""

from deepatelier.synthesis.objectives.activation import activation
from deepatelier.synthesis.objectives.batch_statistics import batch_statistics, spread
from deepatelier.synthesis.objectives.content import content
from deepatelier.synthesis.objectives.energy import energy
from deepatelier.synthesis.objectives.guidance import Guidance, carried
from deepatelier.synthesis.objectives.guide import guide
from deepatelier.synthesis.objectives.inside import cropped_maps, inside
from deepatelier.synthesis.objectives.intensity import intensity
from deepatelier.synthesis.objectives.objective import (
    Activations,
    Criterion,
    Objective,
    Region,
    Regions,
    Statistic,
    Units,
    evaluate,
    layers_of,
    whole,
)
from deepatelier.synthesis.objectives.style_loss import StyleLoss, style_loss
from deepatelier.synthesis.objectives.style_losses.gram import gram_matrices, gram_style
from deepatelier.synthesis.objectives.total_variation import absolute_variation, total_variation

__all__ = [
    "Activations",
    "Criterion",
    "Guidance",
    "Objective",
    "Region",
    "Regions",
    "Statistic",
    "StyleLoss",
    "Units",
    "absolute_variation",
    "activation",
    "batch_statistics",
    "carried",
    "content",
    "cropped_maps",
    "energy",
    "evaluate",
    "gram_matrices",
    "gram_style",
    "guide",
    "inside",
    "intensity",
    "layers_of",
    "spread",
    "style_loss",
    "total_variation",
    "whole",
]
