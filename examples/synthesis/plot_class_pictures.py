"""
What an espresso looks like to a network
========================================

Gradient ascent on the score of a class, in two forms: on the pixels from grey with an L2 penalty (Simonyan et al.,
2014); and with the regularisation of later work: Fourier coefficients in decorrelated colours, random crops with noise,
coarse to fine, and feature statistics matched to those of batch normalisation.
"""

import matplotlib.pyplot as plt

from deepatelier.synthesis import FeatureVisualization, VisualizationOptions


def paint(**chosen):  # noqa: ANN003, ANN201
    """Return the finished picture, and its measures."""
    recipe = FeatureVisualization(VisualizationOptions(**chosen))
    for step in recipe.steps():
        image = step.image
    image = recipe.finished(image)
    return image[0].permute(1, 2, 0).numpy(force=True), recipe.measures(image)


names = ("espresso", "Egyptian cat", "hummingbird", "volcano")
figure, axes = plt.subplots(2, len(names), figsize=(14, 7.4), layout="constrained")
for column, name in zip(axes.T, names, strict=True):
    for axis, chosen in zip(column, ({"preset": "simonyan"}, {}), strict=True):
        picture, measures = paint(class_=name, size=224, steps=200, **chosen)
        axis.imshow(picture)
        axis.set(title=f"{name}: {measures['confidence']:.2f}", xticks=[], yticks=[])

# %%
# Both are predicted with high confidence. This does not mean that the upper row resembles an espresso: a faint pattern
# is enough for a high score.
#
# Channels of layers, from low to high: edges, textures, parts.

figure, axes = plt.subplots(1, 5, figsize=(15, 3.3), layout="constrained")
for axis, layer in zip(axes, ("block1", "block3", "block6", "block10", "block15"), strict=True):
    picture, _ = paint(layer=layer, channel=5, size=160, steps=120)
    axis.imshow(picture)
    axis.set(title=f"{layer}, channel 5", xticks=[], yticks=[])
plt.show()
