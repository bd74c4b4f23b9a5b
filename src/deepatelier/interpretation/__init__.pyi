from .drawing import draw
from .figures.activation_figure import Activations
from .figures.class_map_figures import Cam, ClassMap, ClassMaps, GradCam, Occlusion, Saliency
from .figures.collection import find_pictures
from .figures.filter_figure import Filters
from .figures.look import Look
from .figures.patch_figures import Deconvolution, Patches, Unit
from .look_jobs import (
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
from .methods.advice import choices, last_maps, one_of_each_size, shown_by
from .methods.class_activation import ClassActivation, class_activation_map
from .methods.deconvolution import deconvolution
from .methods.empty_maps import dead_layer, why_empty
from .methods.filters import filter_layers, filters
from .methods.grad_cam import grad_cam
from .methods.occlusion import occlusion
from .methods.patch_finder import PatchFinder, StrongestActivations, patch_bounds
from .methods.saliency import saliency
from .methods.summary import Row, Summary, summarize

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
    "StrongestActivations",
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
