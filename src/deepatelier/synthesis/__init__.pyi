from .canvas import Canvas, PixelCanvas
from .engine import State, Step, synthesize
from .objectives import (
    Criterion,
    Objective,
    content,
    evaluate,
    gram_matrices,
    gram_style,
    total_variation,
)
from .pyramid import Level, coarse_to_fine, plan_levels
from .recipe import Recipe
from .style_options import StyleOptions
from .style_transfer import StyleTransfer

__all__ = [
    "Canvas",
    "Criterion",
    "Level",
    "Objective",
    "PixelCanvas",
    "Recipe",
    "State",
    "Step",
    "StyleOptions",
    "StyleTransfer",
    "coarse_to_fine",
    "content",
    "evaluate",
    "gram_matrices",
    "gram_style",
    "plan_levels",
    "synthesize",
    "total_variation",
]
