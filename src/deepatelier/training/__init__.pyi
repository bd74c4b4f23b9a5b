from .curves import curve_pairs, curves
from .descent import is_follower
from .evaluation import Evaluation, evaluate
from .evaluation_options import EvaluationJob
from .folder import CURVES_NAME, HISTORY_NAME, read_history
from .network import network_for, own_size_of
from .options import TrainingOptions, TrainJob
from .pictures import confusion_matrix, worst_ellipses, worst_mistakes
from .record import TrainingDetails, TrainingRecord, read_training, resumed_options
from .training import Training

__all__ = [
    "CURVES_NAME",
    "HISTORY_NAME",
    "Evaluation",
    "EvaluationJob",
    "TrainJob",
    "Training",
    "TrainingDetails",
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
