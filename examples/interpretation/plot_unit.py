"""
What activates a unit
=====================

The patches with a unit's strongest activations over many pictures, the parts of them that activated the unit,
back-projected to the pixels (Zeiler and Fergus, 2014), and the unit's feature visualization.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import skimage

from deepatelier.interpretation import Deconvolution, DeconvolutionOptions
from deepatelier.units.unit_job import UnitOptions
from deepatelier.units.unit_page import UnitPage

# %%
# The more pictures, the better: the nine strongest of thirty are not the nine strongest of a million. These are the
# pictures in scikit-image's package.

pictures = [str(path) for path in sorted((Path(skimage.__file__).parent / "data").glob("*.png"))]
page = UnitPage(pictures, UnitOptions(layer="relu4_1", channel=105, view_size=384, steps=120, size=256))
list(page.look())

figure, axis = plt.subplots(figsize=(12, 4.2), layout="constrained")
axis.imshow(page.picture()[0].permute(1, 2, 0).numpy(force=True))
axis.set_axis_off()

# %%
# One unit, the most selective one, in each of three layers, with four patches each.

sheet = Deconvolution(
    pictures, DeconvolutionOptions(layer=("relu2_1", "relu3_1", "relu4_1"), most=1, count=4, view_size=224, size=256)
)
list(sheet.look())
figure, axis = plt.subplots(figsize=(6, 9.5), layout="constrained")
axis.imshow(sheet.picture()[0].permute(1, 2, 0).numpy(force=True))
axis.set_axis_off()
plt.show()
