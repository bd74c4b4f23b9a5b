from .canvas import Canvas, PixelCanvas
from .engine import State, Step, synthesize
from .fourier_canvas import FourierCanvas
from .loss_network import LossNetwork
from .objectives import (
    Criterion,
    Objective,
    activation,
    content,
    energy,
    evaluate,
    gram_matrices,
    gram_style,
    guide,
    intensity,
    total_variation,
)
from .pyramid import Level, coarse_to_fine, plan_levels
from .pyramid_recipe import PyramidRecipe
from .recipe import Measures, Recipe, record_of
from .style_options import StyleOptions
from .style_transfer import StyleTransfer
from .views import ViewedCanvas, cropped, transformed

__all__ = [
    "Canvas",
    "Criterion",
    "FourierCanvas",
    "Level",
    "LossNetwork",
    "Measures",
    "Objective",
    "PixelCanvas",
    "PyramidRecipe",
    "Recipe",
    "State",
    "Step",
    "StyleOptions",
    "StyleTransfer",
    "ViewedCanvas",
    "activation",
    "coarse_to_fine",
    "content",
    "cropped",
    "energy",
    "evaluate",
    "gram_matrices",
    "gram_style",
    "guide",
    "intensity",
    "plan_levels",
    "record_of",
    "synthesize",
    "total_variation",
    "transformed",
]
