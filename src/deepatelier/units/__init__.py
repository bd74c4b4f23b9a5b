"""A unit's page: what excites it, what of that made it fire, and its own picture.

What is named here is imported when it is first used, so that the jobs can be read without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
