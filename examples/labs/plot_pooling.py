"""
Pooling and total variation
===========================

Two questions about neural style transfer that document 000 raises: is average pooling better than maximum pooling, and
what does a loss on the total variation do?
"""

import matplotlib.pyplot as plt

from deepatelier import labs, samples
from deepatelier.labs import LabOptions

photo, painting = samples.open_picture("chelsea"), samples.open_picture("swirl")

figure, axes = plt.subplots(2, 1, figsize=(9, 7), layout="constrained")
for axis, name in zip(axes, ("pooling", "total_variation"), strict=True):
    sheet = labs.lab(name).make(photo, painting, LabOptions(size=256, steps=150))
    for step in sheet.steps():
        image = step.image
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set_axis_off()

# %%
# The total variation falls by far more than the style loss rises.

for words, value in sheet.measures(image).items():
    print(f"{words}: {value:.3f}")
plt.show()
