"""How weights move: optimisers by name, torch's own."""

from __future__ import annotations

from torch import nn, optim

from deepatelier.training.train_job import Optimizer, TrainingOptions

__all__ = ["LEARNING_RATES", "make_optimizer"]

LEARNING_RATES: dict[Optimizer, float] = {
    "sgd": 0.1,
    "momentum": 0.05,
    "nesterov": 0.05,
    "adagrad": 0.01,
    "adadelta": 1.0,
    "rmsprop": 1e-3,
    "adam": 1e-3,
    "adamw": 1e-3,
    "airbench": 11.5,
}
"""The usual learning rate of each."""

_SHIFT_RATE, _DECAY = 64.0, 0.0153
"""Of ``airbench``: how much faster normalisations' shifts learn; the decay of the weights in 1024 pictures."""


def make_optimizer(network: nn.Module, options: TrainingOptions, batch_size: int) -> optim.Optimizer:
    """The optimiser that the options name, for the parameters that learn.

    ============ =======================================================================================
    ``sgd``       θ ← θ − η·g
    ``momentum``  v ← γ·v + g, θ ← θ − η·v: the slide's with v in units of η
    ``nesterov``  the same with the gradient at θ − γ·v; torch's weights are those look-ahead points
    ``adagrad``   θ ← θ − η·g/(√Σg² + ε)
    ``adadelta``  θ ← θ − η·g·√(E[Δθ²] + ε)/√(E[g²] + ε), means with 0.9
    ``rmsprop``   θ ← θ − η·g/(√E[g²] + ε), mean with 0.9
    ``adam``      θ ← θ − η·m̂/(√v̂ + ε), β = (0.9, 0.999)
    ``adamw``     adam, and θ ← θ − η·2·λ·θ beside it, λ the ``l2``, which is then not in the loss
    ``airbench``  nesterov on the sum over the batch with η/(1024·(1 + 1/(1−γ))), 64 times that for the shifts of
                  normalisations; all weights shrink by 0.0153·B/(1024·(1 + 1/(1−γ))) a step
    ============ =======================================================================================

    Sources: document 001, slides 'Momentum' to 'Adam', where Adagrad and RMSprop have ε inside the root; Loshchilov and
    Hutter (2017) for adamw; Jordan (2024) for airbench, whose learning rate is that of 1024 pictures.

    Args:
        network: Whose weights move.
        options: Name the optimiser, its learning rate, momentum and ``l2``.
        batch_size: Pictures in a step.
    """
    name = options.optimizer
    rate = options.learning_rate or LEARNING_RATES[name]
    learning = {path: each for path, each in network.named_parameters() if each.requires_grad}
    weights = list(learning.values())
    match name:
        case "sgd":
            return optim.SGD(weights, lr=rate)
        case "momentum" | "nesterov":
            return optim.SGD(weights, lr=rate, momentum=options.momentum, nesterov=name == "nesterov")
        case "adagrad":
            return optim.Adagrad(weights, lr=rate)
        case "adadelta":
            return optim.Adadelta(weights, lr=rate, rho=0.9)
        case "rmsprop":
            return optim.RMSprop(weights, lr=rate, alpha=0.9)
        case "adam":
            return optim.Adam(weights, lr=rate)
        case "adamw":
            decayed = [each for each in weights if each.ndim > 1]
            others = [each for each in weights if each.ndim <= 1]
            groups = [{"params": decayed, "weight_decay": 2 * options.l2}, {"params": others, "weight_decay": 0.0}]
            return optim.AdamW(groups, lr=rate)
        case "airbench":
            thousand = 1024 * (1 + 1 / (1 - options.momentum))
            rate, decay = rate * batch_size / thousand, _DECAY * batch_size / thousand
            norms = {id(each) for each in network.modules() if isinstance(each, nn.modules.batchnorm._BatchNorm)}
            shifts = {f"{path}.bias" for path, each in network.named_modules() if id(each) in norms}
            faster = [each for path, each in learning.items() if path in shifts]
            others = [each for path, each in learning.items() if path not in shifts]
            groups = [
                {"params": each, "lr": own, "weight_decay": decay / own}
                for each, own in ((faster, rate * _SHIFT_RATE), (others, rate))
                if each
            ]
            return optim.SGD(groups, momentum=options.momentum, nesterov=True)
    raise AssertionError(f"{name} takes no steps")
