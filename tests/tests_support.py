"""Helpers of several tests."""

from collections.abc import Mapping

from torch import Tensor

from deepatelier.cli import main
from deepatelier.synthesis.objectives import Objective, Region


def loss_of(objective: Objective, activations: Mapping[str, Tensor]) -> float:
    """The loss of an objective over whole activations."""
    regions = {name: Region.all_of(activation) for name, activation in activations.items()}
    return objective.loss(objective.statistic(activations, regions)).item()


def run(capsys, *arguments):
    """Exit code, stdout and stderr of a command."""
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as exited:
        code = exited.code
    captured = capsys.readouterr()
    return code, captured.out, captured.err
