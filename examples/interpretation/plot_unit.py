"""
A unit, and what excites it
===========================

The patches of many pictures that a unit answers most to, the part of them that made it fire, carried back to the pixels
(Zeiler and Fergus, 2014), and the picture that excites it most.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import skimage

from deepatelier.interpretation import Deconvolution, PatchOptions
from deepatelier.unit_page import UnitOptions, UnitPage

# %%
# The more pictures, the better: the nine best of thirty are not the nine best of a million. These are the pictures in
# scikit-image's package and a few of the paintings that deepatelier draws.

pictures = (str(Path(skimage.__file__).parent / "data"), "batik", "engraving", "mosaic", "stained_glass", "swirl")
page = UnitPage(pictures, UnitOptions(layer="relu4_1", channel=168, view_size=384, steps=120, size=256))
page.look()

figure, axis = plt.subplots(figsize=(12, 4.2), layout="constrained")
axis.imshow(page.picture()[0].permute(1, 2, 0).numpy(force=True))
axis.set_axis_off()

# %%
# Two units of each of five layers, from edges and colours to parts: those whose strongest answers stand out most.

sheet = Deconvolution(pictures, PatchOptions(most=2, view_size=224, size=192))
sheet.look()
figure, axis = plt.subplots(figsize=(12, 16), layout="constrained")
axis.imshow(sheet.picture()[0].permute(1, 2, 0).numpy(force=True))
axis.set_axis_off()
plt.show()
