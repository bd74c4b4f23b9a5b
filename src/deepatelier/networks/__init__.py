"""Every architecture, one paper a file, behind one registry.

A network takes sRGB in [0, 1], shape (B, C, H, W), and normalises it as its weights need. ``network.layers`` gives each
layer's module path by its paper's name.


What is named here is imported when it is first used, so that the list can be read without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
