"""
The labs of learning
====================

The documents' worked examples that compute: each is a figure, and what it shows in numbers. `atelier lab` lists them.
"""

import io

import matplotlib.pyplot as plt

from deepatelier import labs
from deepatelier.labs import WorkedExample, WorkedOptions


def show(name: str) -> None:
    """Compute a lab, show its figure, and print its findings."""
    example = WorkedExample(labs.lab(name).work, WorkedOptions(seed=0))
    example.look()
    picture = plt.imread(io.BytesIO(example.worked.figure))
    figure = plt.figure(figsize=(11, 11 * picture.shape[0] / picture.shape[1]))
    axis = figure.add_axes((0, 0, 1, 1))
    axis.imshow(picture)
    axis.set_axis_off()
    for words, value in example.worked.findings.items():
        print(f"{words}: {value if isinstance(value, str) else format(value, '.3g')}")


# %%
# Backpropagation by hand: δ of each layer, and the gradients beside autograd's.

show("backpropagation")

# %%
# Batch, stochastic and mini-batch gradient descent on the loss of a noisy line.

show("descent")

# %%
# What the first weights do to activations and gradients.

show("initialization")
plt.show()
