from .airbench import Airbench
from .building import (
    blueprint,
    build,
    class_of,
    input_kind,
    is_weights_file,
    names,
    options_of,
    paper_of,
    source_of,
    weights_of,
)
from .catalogue import Paper
from .checkpointing import is_checkpointed, with_checkpoints
from .circular import with_circular_padding
from .classes import ClassNames, class_name, class_names, find_class
from .initialization import INITIALIZATIONS, initialize
from .listing import Facts, listed
from .naming import WEIGHTS_NAME, is_own, trained_file, unknown_network
from .network import Network, input_size_of, named_layers
from .precision import in_precision
from .trained import (
    Trained,
    read_trained,
    save_trained,
    was_trained_here,
)
from .warm_start import warm_start

__all__ = [
    "INITIALIZATIONS",
    "WEIGHTS_NAME",
    "Airbench",
    "ClassNames",
    "Facts",
    "Network",
    "Paper",
    "Trained",
    "blueprint",
    "build",
    "class_name",
    "class_names",
    "class_of",
    "find_class",
    "in_precision",
    "initialize",
    "input_kind",
    "input_size_of",
    "is_checkpointed",
    "is_own",
    "is_weights_file",
    "listed",
    "named_layers",
    "names",
    "options_of",
    "paper_of",
    "read_trained",
    "save_trained",
    "source_of",
    "trained_file",
    "unknown_network",
    "warm_start",
    "was_trained_here",
    "weights_of",
    "with_checkpoints",
    "with_circular_padding",
]
