from .fast_style import FastStyle
from .fast_style_job import FastStyleJob, FastStyleOptions
from .painter import Painter
from .painter_job import PainterJob, PainterOptions
from .painter_training import PainterTraining
from .trained_painters import TrainedPainter, load_painter

__all__ = [
    "FastStyle",
    "FastStyleJob",
    "FastStyleOptions",
    "Painter",
    "PainterJob",
    "PainterOptions",
    "PainterTraining",
    "TrainedPainter",
    "load_painter",
]
