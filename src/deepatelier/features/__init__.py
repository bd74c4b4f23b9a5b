"""What a network computes on the way, and how much of the picture it depends on.

What is named here is imported when it is first used, so that the jobs can be read without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
