"""Class activation mapping: where a network that ends in global average pooling sees a class.

Source: document 001 ('Class Activation Map (CAM)'); Zhou, Khosla, Lapedriza, Oliva and Torralba 2016, 'Learning Deep
Features for Discriminative Localization'.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.features import evaluating, listening
from deepatelier.interpretation.class_scores import checked_targets, class_scores, taken_by

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
        OptionError: The network does not end in global average pooling, has no class scores, or no such class.
    """
    image = taken_by(network, image)
    last: list[tuple[nn.Linear, Tensor, Tensor]] = []
    maps: list[Tensor] = []
    widths = {module.in_features for module in network.modules() if isinstance(module, nn.Linear)}

    def after(path: str, inputs: Any, output: Any) -> None:
        module, given = network.get_submodule(path), [*inputs[0], *inputs[1].values()]
        if isinstance(module, nn.Linear):
            last.append((module, given[0], output))
        found = [each for each in (*given, output) if isinstance(each, Tensor) and each.ndim == 4]
        maps.extend(each for each in found if not widths or each.shape[1] in widths)  # others would fill the memory

    leaves = [path for path, module in network.named_modules() if not any(True for _ in module.children())]
    with evaluating(network), listening(network, leaves, after=after):
        scores = class_scores(network, image)
    targets = checked_targets(scores, target)
    rows = torch.arange(len(targets), device=targets.device)
    own = scores[rows, targets].float()
    linear = next((each for each in reversed(last) if each[2].shape == scores.shape), None)
    if linear is not None:
        layer, pooled, output = linear
        if (found := _with_means(maps, pooled)) is not None:
            weights = layer.weight[targets]  # (B, K)
            bias = torch.zeros_like(own) if layer.bias is None else layer.bias[targets].float()
            mapped = torch.einsum("bk,bkhw->bhw", weights.float(), found.float())
            return ClassActivation(mapped, bias, output[rows, targets].float())
    elif (found := _with_means(maps, scores)) is not None:
        return ClassActivation(found[rows, targets].float(), torch.zeros_like(own), own)
    raise OptionError(
        f"{type(network).__name__} does not end in global average pooling and one linear layer, so its class "
        "activation map is not defined. atelier look gradcam works here, and shows the same where both exist."
    )


def _with_means(maps: Sequence[Tensor], pooled: Tensor) -> Tensor | None:
    """The largest of the maps (B, K, H, W) whose means over H and W are ``pooled``, (B, K)."""
    tolerance = _TOLERANCE.get(pooled.dtype, 1e-4) * pooled.abs().max().item()
    fitting = [
        found
        for found in maps
        if found.shape[:2] == pooled.shape
        and found.shape[2:] != (1, 1)
        and (found.double().mean(dim=(2, 3)) - pooled.double()).abs().max().item() <= tolerance
    ]
    return max(fitting, key=lambda found: found.shape[-1] * found.shape[-2], default=None)
