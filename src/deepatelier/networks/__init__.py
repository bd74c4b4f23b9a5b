"""Every architecture, one paper a file, behind one registry.

A network takes sRGB in [0, 1], shape (B, C, H, W), and normalises it as its weights need. ``network.layers`` gives each
layer's module path by its paper's name.
"""

from deepatelier.networks.catalogue import Paper
from deepatelier.networks.initialization import INITIALIZATIONS, initialize
from deepatelier.networks.network import Network, named_layers
from deepatelier.networks.registry import blueprint, build, is_weights_file, names, paper_of, source_of, weights_of
from deepatelier.networks.warm_start import warm_start

__all__ = [
    "INITIALIZATIONS",
    "Network",
    "Paper",
    "blueprint",
    "build",
    "initialize",
    "is_weights_file",
    "named_layers",
    "names",
    "paper_of",
    "source_of",
    "warm_start",
    "weights_of",
]
