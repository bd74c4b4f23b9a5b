"""Class activation mapping: where a network that ends in global average pooling sees a class.

Source: document 001 ('Class Activation Map (CAM)'); Zhou, Khosla, Lapedriza, Oliva and Torralba 2016, 'Learning Deep
Features for Discriminative Localization'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from deepatelier.errors import OptionError
from deepatelier.features import evaluating
from deepatelier.interpretation.methods.class_scores import as_network_input, checked_targets, class_scores

__all__ = ["ClassActivation", "class_activation_map"]

_TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-4, torch.bfloat16: 0.03, torch.float16: 0.01}
"""How far a mean may be from what goes into the last layer, relative to the largest: rounding, in another order."""


class ClassActivation(NamedTuple):
    """Maps of classes, whose mean is the score.

    Attributes:
        maps: M_c(h, w) = Σ_k w_kc · f_k(h, w), (B, H, W); positive where the class is seen, negative where something
            speaks against it.
        bias: b_c, (B,): mean(M_c) + b_c = S_c.
        scores: S_c, (B,).
    """

    maps: Tensor
    bias: Tensor
    scores: Tensor


@torch.no_grad()
def class_activation_map(network: nn.Module, image: Tensor, target: int | Sequence[int]) -> ClassActivation:
    """M_c(h, w) = Σ_k w_kc f_k(h, w), f the maps before the global average pooling, w the last layer's weights.

    The maps are found by what they are, and not by a name: those whose means over all positions are what the last
    linear layer takes. A network whose scores are themselves the means of maps has those maps as M_c, with no bias.

    Args:
        network: Any module that returns class scores; it is run in evaluation mode and left as it was.
        image: (B, C, H, W), what the network takes.
        target: The class, from 0; or one for each picture.

    Raises:
        OptionError: The network does not end in global average pooling of more than one position, has no class scores,
            or no such class.
    """
    image = as_network_input(network, image)
    watch = _Watch()
    with evaluating(network), watch:
        scores = class_scores(network, image)
    targets = checked_targets(scores, target)
    rows = torch.arange(len(targets), device=targets.device)
    own = scores[rows, targets].float()
    linear = next((each for each in reversed(watch.linear) if each.output.shape == scores.shape), None)
    pooled = scores if linear is None else linear.given
    found = _with_means(watch.averaged, pooled)
    if found is None:
        raise OptionError(
            f"{type(network).__name__} does not end in global average pooling and one linear layer, so its class "
            "activation map is not defined. atelier look gradcam takes any network that has maps."
        )
    if found.shape[2:] == (1, 1):
        raise OptionError(
            f"For {image.shape[-1]} x {image.shape[-2]} pixels the last maps of {type(network).__name__} have a single "
            "position. Show it a larger picture: raise --view-size."
        )
    if linear is None:
        return ClassActivation(found[rows, targets].float(), torch.zeros_like(own), own)
    weights = linear.weight[targets]  # (B, K)
    bias = torch.zeros_like(own) if linear.bias is None else linear.bias[targets].float()
    mapped = torch.einsum("bk,bkhw->bhw", weights.float(), found.float())
    return ClassActivation(mapped, bias, linear.output[rows, targets].float())


class _Linear(NamedTuple):
    """A linear layer that ran."""

    given: Tensor
    weight: Tensor
    bias: Tensor | None
    output: Tensor


_AVERAGES = (torch.mean, torch.Tensor.mean, nn.functional.adaptive_avg_pool2d, nn.functional.avg_pool2d)


class _Watch(TorchFunctionMode):
    """Keeps what linear layers take and give, and the maps that are averaged, in modules or between them."""

    def __init__(self) -> None:
        super().__init__()
        self.linear: list[_Linear] = []
        self.averaged: list[Tensor] = []

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        output = func(*args, **kwargs)
        if func is nn.functional.linear:
            given, weight, bias = (*args, *kwargs.values(), None)[:3]
            self.linear.append(_Linear(given, weight, bias, output))
        elif func in _AVERAGES:
            given = args[0] if args else kwargs["input"]
            if given.ndim == 4:
                self.averaged.append(given)
        return output


def _with_means(maps: Sequence[Tensor], pooled: Tensor) -> Tensor | None:
    """The largest of the maps (B, K, H, W) whose means over H and W are ``pooled``, (B, K)."""
    tolerance = _TOLERANCE.get(pooled.dtype, 1e-4) * pooled.abs().max().item()
    if pooled.ndim != 2:
        return None
    fitting = [
        found
        for found in maps
        if found.shape[:2] == pooled.shape
        and (found.double().mean(dim=(2, 3)) - pooled.double()).abs().max().item() <= tolerance
    ]
    return max(fitting, key=lambda found: found.shape[-1] * found.shape[-2], default=None)
