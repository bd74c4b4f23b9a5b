"""
A photograph in the style of a painting
=======================================

Neural style transfer (Gatys, Ecker and Bethge, 2015): gradient descent on the pixels, until a network's activations
match the photograph's content and the painting's style.
"""

# %%
# The photograph comes with scikit-image, the painting is drawn by the package. Paths work as well.

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.synthesis import StyleOptions, StyleTransfer

photo, painting = samples.open_picture("chelsea"), samples.open_picture("swirl")
options = StyleOptions(size=384, steps=150)

# %%
# The transfer is an iterator over steps. Each step has the image and its losses, to watch it or to stop with ``break``.

transfer = StyleTransfer(photo, painting, options)
history = []
for step in transfer.steps():
    history.append((step.level, step.total))

# %%
# The photograph, the painting and the result.

figure, axes = plt.subplots(1, 3, figsize=(12, 3.2), layout="constrained")
for axis, image, title in (
    (axes[0], photo.tensor(), "photograph"),
    (axes[1], painting.tensor(), "painting"),
    (axes[2], step.image, "result"),
):
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set(title=title, xticks=[], yticks=[])

# %%
# The loss decreases at each level, from coarse to fine.

figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
for level in sorted({level for level, _ in history}):
    height, width = transfer.levels[level].size
    points = [(index, total) for index, (at, total) in enumerate(history, start=1) if at == level]
    axis.semilogy(*zip(*points, strict=True), label=f"{width} x {height}")
axis.set(xlabel="step", ylabel="total loss")
axis.legend()
plt.show()
