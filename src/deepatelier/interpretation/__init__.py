"""Interpretation: pictures and tables of what a trained network computes. Neither pixels nor weights are optimised.

The names are imported lazily.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
