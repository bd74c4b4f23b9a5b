"""The weights and pictures with which record_peers.py ran torchvision's and timm's networks, and our tests run ours.

Every value follows from the tensor's key and shape alone, so nothing but the outcomes needs to be stored.
"""

import math
import zlib

import numpy as np
import torch

# With both, neither VGG19's 19 plain layers nor ResNet-152's 50 residuals vanish or explode, and each layer counts in
# the outcome: with a gain of 0.7, VGG19's logits would hardly depend on the picture.
_GAIN = 0.9  # of He's uniform distribution, for all kernels and matrices
_LAST_NORM = 0.3  # for the norms called bn3, which end bottlenecks' residuals (and SENet-154's stem)


def filled(key, shape, dtype=torch.float32):
    """The tensor of a state dict's key: values of a usual network's scale, repeated after a prime number of them."""
    if key.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    count = math.prod(shape)
    # RandomState's streams never change, by numpy's policy; default_rng's may
    uniform = np.random.RandomState(zlib.crc32(key.encode())).random_sample(min(count, 65521))
    if key.endswith("running_var"):
        values = 0.5 + uniform
    elif key.endswith(("running_mean", "bias")):
        values = 0.2 * (uniform - 0.5)
    elif len(shape) >= 2:
        values = (2 * uniform - 1) * math.sqrt(6 / (count / shape[0])) * _GAIN
    else:
        values = (0.5 + uniform) * (_LAST_NORM if key.endswith("bn3.weight") else 1)
    return torch.from_numpy(np.resize(values.astype(np.float32), shape)).to(dtype)


def picture(height, width):
    """Two pictures of noise: (2, 3, height, width) in [0, 1]."""
    return torch.from_numpy(np.random.RandomState(0).random_sample((2, 3, height, width)).astype(np.float32))
