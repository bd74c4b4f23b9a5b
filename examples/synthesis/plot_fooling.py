"""
A cup that is classified as a teapot
====================================

The smallest change of a photograph that changes a network's prediction: one or two levels of 255 per pixel. The
difference is invisible; ten times the difference does not resemble a teapot.
"""

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.synthesis import Attack, AttackOptions
from deepatelier.synthesis.fooling.fooling import paneled

fooling = Attack(samples.open_picture("coffee"), AttackOptions(as_="teapot", size=320))
for step in fooling.steps():
    image = fooling.finished(step.image)

figure, axis = plt.subplots(figsize=(15, 3), layout="constrained")
axis.imshow(paneled(fooling, image).image[0].permute(1, 2, 0).numpy(force=True))
axis.set_axis_off()

# %%
# The predictions before and after, the size of the change, and whether it survives JPEG.

for words, value in fooling.measures(image).items():
    print(f"{words}: {value}")
plt.show()
