"""The player of a training, according to its options."""

from __future__ import annotations

import math
from functools import partial

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, ReduceLROnPlateau

from deepatelier.networks import Airbench
from deepatelier.training.fit_options import FitOptions
from deepatelier.training.lookahead import Lookahead
from deepatelier.training.optimizers import make_optimizer
from deepatelier.training.player import Player
from deepatelier.training.schedules import learning_rate_factor

__all__ = ["player_of"]

_PATIENCE = 3
"""The number of epochs without a better validation loss after which ``plateau`` divides the learning rate by 10."""

_WHITENING_EPOCHS = 0.3
"""The fraction of the epochs in which the bias of airbench's first layer is trained."""


def player_of(
    network: nn.Module, options: FitOptions, batch_size: int, batches: int, *, pretrained: bool = False
) -> Player:
    """Return the network with the optimizer, the schedule and the penalties λ₁·Σ|w| + λ₂·Σw² that the options name.

    The sums are over all weights except biases and the scales of normalizations. With pretrained weights, batch
    normalizations keep their pretrained running statistics, and only their scales and shifts are trained: a few steps
    on few pictures would give statistics that fit neither the old weights nor the new ones. The first layer of airbench
    is frozen, except for its bias, which is trained in the first 30 % of the epochs (Jordan, 2024), or in all epochs if
    the schedule is ``plateau``.

    Args:
        network: The network.
        options: See `FitOptions`.
        batch_size: The number of examples in a batch.
        batches: The number of batches in an epoch.
        pretrained: Whether the weights are pretrained.
    """
    whitening = network.whitening if isinstance(network, Airbench) else None
    if whitening is not None:
        whitening.weight.requires_grad_(False)
    penalized = [each for each in network.parameters() if each.ndim > 1 and each.requires_grad]
    optimizer = make_optimizer(network, options, batch_size)
    norms = [each for each in network.modules() if isinstance(each, nn.modules.batchnorm._BatchNorm)]
    penalties = []
    if options.l1:
        penalties.append(partial(_absolute, penalized, options.l1))
    if options.l2 and options.optimizer != "adamw":
        penalties.append(partial(_squared, penalized, options.l2))
    return Player(
        network,
        optimizer,
        _schedule(optimizer, options, batches, None if whitening is None else whitening.bias),
        tuple(penalties),
        options.clip_gradient,
        options.clip_value,
        tuple(norms) if pretrained else (),
        (Lookahead(network),) if options.optimizer == "airbench" else (),
    )


def _schedule(
    optimizer: torch.optim.Optimizer, options: FitOptions, batches: int, whitening_bias: Tensor | None
) -> LRScheduler:
    if options.schedule == "plateau":
        return ReduceLROnPlateau(optimizer, factor=0.1, patience=_PATIENCE)
    steps = batches * options.epochs
    warm_up = round(options.warm_up * steps / max(1, options.epochs))
    factor = learning_rate_factor(options.schedule, steps, warm_up)
    last = math.ceil(_WHITENING_EPOCHS * options.epochs) * batches

    def of_whitening(step: int) -> float:
        return factor(step) if step < last else 0.0

    return LambdaLR(
        optimizer,
        [
            of_whitening if any(each is whitening_bias for each in group["params"]) else factor
            for group in optimizer.param_groups
        ],
    )


def _absolute(weights: list[nn.Parameter], factor: float) -> Tensor:
    return factor * torch.as_tensor(sum(weight.abs().sum() for weight in weights))


def _squared(weights: list[nn.Parameter], factor: float) -> Tensor:
    return factor * torch.as_tensor(sum(weight.square().sum() for weight in weights))
