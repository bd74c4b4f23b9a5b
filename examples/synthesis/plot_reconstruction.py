"""
Content and style, layer by layer
=================================

Figure 1, (a) to (e), of Gatys, Ecker and Bethge (2015): a photograph from the activations of relu1_1, relu2_1 …
relu5_1, and a painting from the Gram matrices of one, two … five of them.
"""

import matplotlib.pyplot as plt

from deepatelier.jobs import Context, carried_out
from deepatelier.synthesis import ContentReconstructionJob, StyleReconstructionJob

content = ContentReconstructionJob(photo="chelsea", size=160, steps=120)
style = StyleReconstructionJob(painting="swirl", size=160, steps=120)

figure, axes = plt.subplots(2, 1, figsize=(14, 5.4), layout="constrained")
for axis, job in zip(axes, (content, style), strict=True):
    image = carried_out(job, Context()).files["picture"].image
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set_axis_off()
plt.show()
