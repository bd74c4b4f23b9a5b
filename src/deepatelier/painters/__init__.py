"""The instant painter: its network, what trained ones paint, and how one is trained.

What is named here is imported when it is first used, so that the jobs can be read without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
