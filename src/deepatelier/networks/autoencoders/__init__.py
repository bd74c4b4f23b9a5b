"""Autoencoders: networks that compress a picture into a code, and make the picture again from its code."""

from deepatelier.networks.autoencoders.autoencoder import Autoencoder
from deepatelier.networks.autoencoders.convolutional import Upsampling
from deepatelier.networks.autoencoders.convolutional_autoencoder import ConvolutionalAutoencoder
from deepatelier.networks.autoencoders.dense_autoencoder import DenseAutoencoder
from deepatelier.networks.autoencoders.encoder_classifier import EncoderClassifier
from deepatelier.networks.autoencoders.sparse_autoencoder import SparseAutoencoder
from deepatelier.networks.autoencoders.variational_autoencoder import VariationalAutoencoder

__all__ = [
    "Autoencoder",
    "ConvolutionalAutoencoder",
    "DenseAutoencoder",
    "EncoderClassifier",
    "SparseAutoencoder",
    "Upsampling",
    "VariationalAutoencoder",
]
