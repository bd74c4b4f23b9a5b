"""Every architecture, one paper a file, behind one registry.

A network takes sRGB in [0, 1], shape (B, C, H, W), and normalises it as its weights need. ``network.layers`` gives each
layer's module path by its paper's name.
"""

from deepatelier.networks.catalogue import Paper
from deepatelier.networks.checkpointing import is_checkpointed, with_checkpoints
from deepatelier.networks.circular import with_circular_padding
from deepatelier.networks.classes import class_name, class_names, find_class
from deepatelier.networks.initialization import INITIALIZATIONS, initialize
from deepatelier.networks.network import Network, input_size_of, named_layers
from deepatelier.networks.precision import in_precision
from deepatelier.networks.registry import blueprint, build, is_weights_file, names, paper_of, source_of, weights_of
from deepatelier.networks.warm_start import warm_start

__all__ = [
    "INITIALIZATIONS",
    "Network",
    "Paper",
    "blueprint",
    "build",
    "class_name",
    "class_names",
    "find_class",
    "in_precision",
    "initialize",
    "input_size_of",
    "is_checkpointed",
    "is_weights_file",
    "named_layers",
    "names",
    "paper_of",
    "source_of",
    "warm_start",
    "weights_of",
    "with_checkpoints",
    "with_circular_padding",
]
