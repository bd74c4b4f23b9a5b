"""
Several paintings, masks and colours
====================================

The options of style transfer can be combined freely.
"""

# %%
# Two paintings mixed, and one for each half of the picture, with a mask: white for the first painting, black for the
# second.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import torch

from deepatelier import images, samples
from deepatelier.images import Picture
from deepatelier.synthesis import StyleOptions, StyleTransfer

photo = samples.open_picture("rocket")
paintings = [samples.open_picture(name) for name in ("swirl", "woodblock")]


def paint(given: Picture | list[Picture], **chosen: str) -> torch.Tensor:
    """Return the result of a transfer."""
    transfer = StyleTransfer(photo, given, StyleOptions(size=256, steps=80, **chosen))
    *_, last = transfer.steps()
    return transfer.finished(last.image)


with tempfile.TemporaryDirectory() as folder:
    mask = Path(folder) / "mask.png"
    ramp = torch.linspace(3, -2, 64).clamp(0, 1).expand(1, 3, 48, 64)
    mask.write_bytes(images.encode(ramp, "PNG"))
    pictures = {
        "swirl": paint(paintings[0]),
        "both, 1 : 1": paint(paintings),
        "one for each side": paint(paintings, mask=str(mask)),
    }
figure, axes = plt.subplots(1, 3, figsize=(14, 3.4), layout="constrained")
for axis, (title, image) in zip(axes, pictures.items(), strict=True):
    axis.imshow(image[0].permute(1, 2, 0).numpy(force=True))
    axis.set(title=title, xticks=[], yticks=[])

# %%
# The colours: the painting's, the photograph's (only luminance is styled), or the photograph's, transferred to the
# painting beforehand.

figure, axes = plt.subplots(1, 3, figsize=(14, 3.4), layout="constrained")
for axis, colors in zip(axes, ("painting", "photo", "match"), strict=True):
    axis.imshow(paint(paintings[1], colors=colors)[0].permute(1, 2, 0).numpy(force=True))
    axis.set(title=f"colors={colors}", xticks=[], yticks=[])

# %%
# Style losses: Gatys et al. (2015) compare Gram matrices; later work compares other statistics.

figure, axes = plt.subplots(2, 3, figsize=(14, 7), layout="constrained")
names = ("gram", "moments", "wasserstein", "histogram", "nearest", "markov")
for axis, name in zip(axes.flat, names, strict=True):
    axis.imshow(paint(paintings[0], style_loss=name)[0].permute(1, 2, 0).numpy(force=True))
    axis.set(title=f"style_loss={name}", xticks=[], yticks=[])
