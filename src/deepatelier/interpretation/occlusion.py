"""Occlusion: how much the score of a class falls where a grey window covers the picture.

Source: document 003 ('Analysis Of Feature Maps: Occlusion'); Zeiler and Fergus 2014, 'Visualizing and Understanding
Convolutional Networks', section 4.2. The computation is captum's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.features import evaluating
from deepatelier.interpretation.captum import captum_attr
from deepatelier.interpretation.class_scores import Explained, checked_targets, class_scores, taken_by

__all__ = ["GREY", "evaluations", "occlusion"]

GREY = 0.5
"""The value of a covered pixel, as in the paper's grey square."""

_AT_ONCE = 8
"""Positions of the window that the network sees together."""


def occlusion(
    network: nn.Module,
    image: Tensor,
    target: int | Sequence[int],
    *,
    window: int,
    stride: int,
    explained: Explained = "score",
    advance: Callable[[], None] = lambda: None,
) -> Tensor:
    """The mean of S_c(I) − S_c(I covered) over all positions of the window that cover a pixel, (B, H, W), float32.

    Positive where covering lowers the score: where the class is seen.

    Args:
        network: Any module that returns class scores; it is run in evaluation mode and left as it was.
        image: (B, C, H, W), what the network takes; `GREY` is its value of a covered pixel.
        target: The class, from 0; or one for each picture.
        window: Height and width of the square, in pixels; at most the picture's shorter side.
        stride: Pixels from one position to the next; at most ``window``.
        explained: S_c, or the probability in its place.
        advance: Called at each of the `evaluations` of the network.

    Raises:
        OptionError: The window does not fit, no class scores, or no such class.
        SurroundingsError: captum is not installed.

    Departure from the source: the paper colours a position of the window with the score itself; this is its fall,
    averaged over the windows that cover a pixel.
    """
    image = taken_by(network, image)
    _check(image.shape[-2:], window, stride)

    def scores(x: Tensor) -> Tensor:
        advance()
        return class_scores(network, x, explained)

    channels = image.shape[1]
    with evaluating(network), torch.no_grad():
        targets = checked_targets(class_scores(network, image), target)
        found: Tensor = (
            captum_attr()
            .Occlusion(scores)
            .attribute(
                image,
                sliding_window_shapes=(channels, window, window),
                strides=(channels, stride, stride),
                baselines=GREY,
                target=targets,
                perturbations_per_eval=_AT_ONCE,
            )
        )
    return found[:, 0].float()


def evaluations(size: Sequence[int], window: int, stride: int) -> int:
    """How many times the network runs, for a picture of a height and width.

    Raises:
        OptionError: The window does not fit.
    """
    _check(size, window, stride)
    positions = 1
    for side in size:
        positions *= -(-(side - window) // stride) + 1
    return 1 + -(-positions // _AT_ONCE)


def _check(size: Sequence[int], window: int, stride: int) -> None:
    if window > min(size):
        raise OptionError(
            f"A window of {window} pixels does not fit into the {size[1]} x {size[0]} pixels that the network sees. "
            "Give a smaller --window."
        )
    if stride > window:
        raise OptionError(
            f"With --stride {stride} and --window {window} some pixels are never covered; lower --stride."
        )
