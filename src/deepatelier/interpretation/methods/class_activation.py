"""Class activation mapping: the evidence for a class at each position, for networks with global average pooling.

Source: Zhou, Khosla, Lapedriza, Oliva and Torralba 2016, 'Learning Deep Features for Discriminative Localization'.
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
"""Tolerance between a mean and the input of the last layer, relative to the largest: rounding in another order."""


class ClassActivation(NamedTuple):
    """Class maps, whose mean is the score up to the bias.

    Attributes:
        maps: M_c(h, w) = Σ_k w_kc · f_k(h, w), (B, H, W); positive values are evidence for the class, negative ones
            against it.
        bias: b_c, (B,): mean(M_c) + b_c = S_c.
        scores: S_c, (B,).
    """

    maps: Tensor
    bias: Tensor
    scores: Tensor


@torch.no_grad()
def class_activation_map(network: nn.Module, image: Tensor, target: int | Sequence[int]) -> ClassActivation:
    """M_c(h, w) = Σ_k w_kc f_k(h, w), f the maps before the global average pooling, w the last layer's weights.

    The feature maps are identified by their values, not by a name: their means over all positions are the input of the
    last linear layer. If the scores of a network are themselves means of maps, those maps are M_c, without bias.

    Args:
        network: Any module that returns class scores; it is run in evaluation mode and left as it was.
        image: The network input, (B, C, H, W).
        target: The class index; or one for each picture.

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
            "activation map is not defined. Use atelier look gradcam, which works for any network with feature maps."
        )
    if found.shape[2:] == (1, 1):
        raise OptionError(
            f"For {image.shape[-1]} x {image.shape[-2]} pixels, the last maps of {type(network).__name__} have a "
            "single position. Use a larger input: raise --view-size."
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
    """Records inputs and outputs of linear layers, and the maps that are averaged, in modules or between them."""

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
    """Return the largest of the maps (B, K, H, W) whose means over H and W are ``pooled``, (B, K)."""
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
