"""Learning rate schedules by name."""

from __future__ import annotations

import math
from collections.abc import Callable

from deepatelier.training.fit_options import Schedule

__all__ = ["learning_rate_factor"]

_START, _PEAK, _END = 0.2, 0.23, 0.07
"""For ``triangle``: the factor at the start, the fraction of the steps at which it is 1, the factor at the end."""


def learning_rate_factor(schedule: Schedule, steps: int, warm_up: int = 0) -> Callable[[int], float]:
    """Return a function from the step to the factor of the learning rate.

    =============== ========================================================================================
    ``constant``    1
    ``step``        1; 1/10 from t = 1/2; 1/100 from t = 3/4 (He et al., 2015, section 4.2)
    ``exponential`` 100^(−t)
    ``cosine``      ½(1 + cos πt) (Loshchilov and Hutter, 2016)
    ``triangle``    from 0.2 to 1 at t = 0.23, then to 0.07 (Jordan, 2024)
    ``plateau``     1; the validation loss determines it, see `deepatelier.training.player.Player`
    =============== ========================================================================================

    t is the fraction of the steps so far. In the first ``warm_up`` steps, the factor is multiplied by
    (step + 1)/warm_up.

    Args:
        schedule: The name of the schedule.
        steps: The total number of steps.
        warm_up: The number of warm-up steps.
    """

    def factor(step: int) -> float:
        t = min(1.0, step / max(1, steps))
        rising = min(1.0, (step + 1) / warm_up) if warm_up else 1.0
        match schedule:
            case "step":
                value = 1.0 if t < 0.5 else 0.1 if t < 0.75 else 0.01
            case "exponential":
                value = 0.01**t
            case "cosine":
                value = 0.5 * (1 + math.cos(math.pi * t))
            case "triangle":
                up, down = t / _PEAK, (t - _PEAK) / (1 - _PEAK)
                value = _START + (1 - _START) * up if t < _PEAK else 1 + (_END - 1) * down
            case _:
                value = 1.0
        return rising * value

    return factor
