"""
Autoencoders
============

An autoencoder compresses a picture into a few numbers, its code, and makes the picture again from them.
"""

from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt

from deepatelier.jobs import make
from deepatelier.training.autoencoders.autoencoder_job import AutoencoderJob
from deepatelier.training.autoencoders.decode_job import DecodeJob

folder = Path(mkdtemp())


def show(path: Path) -> None:
    """A picture that a job has written."""
    plt.figure(figsize=(7, 7))
    plt.imshow(plt.imread(path))
    plt.axis("off")


# %%
# A variational autoencoder learns scikit-learn's digits, with two numbers for each. So the plane of codes can be drawn
# as it is: each digit is at its place, in the color of its class, which the network has not seen.

job = AutoencoderJob(dataset="digits", network="vae", code=2, beta=0.05, epochs=100, learning_rate=5e-3, frames=0)
make(job, {"folder": folder / "run"})
show(folder / "run" / "plane.png")

# %%
# Every place of the plane is a picture.

make(DecodeJob(training=str(folder / "run")), {"picture": folder / "codes.png"})
show(folder / "codes.png")
