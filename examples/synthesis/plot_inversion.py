"""
What a layer preserves of a photograph
======================================

Only the activations of one layer of VGG-19 are kept of a photograph. Which picture has the same activations? (Mahendran
and Vedaldi, 2015.) Low layers preserve nearly every pixel; deep ones preserve what is where, but not its colour.
"""

import matplotlib.pyplot as plt

from deepatelier.jobs import Context, carried_out
from deepatelier.synthesis import InversionSheetJob

layers = ("relu2_2", "relu3_3", "relu4_3", "relu5_1", "relu5_3")
sheet = carried_out(InversionSheetJob(photo="chelsea", layer=layers, size=192, steps=150), Context())
image = sheet.files["picture"].image

figure, axis = plt.subplots(figsize=(16, 2.6), layout="constrained")
axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
axis.set_axis_off()

# %%
# The distance of the activations, relative to those of the photograph.

for words, value in sheet.measure(image).measures.items():
    print(f"{words}: {value:.3f}")
plt.show()
