"""
Content and style, layer by layer
=================================

The sheets (a) to (e) of Gatys, Ecker and Bethge (2015): a photograph from the activations of relu1_1, relu2_1 …
relu5_1, and a painting from the Gram matrices of one, two … five of them.
"""

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.synthesis import (
    ContentReconstructionOptions,
    StyleReconstructionOptions,
    make_inversion,
    make_texture,
)

content = make_inversion(samples.open_picture("chelsea"), ContentReconstructionOptions(size=160, steps=120))
style = make_texture(samples.open_picture("swirl"), StyleReconstructionOptions(size=160, steps=120))

figure, axes = plt.subplots(2, 1, figsize=(14, 5.4), layout="constrained")
for axis, sheet in zip(axes, (content, style), strict=True):
    for step in sheet.steps():
        image = step.image
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set_axis_off()
plt.show()
