"""Pictures in and out: the only folder that knows PIL, EXIF, ICC, alpha and bit depth.

Inside deepatelier an image is a float32 tensor (1, 3, H, W), sRGB in [0, 1]. What is named here is imported when it is
first used, and torch when the first tensor is asked for, so that files can be looked at without it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
