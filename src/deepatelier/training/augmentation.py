"""Augmentation: random changes of the training pictures that keep their labels."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from deepatelier.extras import from_extra
from deepatelier.training.train_job import TrainingOptions

__all__ = ["augmentation"]


def augmentation(options: TrainingOptions, size: tuple[int, int]) -> Callable[[Tensor], Tensor]:
    """Return the augmentation of a batch (B, C, H, W), sRGB in [0, 1], in the order of the names in the options.

    ``crop`` pads a picture by reflection and takes a random crop of the original size. ``rotation`` and ``translation``
    fill with black. ``cutout`` makes a square grey (DeVries and Taylor, 2017). ``flip`` is not part of it, since it
    depends on the picture and the epoch: see `deepatelier.training.batches.Batches`. kornia computes the changes, with
    torch's random numbers.

    Args:
        options: The names and sizes of the changes.
        size: The height and width of the pictures.

    Raises:
        SurroundingsError: kornia is not installed.
    """
    kornia = from_extra("kornia.augmentation", "train")
    border, share = max(1, round(options.translation * min(size))), options.cutout**2
    makers: dict[str, Callable[[], nn.Module]] = {
        "crop": lambda: kornia.RandomCrop(size, padding=border, padding_mode="reflect", cropping_mode="slice"),
        "rotation": lambda: kornia.RandomRotation(options.rotation, p=1.0),
        "translation": lambda: kornia.RandomAffine(0.0, translate=(options.translation,) * 2, p=1.0),
        "cutout": lambda: kornia.RandomErasing((share, share), (1.0, 1.0), value=0.5, p=1.0),
    }
    return nn.Sequential(*(makers[name]() for name in options.augment if name != "flip"))
