"""
A cup that is a teapot
======================

The smallest change of a photograph that makes a network say something else: a level of 255 in a pixel, or two. The
difference is too small to be seen; ten times the difference has nothing of a teapot.
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
# What was said before and now, how large the change is, and whether it outlives being saved as JPEG.

for words, value in fooling.measures(image).items():
    print(f"{words}: {value}")
plt.show()
