"""
Pooling and total variation
===========================

Two questions about neural style transfer: is average pooling better than max pooling, as Gatys et al. (2015) suggest?
And what is the effect of a total variation loss?
"""

import matplotlib.pyplot as plt

from deepatelier.jobs import Context, carried_out
from deepatelier.labs.pooling import PoolingLab
from deepatelier.labs.total_variation import TotalVariationLab

few = {"photo": "chelsea", "painting": "swirl"}
labs = (PoolingLab(**few, size=256, steps=150), TotalVariationLab(**few, size=256, steps=150))

figure, axes = plt.subplots(2, 1, figsize=(9, 7), layout="constrained")
for axis, lab in zip(axes, labs, strict=True):
    result = carried_out(lab, Context())
    image = result.files["picture"].image
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set_axis_off()

# %%
# The total variation falls by far more than the style loss rises.

for words, value in result.measure(image).measures.items():
    print(f"{words}: {value:.3f}")
plt.show()
