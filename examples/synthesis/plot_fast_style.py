"""
Fast style transfer
===================

The universal painter composes a picture of patches of any painting, without training.
"""

# %%
# Features of VGG-19 are compared, and optimal transport chooses a patch of the painting for each place of the
# photograph. Nothing here needs torch: the features are computed by onnxruntime, and images are arrays (H, W, 3).

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.painters import FastStyle, FastStyleOptions
from deepatelier.synthesis import StyleOptions, StyleTransfer

photo, options = samples.open_picture("coffee"), FastStyleOptions(size=768)
names = ["swirl", "mosaic", "woodblock", "stained_glass"]
figure, axes = plt.subplots(1, len(names), figsize=(14, 2.6), layout="constrained")
for axis, name in zip(axes, names, strict=True):
    painted = FastStyle(photo, samples.open_picture(name), options).paint()
    axis.imshow(painted)
    axis.set(title=name, xticks=[], yticks=[])

# %%
# Its result can also be the initial image of the optimisation, which goes on from the patches to forms of its own.

started = StyleOptions(init="fast", size=384, steps=60)
transfer = StyleTransfer(photo, samples.open_picture("mosaic"), started)
pictures = {"--init fast": transfer.initial()}
for step in transfer.steps():
    pictures["and some steps more"] = step.image
figure, axes = plt.subplots(1, 2, figsize=(10, 3.5), layout="constrained")
for axis, (title, image) in zip(axes, pictures.items(), strict=True):
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set(title=title, xticks=[], yticks=[])

# %%
# A feed-forward network can also be trained for one or several paintings (Johnson, Alahi and Fei-Fei, 2016): ``atelier
# train-painter painting.jpg --photos FOLDER -o painter.safetensors``.
# ``FastStyleOptions(painter="painter.safetensors")`` uses it.
