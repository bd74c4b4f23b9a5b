"""
Style transfer at once
======================

A painter is a network that was trained under the objectives under which pixels move elsewhere (Johnson, Alahi and
Fei-Fei, 2016). It looks at a photograph once. One that knows the paintings that ship comes with the package.
"""

# %%
# The painter that ships knows the paintings that ship.

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.painters import FastStyle, FastStyleOptions
from deepatelier.synthesis import StyleOptions, StyleTransfer

photo, options = samples.open_picture("coffee"), FastStyleOptions(size=768)
names = ["swirl", "mosaic", "woodblock", "stained_glass"]
figure, axes = plt.subplots(1, len(names), figsize=(14, 2.6), layout="constrained")
for axis, name in zip(axes, names, strict=True):
    painted = FastStyle(photo, samples.open_picture(name), options).initial()
    axis.imshow(painted[0].permute(1, 2, 0).numpy(force=True))
    axis.set(title=name, xticks=[], yticks=[])

# %%
# It is also where the steps can start: they come nearer to the painting than the painter does.

started = StyleOptions(init="fast", size=384, steps=60)
transfer = StyleTransfer(photo, samples.open_picture("mosaic"), started)
pictures = {"the painter": transfer.initial()}
for step in transfer.steps():
    pictures["and some steps more"] = step.image
figure, axes = plt.subplots(1, 2, figsize=(10, 3.5), layout="constrained")
for axis, (title, image) in zip(axes, pictures.items(), strict=True):
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set(title=title, xticks=[], yticks=[])

# %%
# For a painting of your own: ``atelier train-painter painting.jpg --photos FOLDER -o painter.safetensors``, and then
# ``FastStyleOptions(painter="painter.safetensors")``.
