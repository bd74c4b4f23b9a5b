"""deepatelier: a deep-learning workshop for images.

A network has weights, an image has pixels, and gradient descent can change either.

========================  ============================================================
``networks``              every architecture, one paper per file
``training``, ``data``    gradient descent on the weights: data sets, training, evaluation
``synthesis``             gradient descent on the pixels: style transfer and other recipes
``features``              layers, activations and receptive fields of a network
``interpretation``        class maps, filters, deconvolution, drawings of networks
``painters``, ``units``   trained fast style transfer; pages about single units
``labs``                  the worked examples of the courses
``jobs``                  the common interface of everything that runs in steps
``images``, ``samples``   reading and writing pictures; bundled pictures
``weights``, ``devices``  pretrained weights; device, precision and memory
``cli``                   the command ``atelier``
========================  ============================================================
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
