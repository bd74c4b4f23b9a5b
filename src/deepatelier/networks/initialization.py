"""Weight initialisations by name."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from deepatelier.errors import UnknownNameError
from deepatelier.networks.network import named_layers

__all__ = ["INITIALIZATIONS", "check_initialization", "initialize"]

_Fill = Callable[[Tensor, int, int], Tensor]


def _normal(deviation: Callable[[int, int], float]) -> _Fill:
    return lambda weight, n_in, n_out: weight.normal_(0.0, deviation(n_in, n_out))


def _uniform(bound: Callable[[int, int], float]) -> _Fill:
    return lambda weight, n_in, n_out: weight.uniform_(-bound(n_in, n_out), bound(n_in, n_out))


def _identity(weight: Tensor, n_in: int, _n_out: int) -> Tensor:
    weight.uniform_(-1 / math.sqrt(n_in), 1 / math.sqrt(n_in))
    if weight.ndim > 2:
        nn.init.dirac_(weight[: weight.shape[1]])
    return weight


INITIALIZATIONS: dict[str, _Fill] = {
    "zero": lambda weight, _n_in, _n_out: weight.zero_(),
    "uniform": _uniform(lambda _n_in, _n_out: 0.5),
    "standard": _uniform(lambda n_in, _n_out: 1 / math.sqrt(n_in)),
    "glorot": _uniform(lambda n_in, n_out: math.sqrt(6 / (n_in + n_out))),
    "lecun": _normal(lambda n_in, _n_out: math.sqrt(1 / n_in)),
    "he": _normal(lambda n_in, _n_out: math.sqrt(2 / n_in)),
    "he_backward": _normal(lambda _n_in, n_out: math.sqrt(2 / n_out)),
    "identity": _identity,
    "lenet": _uniform(lambda n_in, _n_out: 2.4 / n_in),
    "alexnet": _normal(lambda _n_in, _n_out: 0.01),
    "zfnet": _normal(lambda _n_in, _n_out: 0.01),
    "vgg": _normal(lambda _n_in, _n_out: 0.1),
}
"""The initialisations by name; n_in and n_out are the fan-in and fan-out of a unit (for a convolution, the channels of
its group times the kernel's area). Biases are initialised to zero.

=============== ======================= ================ ==============================================================
name            distribution            variance         source
=============== ======================= ================ ==============================================================
``zero``        0                       0                the courses: does not break the symmetry, and learns nothing
``uniform``     U[±½]                   1/12             the lecture slides, 'traditionally'
``standard``    U[±1/√n_in]             1/(3·n_in)       Glorot and Bengio (2010), equation 1
``glorot``      U[±√(6/(n_in+n_out))]   2/(n_in+n_out)   Glorot and Bengio (2010), equation 16
``lecun``       N(0, 1/n_in)            1/n_in           LeCun et al. (1998), 'Efficient BackProp', section 4.6
``he``          N(0, 2/n_in)            2/n_in           He et al. (2015), equation 10
``he_backward`` N(0, 2/n_out)           2/n_out          He et al. (2015), equation 14
``identity``    as ``standard``         as ``standard``  Jordan (2024), section 3.2: the first n_in filters of a
                                                         convolution are the identity
``lenet``       U[±2.4/n_in]            1.92/n_in²       LeCun et al. (1998), 'Gradient-based learning', appendix A
``alexnet``     N(0, 0.01²)             1e-4             Krizhevsky et al. (2012), section 5; the biases of conv2,
conv4,
                                                         conv5, fc6 and fc7 are 1
``zfnet``       N(0, 0.01²)             1e-4             Zeiler and Fergus (2013), section 3
``vgg``         N(0, 0.1²)              0.01             Simonyan and Zisserman (2014), section 3.1
=============== ======================= ================ ==============================================================
"""

_BIASES_OF_ONE = {"alexnet": ("conv2", "conv4", "conv5", "fc6", "fc7")}


def check_initialization(initialization: str) -> None:
    """Raise UnknownNameError if there is no initialisation of that name."""
    if initialization not in INITIALIZATIONS:
        raise UnknownNameError("initialization", initialization, INITIALIZATIONS)


@torch.no_grad()
def initialize(network: nn.Module, initialization: str) -> None:
    """Initialise torch's convolutions and dense layers by name; other layers use their own ``reset_parameters``.

    It draws from torch's global generator; ``torch.manual_seed`` makes it reproducible.

    Args:
        network: Any module; it is modified in place.
        initialization: One of `INITIALIZATIONS`.

    Raises:
        UnknownNameError: There is no such initialisation.
    """
    check_initialization(initialization)
    fill = INITIALIZATIONS[initialization]
    for module in network.modules():
        if isinstance(module, (nn.Linear, nn.modules.conv._ConvNd)):
            weight, groups = module.weight, getattr(module, "groups", 1)
            n_in, n_out = weight[0].numel(), weight[:, 0].numel() // groups
            if getattr(module, "transposed", False):  # its weights have the input channels first
                n_in, n_out = n_out, n_in
            fill(weight, n_in, n_out)
            if module.bias is not None:
                module.bias.zero_()
        elif callable(reset := getattr(module, "reset_parameters", None)):
            reset()
    layers = named_layers(network)
    for name in _BIASES_OF_ONE.get(initialization, ()):
        if name in layers:
            network.get_parameter(f"{layers[name]}.bias").fill_(1.0)
