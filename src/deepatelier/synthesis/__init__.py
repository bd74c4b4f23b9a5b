"""Image synthesis: recipes that optimise pixels, all with one engine that minimises objectives over a canvas.

The names are imported lazily, so that the options can be read without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
