"""
Winners of the ImageNet challenge
=================================

Depth, size and cost of the networks that won, and their published errors.
"""

# %%
# A blueprint has shapes but no weights, so even the largest network costs nothing. The depth is the longest path
# through layers with weights; `trace` returns from which layers each layer takes its input.

import matplotlib.pyplot as plt
from torch import empty, nn

from deepatelier import networks
from deepatelier.features import trace
from deepatelier.interpretation import draw, summarize


def depth(name: str) -> int:
    """Return the number of convolutions and dense layers on the longest path from the picture to the output."""
    network = networks.blueprint(name)
    calls = trace(network, empty(1, *network.input_size, device="meta"))
    deep = {-1: 0}
    for index, call in enumerate(calls):
        own = isinstance(call.module, (nn.Conv2d, nn.Linear))
        deep[index] = own + max(deep[source] for source in call.sources)
    return max(deep.values())


# %%
# Top-5 errors of the challenge's winners and of VGG, from He's tutorial at ICML 2016. They are those of ensembles.

published = {"alexnet": 16.4, "zfnet": 11.7, "vgg19": 7.3, "googlenet": 6.7, "resnet152": 3.57}
depths = {name: depth(name) for name in published}
figure, axis = plt.subplots(figsize=(7, 3.5), layout="constrained")
bars = axis.bar(list(published), list(published.values()), color="#7fb2dd")
axis.bar_label(bars, [f"{published[name]} %\n{depths[name]} layers" for name in published], padding=2)
axis.set(ylabel="top-5 error in %", ylim=(0, 21))
axis.spines[["top", "right"]].set_visible(False)

# %%
# Parameters and multiply-adds of the networks for ImageNet. Global average pooling removes the hundred million
# parameters of the dense layers; most of the computation is in the convolutions.

families = {
    "#888888": ("alexnet", "zfnet", "googlenet", "efficientnet_lite0"),
    "#57b39a": ("vgg11", "vgg16", "vgg16_gap", "vgg19"),
    "#7fb2dd": ("resnet18", "resnet50", "resnet152"),
    "#e8a33d": ("densenet121", "densenet161"),
    "#c9a0c4": ("se_resnet50", "senet154"),
}
figure, axis = plt.subplots(figsize=(7, 4.5), layout="constrained")
for color, names in families.items():
    for name in names:
        summary = summarize(networks.blueprint(name))
        x, y = summary.parameters / 1e6, summary.multiply_adds / 1e9
        axis.scatter(x, y, color=color)
        below = name in ("se_resnet50", "vgg16")
        axis.annotate(name, (x, y), textcoords="offset points", xytext=(5, -10 if below else 4), fontsize=8)
axis.set(xlabel="parameters in millions", ylabel="multiply-adds in billions", xscale="log", yscale="log", xlim=(3, 250))
axis.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# A drawing for a slide, as the text of an SVG file.

svg = draw(networks.blueprint("googlenet"), (3, 224, 224), title="GoogLeNet")
print(svg[:60])
