from .canvas import Canvas, PixelCanvas
from .classical_texture import ClassicalTexture
from .classical_texture_options import ClassicalTextureJob, ClassicalTextureOptions
from .dream import DeepDream
from .dream_film import DreamFilm
from .dream_options import DreamFilmJob, DreamFilmOptions, DreamJob, DreamOptions
from .engine import Step, synthesize
from .estimation import expected, expected_transfer
from .fast_style import FastStyle
from .fast_style_options import FastStyleJob, FastStyleOptions
from .fooling import Ascent, Attack, Fooling
from .fooling_options import AscentJob, AscentOptions, AttackOptions, FoolingJob, FoolingOptions
from .fourier_canvas import FourierCanvas
from .inversion import FeatureInversion
from .inversion_options import ContentReconstructionJob, InversionJob, InversionOptions, InversionSheetJob
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
from .style_options import StyleJob, StyleOptions
from .style_sheet import StyleSheetJob, StyleSheetOptions
from .style_transfer import StyleTransfer
from .texture import TextureSynthesis
from .texture_options import StyleReconstructionJob, TextureJob, TextureOptions, TextureSheetJob
from .views import cropped, transformed
from .visualization import FeatureVisualization
from .visualization_options import VisualizationJob, VisualizationOptions

__all__ = [
    "Ascent",
    "AscentJob",
    "AscentOptions",
    "Attack",
    "AttackOptions",
    "Canvas",
    "ClassicalTexture",
    "ClassicalTextureJob",
    "ClassicalTextureOptions",
    "ContentReconstructionJob",
    "Criterion",
    "DeepDream",
    "DreamFilm",
    "DreamFilmJob",
    "DreamFilmOptions",
    "DreamJob",
    "DreamOptions",
    "FastStyle",
    "FastStyleJob",
    "FastStyleOptions",
    "FeatureInversion",
    "FeatureVisualization",
    "Fooling",
    "FoolingJob",
    "FoolingOptions",
    "FourierCanvas",
    "InversionJob",
    "InversionOptions",
    "InversionSheetJob",
    "Level",
    "Objective",
    "PixelCanvas",
    "PyramidRecipe",
    "Recipe",
    "Step",
    "StyleJob",
    "StyleOptions",
    "StyleReconstructionJob",
    "StyleSheetJob",
    "StyleSheetOptions",
    "StyleTransfer",
    "TextureJob",
    "TextureOptions",
    "TextureSheetJob",
    "TextureSynthesis",
    "VisualizationJob",
    "VisualizationOptions",
    "activation",
    "batch_statistics",
    "coarse_to_fine",
    "content",
    "cropped",
    "energy",
    "evaluate",
    "expected",
    "expected_transfer",
    "gram_matrices",
    "gram_style",
    "guide",
    "intensity",
    "plan_levels",
    "synthesize",
    "total_variation",
    "transformed",
]
