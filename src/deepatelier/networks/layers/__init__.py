"""Layers that torch.nn lacks, one a file."""

from deepatelier.networks.layers.input_normalization import InputNormalization

__all__ = ["InputNormalization"]
