"""The pixels move: recipes on one engine, which minimises objectives over a canvas.

What is named here is imported when it is first used, so that the options can be read without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
