"""What style is, one style loss a file: ``--style-loss`` takes the files' names.

Each file ends with ``LOSS``, a `StyleLoss` that tells all that is to be known of it. A new file here is a new style
loss; nothing else has to name it.
"""

from deepatelier.synthesis.style_loss_names import FOLDERS

__all__: list[str] = []

__path__ = FOLDERS
