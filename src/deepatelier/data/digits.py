"""scikit-learn's handwritten digits: 1797 greyscale pictures of 8 x 8 pixels, which are part of its wheel."""

from __future__ import annotations

import torch

from deepatelier.data.labelled import Dataset, Labelled
from deepatelier.extras import from_extra

__all__ = ["digits"]


def digits() -> Dataset:
    """Load the digits. They have no test pictures of their own.

    Source: Alpaydin and Kaynak, 'Optical Recognition of Handwritten Digits' (1998), UCI; CC BY 4.0.

    Raises:
        SurroundingsError: scikit-learn is not installed.
    """
    found = from_extra("sklearn.datasets", "train").load_digits()
    images = torch.from_numpy(found.images)[:, None]  # 16 grey levels and white
    levels = (images * (255 / 16)).round().to(torch.uint8)
    return Dataset("digits", Labelled(levels, torch.from_numpy(found.target).long()), None, tuple("0123456789"))
