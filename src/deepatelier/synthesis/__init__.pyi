from .dream.deep_dream import DeepDream
from .dream.dream_film import DreamFilm
from .dream.dream_job import DreamFilmJob, DreamFilmOptions, DreamJob, DreamOptions
from .engine.canvas import Canvas, PixelCanvas
from .engine.fourier_canvas import FourierCanvas
from .engine.pyramid import Level, coarse_to_fine, plan_levels
from .engine.synthesize import Step, synthesize
from .engine.views import cropped, transformed
from .fooling.fooling import Ascent, Attack, Fooling
from .fooling.fooling_job import AscentJob, AscentOptions, AttackOptions, FoolingJob, FoolingOptions
from .inversion.feature_inversion import FeatureInversion
from .inversion.inversion_job import ContentReconstructionJob, InversionJob, InversionOptions, InversionSheetJob
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
from .recipe.estimation import expected
from .recipe.pyramid_recipe import PyramidRecipe
from .recipe.recipe import Recipe
from .style.style_job import StyleJob, StyleOptions
from .style.style_sheet import StyleSheetJob, StyleSheetOptions
from .style.style_transfer import StyleTransfer
from .texture.classical_texture import ClassicalTexture
from .texture.classical_texture_job import ClassicalTextureJob, ClassicalTextureOptions
from .texture.texture_job import StyleReconstructionJob, TextureJob, TextureOptions, TextureSheetJob
from .texture.texture_synthesis import TextureSynthesis
from .visualization.feature_visualization import FeatureVisualization
from .visualization.visualization_job import VisualizationJob, VisualizationOptions

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
    "gram_matrices",
    "gram_style",
    "guide",
    "intensity",
    "plan_levels",
    "synthesize",
    "total_variation",
    "transformed",
]
