"""Optimizers by name."""

from __future__ import annotations

from typing import Any

from torch import nn, optim

from deepatelier.networks import Airbench
from deepatelier.training.fit_options import FitOptions, Optimizer

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
"""The default learning rate of each optimizer."""

_SHIFT_RATE, _DECAY = 64.0, 0.0153
"""For ``airbench``: the learning rate factor of normalizations' shifts, and the weight decay per 1024 pictures."""


def make_optimizer(network: nn.Module, options: FitOptions, batch_size: int) -> optim.Optimizer:
    """Return the optimizer that the options name, for the parameters that require gradients.

    ============ =======================================================================================
    ``sgd``       θ ← θ − η·g
    ``momentum``  v ← γ·v + g, θ ← θ − η·v; in the lecture, v includes the factor η
    ``nesterov``  the same with the gradient at the look-ahead point, which torch stores as the weights
    ``adagrad``   θ ← θ − η·g/(√Σg² + ε)
    ``adadelta``  θ ← θ − η·g·√(E[Δθ²] + ε)/√(E[g²] + ε), means with factor 0.9
    ``rmsprop``   θ ← θ − η·g/(√E[g²] + ε), mean with factor 0.9
    ``adam``      θ ← θ − η·m̂/(√v̂ + ε), β = (0.9, 0.999)
    ``adamw``     adam with decoupled weight decay θ ← θ − η·2·λ·θ, where λ is ``l2``, instead of a penalty
    ``airbench``  nesterov on the sum over the batch with η/(1024·(1 + 1/(1−γ))), 64 times that for the shifts of
                  normalizations; weight decay by the factor 0.0153·B/(1024·(1 + 1/(1−γ))) in each step
    ============ =======================================================================================

    The learning rate η of the last group of parameters is reported. The bias of airbench's whitening layer is a
    group of its own, before it.

    Sources: the lecture 'Gradient Descent', slides 'Momentum' to 'Adam', where Adagrad and RMSprop have ε inside the
    root; Loshchilov and Hutter (2017) for adamw; Jordan (2024) for airbench, whose learning rate is per
    1024 pictures.

    Args:
        network: The network to train.
        options: The optimizer, its learning rate, momentum and ``l2``.
        batch_size: The number of pictures in a batch.
    """
    name = options.optimizer
    rate = options.learning_rate or LEARNING_RATES[name]
    learning = {path: each for path, each in network.named_parameters() if each.requires_grad}
    groups = _groups(network, learning)
    match name:
        case "sgd":
            return optim.SGD(groups, lr=rate)
        case "momentum" | "nesterov":
            return optim.SGD(groups, lr=rate, momentum=options.momentum, nesterov=name == "nesterov")
        case "adagrad":
            return optim.Adagrad(groups, lr=rate)
        case "adadelta":
            return optim.Adadelta(groups, lr=rate, rho=0.9)
        case "rmsprop":
            return optim.RMSprop(groups, lr=rate, alpha=0.9)
        case "adam":
            return optim.Adam(groups, lr=rate)
        case "adamw":
            decayed = [each for each in learning.values() if each.ndim > 1]
            decays = _split(groups, decayed, {"weight_decay": 2 * options.l2}, {"weight_decay": 0.0})
            return optim.AdamW(decays, lr=rate)
        case "airbench":
            thousand = 1024 * (1 + 1 / (1 - options.momentum))
            rate, decay = rate * batch_size / thousand, _DECAY * batch_size / thousand
            norms = {id(each) for each in network.modules() if isinstance(each, nn.modules.batchnorm._BatchNorm)}
            shifts = {f"{path}.bias" for path, each in network.named_modules() if id(each) in norms}
            faster = [each for path, each in learning.items() if path in shifts]
            fast, usual = ({"lr": own, "weight_decay": decay / own} for own in (rate * _SHIFT_RATE, rate))
            return optim.SGD(_split(groups, faster, fast, usual), momentum=options.momentum, nesterov=True)
    raise AssertionError(f"there is no optimizer {name}")


def _groups(network: nn.Module, learning: dict[str, nn.Parameter]) -> list[dict[str, Any]]:
    """Return the groups of parameters: the whitening bias of airbench, if there is one, and the others."""
    bias = network.whitening.bias if isinstance(network, Airbench) else None
    others = [each for each in learning.values() if each is not bias]
    return [{"params": each} for each in ([bias] if bias is not None else [], others) if each]


def _split(
    groups: list[dict[str, Any]], some: list[nn.Parameter], theirs: dict[str, float], others: dict[str, float]
) -> list[dict[str, Any]]:
    """Split each group into the given parameters and the others, with separate options."""
    chosen = {id(each) for each in some}
    found = []
    for group in groups:
        for options, inside in ((theirs, True), (others, False)):
            parameters = [each for each in group["params"] if (id(each) in chosen) is inside]
            if parameters:
                found.append({"params": parameters, **options})
    return found
