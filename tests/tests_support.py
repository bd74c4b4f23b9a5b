"""Helpers of several tests."""

from collections.abc import Mapping
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp

import torch
from torch import Tensor

from deepatelier.cli import main
from deepatelier.features import FeatureExtractor, with_weights
from deepatelier.synthesis import StyleOptions
from deepatelier.synthesis.objectives import Objective, Region, style_loss

STYLE_SHAPES = {"relu1": (1, 4, 12, 16), "relu2": (1, 6, 6, 8), "relu3": (1, 5, 3, 4)}
"""The layers on which style losses are tested, and their maps for a picture of 24 x 32 pixels."""


def style_maps(seed: int, scale: float = 1.0) -> dict[str, Tensor]:
    """Random activations of these layers, in float64."""
    generator = torch.Generator().manual_seed(seed)
    return {
        name: scale * torch.randn(shape, generator=generator, dtype=torch.float64)
        for name, shape in STYLE_SHAPES.items()
    }


def style_objective(name, painting, weights=None, guidance=None, painting_guidance=None) -> Objective:
    """The objective of a style loss over these layers, whose target is that of a painting's activations."""
    loss, layers = style_loss(name), tuple(STYLE_SHAPES)
    target = loss.target(painting, layers, painting_guidance)
    return loss.objective(layers, target, weights=weights, guidance=guidance)


def loss_of(objective: Objective, activations: Mapping[str, Tensor]) -> float:
    """The loss of an objective over whole activations."""
    regions = {name: Region.all_of(activation) for name, activation in activations.items()}
    return objective.loss(objective.statistic(activations, regions)).item()


def extractor(layers=("relu3_1",), head=False, **options):
    """A network on the CPU that sees up to some layers; vgg19 unless the options name another."""
    return FeatureExtractor(with_weights(StyleOptions(device="cpu", **options)), layers, head)


def run(capsys, *arguments):
    """Exit code, stdout and stderr of a command."""
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as exited:
        code = exited.code
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@cache
def help_of(*words):
    """What a command writes about itself, which is set once for all tests of a process."""
    with redirect_stdout(StringIO()) as out:
        main([*words, "--help"])
    return out.getvalue()


@cache
def autoencoder_run() -> Path:
    """The run folder of a small autoencoder of digits, as `atelier train` writes it."""
    folder = Path(mkdtemp()) / "run"
    words = ["train", "digits", "--network", "autoencoder", "--code", "4", "--epochs", "1", "--limit", "60"]
    with redirect_stdout(StringIO()):
        main([*words, "--frames", "0", "--device", "cpu", "-o", str(folder), "--json"])
    return folder
