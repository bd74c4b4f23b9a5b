from .canvas import Canvas, PixelCanvas
from .classical_texture import ClassicalTexture
from .dream import DeepDream
from .dream_film import DreamFilm
from .dream_options import DreamOptions
from .engine import State, Step, synthesize
from .estimation import Estimate, estimate
from .fast_style import FastStyle
from .fooling import Fooling
from .fooling_options import FoolingOptions
from .fourier_canvas import FourierCanvas
from .inversion import FeatureInversion, make_inversion
from .inversion_options import ContentReconstructionOptions, InversionOptions
from .objectives import (
    Criterion,
    Objective,
    activation,
    batch_statistics,
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
from .recipe import Recipe
from .sheet import SheetRecipe
from .sheet_options import SheetOptions
from .style_options import StyleOptions
from .style_sheet import make_sheet
from .style_transfer import StyleTransfer, make_style
from .texture import TextureSynthesis, make_texture
from .texture_options import StyleReconstructionOptions, TextureOptions
from .views import cropped, transformed
from .visualization import FeatureVisualization
from .visualization_options import VisualizationOptions

__all__ = [
    "Canvas",
    "ClassicalTexture",
    "ContentReconstructionOptions",
    "Criterion",
    "DeepDream",
    "DreamFilm",
    "DreamOptions",
    "Estimate",
    "FastStyle",
    "FeatureInversion",
    "FeatureVisualization",
    "Fooling",
    "FoolingOptions",
    "FourierCanvas",
    "InversionOptions",
    "Level",
    "Objective",
    "PixelCanvas",
    "PyramidRecipe",
    "Recipe",
    "SheetOptions",
    "SheetRecipe",
    "State",
    "Step",
    "StyleOptions",
    "StyleReconstructionOptions",
    "StyleTransfer",
    "TextureOptions",
    "TextureSynthesis",
    "VisualizationOptions",
    "activation",
    "batch_statistics",
    "coarse_to_fine",
    "content",
    "cropped",
    "energy",
    "estimate",
    "evaluate",
    "gram_matrices",
    "gram_style",
    "guide",
    "intensity",
    "make_inversion",
    "make_sheet",
    "make_style",
    "make_texture",
    "plan_levels",
    "synthesize",
    "total_variation",
    "transformed",
]
