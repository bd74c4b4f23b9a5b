from .advice import choices, last_maps, one_of_each_size, shown_by
from .class_activation import ClassActivation, class_activation_map
from .deconvolution import deconvolution
from .drawing import draw
from .empty_maps import dead_layer, why_empty
from .figures.activations import Activations
from .figures.class_maps import Cam, ClassMap, ClassMaps, GradCam, Occlusion, Saliency
from .figures.collection import find_pictures
from .figures.filters import Filters
from .figures.look import Look
from .figures.patches import Deconvolution, Patches, Unit
from .filters import filter_layers, filters
from .grad_cam import grad_cam
from .occlusion import occlusion
from .options import (
    ActivationOptions,
    ActivationsJob,
    CamJob,
    CamOptions,
    DeconvolutionJob,
    DeconvolutionOptions,
    FilterOptions,
    FiltersJob,
    GradCamJob,
    GradCamOptions,
    LookJob,
    OcclusionJob,
    OcclusionOptions,
    PatchesJob,
    PatchOptions,
    SaliencyJob,
    SaliencyOptions,
)
from .patches import Excitement, PatchFinder, patch_bounds
from .saliency import saliency
from .summary import Row, Summary, summarize

__all__ = [
    "ActivationOptions",
    "Activations",
    "ActivationsJob",
    "Cam",
    "CamJob",
    "CamOptions",
    "ClassActivation",
    "ClassMap",
    "ClassMaps",
    "Deconvolution",
    "DeconvolutionJob",
    "DeconvolutionOptions",
    "Excitement",
    "FilterOptions",
    "Filters",
    "FiltersJob",
    "GradCam",
    "GradCamJob",
    "GradCamOptions",
    "Look",
    "LookJob",
    "Occlusion",
    "OcclusionJob",
    "OcclusionOptions",
    "PatchFinder",
    "PatchOptions",
    "Patches",
    "PatchesJob",
    "Row",
    "Saliency",
    "SaliencyJob",
    "SaliencyOptions",
    "Summary",
    "Unit",
    "choices",
    "class_activation_map",
    "dead_layer",
    "deconvolution",
    "draw",
    "filter_layers",
    "filters",
    "find_pictures",
    "grad_cam",
    "last_maps",
    "occlusion",
    "one_of_each_size",
    "patch_bounds",
    "saliency",
    "shown_by",
    "summarize",
    "why_empty",
]
