"""
Filters, and what they answer
=============================

The weights of a network's first layer are small pictures. Those of the layers behind it say little to the eye; there,
what a channel answers to a photograph is a map that can be looked at.
"""

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.interpretation import ActivationOptions, Activations, FilterOptions, Filters


def shown(picture, width):  # noqa: ANN001, ANN201
    """A figure with a sheet alone."""
    height = width * picture.shape[-2] / picture.shape[-1]
    _, axis = plt.subplots(figsize=(width, height), layout="constrained")
    axis.imshow(picture[0].permute(1, 2, 0).numpy(force=True))
    axis.set_axis_off()


# %%
# The 64 filters of VGG-19's first layer: 3 x 3 pixels each, in the colours of the picture, grey where the weight is 0.
# Some are edges in one direction, some are a colour.

filters = Filters(FilterOptions(network="vgg19", size=48))
list(filters.look())
shown(filters.picture(), 7)

# %%
# What one photograph excites in five layers, six channels each: those with the largest value. From one layer to the
# next the maps are half as fine.

activations = Activations(samples.open_picture("chelsea"), ActivationOptions(most=6, size=160))
list(activations.look())
shown(activations.picture(), 12)

# %%
# How many of the values are not zero, and what there is to be said.

for words, value in activations.measures(activations.picture()).items():
    print(f"{words}: {value:.3g}")
print(*activations.notes, sep="\n")
plt.show()
