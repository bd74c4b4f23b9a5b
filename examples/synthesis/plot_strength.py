"""
Strength of the style
=====================

``strength`` ranges from the photograph, 0, to the full style, 1. The style target interpolates between the Gram
matrices of photograph and painting: an intermediate result is a picture of its own, not a double exposure.
"""

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.synthesis import StyleOptions, StyleTransfer

photo, painting = samples.open_picture("chelsea"), samples.open_picture("swirl")

# %%
# At strength 0 there is nothing to do: no step is planned, and the initial image is the result.

pictures = {}
for strength in (0, 0.25, 0.5, 0.75, 1):
    transfer = StyleTransfer(photo, painting, StyleOptions(size=256, steps=120, strength=strength))
    image = transfer.initial()
    for step in transfer.steps():
        image = step.image
    pictures[strength] = image

# %%
# From left to right, the perceptual distance between neighbours is about equal.

figure, axes = plt.subplots(1, len(pictures), figsize=(15, 2.4), layout="constrained")
for axis, (strength, image) in zip(axes, pictures.items(), strict=True):
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set(title=f"strength {strength}", xticks=[], yticks=[])
plt.show()
