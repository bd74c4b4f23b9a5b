"""The style losses, one per file. The file names are the values of ``--style-loss``.

Each file ends with ``LOSS``, a `StyleLoss` that holds everything about it. Adding a file here adds a style loss; no
other file has to list it.
"""

from deepatelier.synthesis.style_loss_names import FOLDERS

__all__: list[str] = []

__path__ = FOLDERS
