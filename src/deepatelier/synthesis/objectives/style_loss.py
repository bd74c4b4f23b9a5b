"""What a style loss is, and finding one by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from importlib import import_module

from deepatelier.errors import UnknownNameError
from deepatelier.synthesis.objectives.guidance import Guidance
from deepatelier.synthesis.objectives.objective import Activations, Objective, Statistic
from deepatelier.synthesis.style_loss_names import names

__all__ = ["StyleLoss", "style_loss"]


@dataclass(frozen=True)
class StyleLoss:
    """What a painting's style is, how far an image is from it, and what else style transfer has to know of that.

    Attributes:
        target: What a picture is like, from its activations, some layers and where they count.
        objective: The distance to it, with the arguments layers, target, weights and guidance; and units, if it has
            no ``ratio``.
        about: What it compares, in a phrase for the help: a literal, since it is read before the file is run.
        ratio: The default β over the content loss of a picture without activations, for a loss that is relative to
            the painting. None: the loss is in the documents' units, and β is for each pixel of the result.
        bytes_per_pixel: What it needs beside what Gram matrices do: the more of two steps at 512² pixels in bfloat16
            or float32.
        blends: Whether something lies between the targets of two pictures, at which ``--strength`` can aim.
        layers: Its own default of ``--style-layers``; None: that of all.
    """

    target: Callable[[Activations, Sequence[str], Guidance | None], Statistic]
    objective: Callable[..., Objective]
    _: KW_ONLY
    about: str
    ratio: float | None
    bytes_per_pixel: int
    blends: bool = False
    layers: tuple[str, ...] | None = None


def style_loss(name: str) -> StyleLoss:
    """A style loss by its name, from the file of that name.

    Raises:
        UnknownNameError: There is no such file in ``objectives/style_losses/``.
    """
    known = names()
    if name not in known:
        raise UnknownNameError("style loss", name, known)
    loss: StyleLoss = import_module(f"deepatelier.synthesis.objectives.style_losses.{name}").LOSS
    return loss
