"""Deconvolution: what in a picture activated a unit.

Source: Zeiler and Fergus 2014, 'Visualizing and Understanding Convolutional Networks', section 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.overrides import TorchFunctionMode

from deepatelier.errors import OptionError
from deepatelier.features import evaluating, extract
from deepatelier.interpretation.methods.class_scores import as_network_input

__all__ = ["deconvolution"]


def deconvolution(
    network: nn.Module, image: Tensor, layer: str, units: Sequence[Sequence[int]], *, guided: bool = False
) -> Tensor:
    """Back-project one unit of a layer to the pixels: (B, C, H, W), float32.

    It is a backward pass in which the rectifiers are replaced: they rectify the signal itself, R_in = max(0, R_out),
    whether or not the input was positive. Max pooling routes the signal to the position of the maximum (the paper's
    switches), and convolutions are transposed. The signal starts as 1 at the unit.

    Rectifiers are ReLU and ReLU6, as modules or functions, in place or not, even if shared.

    Args:
        network: Any module; it is run in evaluation mode and left as it was.
        image: The network input, (B, C, H, W).
        layer: A layer with feature maps (B, K, h, w), or values (B, K).
        units: (channel, row, column) for each picture; row and column are 0 for values.
        guided: Guided backpropagation (Springenberg et al. 2014): R_in = max(0, R_out) only where the input was
            positive. It is clearer in deep layers.

    Raises:
        UnknownNameError: No such layer.
        OptionError: The layer has no such unit, or the network has no rectifiers up to it.

    Departures from the source: the signal starts as 1 and not as the activation, which only scales the result. Local
    response normalisation is back-projected by its gradient; the paper leaves it out.
    """
    if len(units) != len(image):
        raise OptionError(f"There are {len(image)} pictures and {len(units)} units; give one unit for each picture.")
    backward = _RectifiedBackward(guided)
    with torch.inference_mode(False), torch.enable_grad():
        image = as_network_input(network, image).requires_grad_()
        with evaluating(network), backward:
            found = extract(network, image, [layer])[layer]
        return _back_projected(found, image, layer, units, backward.rectifiers > 0).float()


def _back_projected(
    found: Tensor, image: Tensor, layer: str, units: Sequence[Sequence[int]], rectified: bool
) -> Tensor:
    if not rectified:
        raise OptionError(
            f"There is no ReLU up to {layer}, so its deconvolution is not defined. Use a deeper layer, or a network "
            "with ReLU."
        )
    maps = found[:, :, None, None] if found.ndim == 2 else found
    if maps.ndim != 4:
        raise OptionError(f"{layer} has outputs of shape {tuple(found.shape[1:])}, neither maps nor channel values.")
    for unit in units:
        if len(unit) != 3 or any(not 0 <= i < n for i, n in zip(unit, maps.shape[1:], strict=True)):
            last = tuple(n - 1 for n in maps.shape[1:])
            raise OptionError(f"{layer} has units (channel, row, column) up to {last}; received {tuple(unit)}.")
    signal = torch.stack([one[tuple(unit)] for one, unit in zip(maps, units, strict=True)]).sum()
    (carried,) = torch.autograd.grad(signal, image)
    return carried


class _RectifiedBackward(TorchFunctionMode):
    """Context in which rectifiers rectify the backward signal instead of gating it by their input.

    It intercepts torch functions, so that no module is modified and functional calls are covered too.
    """

    def __init__(self, guided: bool) -> None:
        super().__init__()
        self.guided, self.rectifiers = guided, 0

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func not in _RECTIFIERS:
            return func(*args, **kwargs)
        in_place = func in _IN_PLACE or bool(kwargs.get("inplace"))
        lower, upper = 0.0, None
        if func is nn.functional.relu6:
            upper = 6.0
        elif func is nn.functional.hardtanh:
            lower, upper = (kwargs.get(name, default) for name, default in (("min_val", -1.0), ("max_val", 1.0)))
            if lower != 0:
                return func(*args, **kwargs)
        self.rectifiers += 1
        return _Rectifier.apply(args[0], upper, in_place, self.guided)  # type: ignore[no-untyped-call]


_IN_PLACE = (torch.relu_, torch.Tensor.relu_)
_RECTIFIERS = (
    *(*_IN_PLACE, torch.relu, torch.Tensor.relu, nn.functional.relu, nn.functional.relu6, nn.functional.hardtanh),
)


class _Rectifier(torch.autograd.Function):
    """min(max(x, 0), upper), whose backward is max(gradient, 0); if guided, only where the input was positive."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, upper: float | None, in_place: bool, guided: bool) -> Tensor:
        if guided:
            ctx.save_for_backward(x > 0)  # also above ReLU6's bound, or units there would back-project nothing
        if not in_place:
            return x.clamp(0, upper)
        ctx.mark_dirty(x)
        return x.clamp_(0, upper)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        rectified = gradient.clamp_min(0)
        for passed in ctx.saved_tensors:
            rectified = rectified * passed
        return rectified, None, None, None
