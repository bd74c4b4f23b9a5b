"""deepatelier: the deep-learning workshop for images.

A network has weights, an image has pixels, and gradient descent can move either.

========================  ============================================================
``networks``              every architecture, one paper a file
``training``, ``data``    the weights move: fit a network to data and watch it learn
``synthesis``             the pixels move: style transfer and what else can be painted
``features``              what a network computes on the way
``images``, ``samples``   pictures in and out, and pictures that ship
``weights``, ``devices``  what the work needs from its surroundings
``cli``                   the command ``atelier``
========================  ============================================================
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
