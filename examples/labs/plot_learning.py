"""
Labs about learning
===================

The worked examples of the courses, computed: each is a figure with its findings in numbers. `atelier lab` lists them.
"""

import matplotlib.pyplot as plt

from deepatelier import jobs


def show(name: str) -> None:
    """Compute a lab, show its figure, and print its findings."""
    job = jobs.load(f"lab {name}")(seed=0)
    result = jobs.carried_out(job, jobs.Context())
    picture = result.files["picture"].image[0].permute(1, 2, 0).numpy(force=True)
    figure = plt.figure(figsize=(11, 11 * picture.shape[0] / picture.shape[1]))
    axis = figure.add_axes((0, 0, 1, 1))
    axis.imshow(picture)
    axis.set_axis_off()
    for words, value in result.measure(None).measures.items():
        print(f"{words}: {value if isinstance(value, str) else format(value, '.3g')}")


# %%
# Backpropagation by hand: δ of each layer, and the gradients compared with autograd's.

show("backpropagation")

# %%
# Batch, stochastic and mini-batch gradient descent on the loss of a noisy line.

show("descent")

# %%
# The effect of the initial weights on activations and gradients.

show("initialization")
plt.show()
