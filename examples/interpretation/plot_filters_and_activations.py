"""
Filters and activations
=======================

The filters of a network's first layer are small pictures. Those of deeper layers are hard to interpret. For them, the
activations for a photograph can be shown as feature maps.
"""

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.interpretation import ActivationOptions, Activations, FilterOptions, Filters


def shown(picture, width):  # noqa: ANN001, ANN201
    """Show a sheet in a figure of its own."""
    height = width * picture.shape[-2] / picture.shape[-1]
    _, axis = plt.subplots(figsize=(width, height), layout="constrained")
    axis.imshow(picture[0].permute(1, 2, 0).numpy(force=True))
    axis.set_axis_off()


# %%
# The 64 filters of VGG-19's first layer: 3 x 3 pixels each, in the colours of the picture; a weight of 0 is grey. Some
# are edges of one orientation, some are uniform colours.

filters = Filters(FilterOptions(network="vgg19", size=48))
list(filters.look())
shown(filters.picture(), 7)

# %%
# The activations of five layers for one photograph, the six channels with the largest values each. The resolution of
# the feature maps halves from one layer to the next.

activations = Activations(samples.open_picture("chelsea"), ActivationOptions(most=6, size=160))
list(activations.look())
shown(activations.picture(), 12)

# %%
# The share of non-zero activations, and the notes.

for words, value in activations.measures(activations.picture()).items():
    print(f"{words}: {value:.3g}")
print(*activations.notes, sep="\n")
plt.show()
