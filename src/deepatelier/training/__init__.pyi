from .closed_form_job import ClosedFormJob
from .curves import curve_pairs, curves
from .evaluated import Evaluated
from .evaluation import Evaluation, evaluate
from .evaluation_job import EvaluationJob
from .evaluation_pictures import confusion_matrix, worst_ellipses, worst_mistakes
from .fitting_job import FittingJob
from .initial_network import network_for, own_size_of
from .processes import is_global_zero
from .run_folder import CURVES_NAME, HISTORY_NAME, LINEAR_NAME, read_history
from .skip_gram_job import SkipGramJob
from .train_job import TrainingOptions, TrainJob
from .training import Training
from .training_record import TrainingDetails, TrainingRecord, read_training, resumed_options

__all__ = [
    "CURVES_NAME",
    "HISTORY_NAME",
    "LINEAR_NAME",
    "ClosedFormJob",
    "Evaluated",
    "Evaluation",
    "EvaluationJob",
    "FittingJob",
    "SkipGramJob",
    "TrainJob",
    "Training",
    "TrainingDetails",
    "TrainingOptions",
    "TrainingRecord",
    "confusion_matrix",
    "curve_pairs",
    "curves",
    "evaluate",
    "is_global_zero",
    "network_for",
    "own_size_of",
    "read_history",
    "read_training",
    "resumed_options",
    "worst_ellipses",
    "worst_mistakes",
]
