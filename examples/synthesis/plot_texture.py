"""
Textures from more and more layers
==================================

From white noise to a painting's texture: the Gram matrices of one layer of VGG-19, then of two, up to five (Gatys,
Ecker and Bethge, 2015). Each layer adds larger structures; the painting's spatial arrangement is not preserved.
"""

import matplotlib.pyplot as plt
import torch

from deepatelier import samples
from deepatelier.jobs import Context, carried_out
from deepatelier.synthesis import (
    ClassicalTexture,
    ClassicalTextureOptions,
    TextureOptions,
    TextureSheetJob,
    TextureSynthesis,
)

painting = samples.open_picture("mosaic")

# %%
# A job makes the row of pictures, as ``atelier texture mosaic --sheet`` does.

sheet = carried_out(TextureSheetJob(painting="mosaic", size=192, steps=120), Context())
image = sheet.files["picture"].image

figure, axis = plt.subplots(figsize=(15, 3), layout="constrained")
axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
axis.set_axis_off()

# %%
# The distance of each picture to the painting, relative to that between two halves of the painting, over all five
# layers of the last picture.

for words, value in sheet.measure(image).measures.items():
    if words.endswith("ratio"):
        print(f"{words}: {value:.3f}")

# %%
# A tileable texture: every convolution pads circularly. Shown two by two.

tile = TextureSynthesis(samples.open_picture("swirl"), TextureOptions(size=192, steps=120, tileable=True))
for step in tile.steps():
    image = step.image

figure, axis = plt.subplots(figsize=(8, 6.4), layout="constrained")
axis.imshow(torch.cat([torch.cat([image] * 2, dim=-1)] * 2, dim=-2)[0].permute(1, 2, 0).numpy(force=True))
axis.set_axis_off()

# %%
# A classical method: each pixel is copied from the most similar neighbourhood of the painting (Wei and Levoy, 2000). It
# reproduces small structures exactly, but no larger ones.

pictures = {"painting": painting.tensor(painting.fitted(192))}
recipes = {
    "gram": TextureSynthesis(painting, TextureOptions(size=192, steps=120)),
    "wei-levoy": ClassicalTexture(painting, ClassicalTextureOptions(size=192)),
}
for method, recipe in recipes.items():
    for step in recipe.steps():
        image = step.image
    pictures[method] = recipe.finished(image)

figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
for axis, (title, image) in zip(axes, pictures.items(), strict=True):
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set(title=title, xticks=[], yticks=[])
plt.show()
