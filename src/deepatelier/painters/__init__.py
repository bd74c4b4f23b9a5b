"""Fast style transfer: the universal painter, trained painters, and how to train one.

The names are imported lazily, so that the jobs can be read without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
