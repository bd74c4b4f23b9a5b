from .class_prediction import (
    Answer,
    are_probabilities,
    at_half_size_and_back,
    classify,
    moved,
    probabilities_of,
    second_opinion,
)
from .extraction import (
    OUTPUT,
    PIXELS,
    check_layers,
    evaluating,
    extract,
    listening,
    module_path,
    where_layers_are_listed,
)
from .feature_extractor import RANDOM, FeatureExtractor, has_head, with_weights
from .geometry import Geometry
from .receptive_fields import NOTHING, Axis, ReceptiveField, Window, field_behind, union, window_of
from .step_memory import memory, peak_memory, take_memory, within_memory
from .tracing import Call, trace, trace_picture

__all__ = [
    "NOTHING",
    "OUTPUT",
    "PIXELS",
    "RANDOM",
    "Answer",
    "Axis",
    "Call",
    "FeatureExtractor",
    "Geometry",
    "ReceptiveField",
    "Window",
    "are_probabilities",
    "at_half_size_and_back",
    "check_layers",
    "classify",
    "evaluating",
    "extract",
    "field_behind",
    "has_head",
    "listening",
    "memory",
    "module_path",
    "moved",
    "peak_memory",
    "probabilities_of",
    "second_opinion",
    "take_memory",
    "trace",
    "trace_picture",
    "union",
    "where_layers_are_listed",
    "window_of",
    "with_weights",
    "within_memory",
]
