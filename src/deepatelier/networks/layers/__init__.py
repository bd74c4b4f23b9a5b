"""Layers that torch.nn lacks, one per file."""

from deepatelier.networks.layers.batch_shift import BatchShift
from deepatelier.networks.layers.bed_of_nails import BedOfNails
from deepatelier.networks.layers.input_normalization import InputNormalization
from deepatelier.networks.layers.local_response_norm import local_response_norm
from deepatelier.networks.layers.normalized_linear import NormalizedLinear
from deepatelier.networks.layers.pooling import Pooling, pool2d
from deepatelier.networks.layers.radial_basis import RadialBasis
from deepatelier.networks.layers.same_convolution import SameConv2d
from deepatelier.networks.layers.scaled_tanh import ScaledTanh
from deepatelier.networks.layers.sparse_convolution import SparseConv2d
from deepatelier.networks.layers.squeeze_excitation import SqueezeExcitation
from deepatelier.networks.layers.subsampling import Subsampling
from deepatelier.networks.layers.transposed_convolution import (
    convolution_matrix,
    dilated,
    transposed_by_convolution,
    transposed_by_matrix,
    transposed_size,
)

__all__ = [
    "BatchShift",
    "BedOfNails",
    "InputNormalization",
    "NormalizedLinear",
    "Pooling",
    "RadialBasis",
    "SameConv2d",
    "ScaledTanh",
    "SparseConv2d",
    "SqueezeExcitation",
    "Subsampling",
    "convolution_matrix",
    "dilated",
    "local_response_norm",
    "pool2d",
    "transposed_by_convolution",
    "transposed_by_matrix",
    "transposed_size",
]
