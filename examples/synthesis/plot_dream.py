"""
DeepDream
=========

The gradient of a layer is set to its activation, which amplifies the features that the network detects, octave by
octave (Mordvintsev, Olah and Tyka, 2015).
"""

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.synthesis import DeepDream, DreamOptions

photo = samples.open_picture("rocket")

figure, axes = plt.subplots(1, 3, figsize=(15, 3.6), layout="constrained")
for axis, layer in zip(axes, ("relu3_3", "relu4_4", "relu5_1"), strict=True):
    dream = DeepDream(photo, DreamOptions(layers=(layer,), size=384, steps=48))
    for step in dream.steps():
        image = step.image
    rise = dream.measures(dream.finished(image))[f"rise of {layer}"]
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set(title=f"{layer}, {rise:.1f} times as active", xticks=[], yticks=[])

# %%
# With a guide, the features of another picture are amplified.

dream = DeepDream(photo, DreamOptions(layers=("relu4_2",), guide="coffee", size=384, steps=48))
for step in dream.steps():
    image = step.image
figure, axis = plt.subplots(figsize=(6, 4), layout="constrained")
axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
axis.set_axis_off()
plt.show()
