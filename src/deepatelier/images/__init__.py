"""Read and write pictures: the only folder that uses PIL and handles EXIF, ICC profiles, alpha and bit depth.

Inside deepatelier an image is a float32 tensor (1, 3, H, W), sRGB in [0, 1]; where torch is not needed, an array
(H, W, 3), `Pixels`. Names are imported on first use, and torch when the first tensor is requested.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
