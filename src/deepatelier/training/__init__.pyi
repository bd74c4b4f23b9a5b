from .curves import curve_pairs, curves
from .descent import is_follower
from .evaluation import Evaluation, evaluate
from .network import network_for, own_size_of
from .options import TrainingOptions
from .pictures import confusion_matrix, worst_ellipses, worst_mistakes
from .record import TrainingRecord, read_training, resumed_options
from .training import CURVES_NAME, HISTORY_NAME, Training, read_history

__all__ = [
    "CURVES_NAME",
    "HISTORY_NAME",
    "Evaluation",
    "Training",
    "TrainingOptions",
    "TrainingRecord",
    "confusion_matrix",
    "curve_pairs",
    "curves",
    "evaluate",
    "is_follower",
    "network_for",
    "own_size_of",
    "read_history",
    "read_training",
    "resumed_options",
    "worst_ellipses",
    "worst_mistakes",
]
