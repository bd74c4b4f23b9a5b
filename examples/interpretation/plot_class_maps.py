"""
Evidence for a class
====================

Four maps of one class over one photograph: the drop of the score under occlusion, the contributions of the last feature
maps (CAM and Grad-CAM), and the magnitude of the gradient (saliency). They answer four questions, not one.
"""

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.interpretation import (
    Cam,
    CamOptions,
    GradCam,
    GradCamOptions,
    Occlusion,
    OcclusionOptions,
    Saliency,
    SaliencyOptions,
)

photo = samples.open_picture("coffee")
looks = (
    Occlusion(photo, OcclusionOptions(class_="espresso", size=320)),
    Cam(photo, CamOptions(class_="espresso", size=320)),
    GradCam(photo, GradCamOptions(class_="espresso", size=320)),
    Saliency(photo, SaliencyOptions(class_="espresso", size=320)),
)
figure, axes = plt.subplots(2, 2, figsize=(13, 5.2), layout="constrained")
for axis, look in zip(axes.flat, looks, strict=True):
    list(look.look())
    axis.imshow(look.picture()[0].permute(1, 2, 0).numpy(force=True))
    axis.set_axis_off()
    axis.set_title(type(look).__name__)

# %%
# The resolution of each map, and the position of its maximum. The maps of CAM and Grad-CAM have as many positions as
# the network's last feature maps; in between they are interpolated.

for look in looks:
    (found,) = look.maps
    height, width = found.values.shape
    peak = look.measures(look.picture()).get("espresso: peak at column, row", "scattered pixels")
    print(f"{type(look).__name__}: {width} x {height} positions, highest at {peak}")

# %%
# An untrained network has maps too, and they are as smooth. Red is evidence for a class, blue against it.

figure, axes = plt.subplots(2, 1, figsize=(11, 5.6), layout="constrained")
for axis, weights in zip(axes, ("imagenet", "random"), strict=True):
    look = GradCam(photo, GradCamOptions(class_=("espresso", "teapot"), signed=True, weights=weights, size=320))
    list(look.look())
    axis.imshow(look.picture()[0].permute(1, 2, 0).numpy(force=True))
    axis.set_axis_off()
    axis.set_title(f"weights: {weights}")
plt.show()
