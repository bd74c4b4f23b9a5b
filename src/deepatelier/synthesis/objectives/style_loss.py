"""The interface of a style loss, and the lookup by name."""

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
    """A style loss: how a painting's style is described, compared and weighted.

    Attributes:
        target: Computes the target statistic of a picture from its activations, some layers and the guidance.
        objective: Makes the objective from the arguments layers, target, weights and guidance; and units, if it has
            no ``ratio``.
        about: What it compares, as a phrase for the help text. It must be a literal, since the file is only parsed.
        ratio: The default β, relative to the content loss between a picture and zero activations. It is for losses that
            are relative to the painting. None: the loss is in the units of Gatys et al. (2015), and β is per pixel.
        bytes_per_pixel: The memory it needs beyond that of Gram matrices: the larger of two steps at 512² pixels, in
            bfloat16 and in float32.
        blends: Whether the targets of two pictures can be interpolated, which ``--strength`` needs.
        layers: Its own default for ``--style-layers``. None: the common default.
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
    """Return a style loss by its name, from the file of that name.

    Raises:
        UnknownNameError: There is no such file in ``objectives/style_losses/``.
    """
    known = names()
    if name not in known:
        raise UnknownNameError("style loss", name, known)
    loss: StyleLoss = import_module(f"deepatelier.synthesis.objectives.style_losses.{name}").LOSS
    return loss
