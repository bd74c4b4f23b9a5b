"""All architectures, one paper per file, with a registry.

A network takes sRGB in [0, 1], shape (B, C, H, W), and normalises it as its weights need. ``network.layers`` gives each
layer's module path by its name in the paper.

Names are imported on first use, so that the list can be read without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
