"""Frozen networks in a low-precision number format."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.grad import conv2d_input

from deepatelier.networks.network import Network

__all__ = ["in_precision"]


def in_precision(network: Network, dtype: torch.dtype) -> Network:
    """Convert a network to a number format; its first convolution still takes the picture in float32.

    bfloat16 has 8 significant bits, which is half a level of 255 in a bright pixel. If the picture is rounded to it,
    the gradients of style transfer are wrong near convergence (``benchmarks/choices.py``). A first layer of another
    kind, such as EfficientNet-Lite's with its own padding, is converted like the rest.
    """
    first = next(((path, each) for path, each in network.named_modules() if isinstance(each, nn.Conv2d)), None)
    if first is None or dtype == torch.float32 or type(first[1]) is not nn.Conv2d:
        return network.to(dtype)
    path, convolution = first
    parent, _, name = path.rpartition(".")
    setattr(network.get_submodule(parent), name, nn.Identity())  # so that it is not converted
    network.to(dtype).normalization.to(torch.float32)
    setattr(network.get_submodule(parent), name, _FineConvolution(convolution, dtype))
    return network


class _FineConvolution(nn.Conv2d):
    """A frozen convolution in float32, whose output and input gradient are computed in another format."""

    def __init__(self, convolution: nn.Conv2d, dtype: torch.dtype) -> None:
        nn.Module.__init__(self)
        self.__dict__.update(convolution.__dict__)
        self.result = dtype

    def forward(self, x: Tensor) -> Tensor:
        if self.padding_mode != "zeros":
            return super().forward(x).to(self.result)
        result: Tensor = _Convolve.apply(x, self)  # type: ignore[no-untyped-call]
        return result


class _Convolve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, module: _FineConvolution) -> Tensor:
        ctx.module, ctx.shape = module, x.shape
        return module._conv_forward(x, module.weight, module.bias).to(module.result)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        module: _FineConvolution = ctx.module
        weight = module.weight.to(module.result)
        options = module.stride, module.padding, module.dilation, module.groups
        found = conv2d_input(ctx.shape, weight, gradient, *options)  # type: ignore[no-untyped-call]
        return found.float(), None
