"""Every architecture, one paper a file, behind one registry.

A network takes sRGB in [0, 1], shape (B, C, H, W), and normalises it as its weights need. ``network.layers`` gives each
layer's module path by its paper's name.
"""

from deepatelier.networks.airbench import Airbench
from deepatelier.networks.catalogue import Paper
from deepatelier.networks.checkpointing import is_checkpointed, with_checkpoints
from deepatelier.networks.circular import with_circular_padding
from deepatelier.networks.classes import ClassNames, class_name, class_names, find_class
from deepatelier.networks.initialization import INITIALIZATIONS, initialize
from deepatelier.networks.network import Network, input_size_of, named_layers
from deepatelier.networks.precision import in_precision
from deepatelier.networks.registry import (
    blueprint,
    build,
    is_own,
    is_weights_file,
    names,
    options_of,
    paper_of,
    source_of,
    weights_of,
)
from deepatelier.networks.trained import (
    WEIGHTS_NAME,
    Trained,
    read_trained,
    save_trained,
    trained_file,
    was_trained_here,
)
from deepatelier.networks.warm_start import warm_start

__all__ = [
    "INITIALIZATIONS",
    "WEIGHTS_NAME",
    "Airbench",
    "ClassNames",
    "Network",
    "Paper",
    "Trained",
    "blueprint",
    "build",
    "class_name",
    "class_names",
    "find_class",
    "in_precision",
    "initialize",
    "input_size_of",
    "is_checkpointed",
    "is_own",
    "is_weights_file",
    "named_layers",
    "names",
    "options_of",
    "paper_of",
    "read_trained",
    "save_trained",
    "source_of",
    "trained_file",
    "warm_start",
    "was_trained_here",
    "weights_of",
    "with_checkpoints",
    "with_circular_padding",
]
