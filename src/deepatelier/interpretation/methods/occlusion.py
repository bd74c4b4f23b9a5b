"""Occlusion: the drop of a class's score when a grey square covers part of the picture.

Source: Zeiler and Fergus 2014, 'Visualizing and Understanding Convolutional Networks', section 4.2.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

import torch
from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.features import evaluating
from deepatelier.interpretation.methods.class_scores import Explained, as_network_input, checked_targets, class_scores

__all__ = ["AT_ONCE", "GREY", "evaluations", "occluding", "occlusion"]

GREY = 0.5
"""The value of a covered pixel."""

AT_ONCE = 4
"""The number of square positions in a batch."""


def occlusion(
    network: nn.Module,
    image: Tensor,
    target: int | Sequence[int],
    *,
    window: int,
    stride: int,
    explained: Explained = "score",
) -> Tensor:
    """M(i, j) = S_c(I) − S_c(I with a grey square around (i, j)): (B, rows, columns), float32.

    Positive values mean that covering lowers the score: evidence for the class. The picture is divided into ⌈H /
    stride⌉ rows and ⌈W / stride⌉ columns, and the square is centred on each cell. It is cut off at the border.

    Args:
        network: Any module that returns class scores; it is run in evaluation mode and left as it was.
        image: The network input, (B, C, H, W); `GREY` is the value of a covered pixel.
        target: The class index; or one for each picture; or several for a single picture, at no extra cost: (classes,
            rows, columns).
        window: Height and width of the square, in pixels; at most the picture's shorter side.
        stride: Pixels from one position to the next; at most ``window``.
        explained: S_c, or the probability instead.

    Raises:
        OptionError: The square does not fit, no class scores, or no such class.

    Departures from the source: the paper plots the score or the probability itself, and its square does not extend past
    the border. captum's `Occlusion` gives each pixel the mean over all squares that cover it; since fewer squares cover
    the border, its highest value is often there.
    """
    steps = occluding(network, image, target, window=window, stride=stride, explained=explained)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            maps: Tensor = done.value
            return maps


@torch.no_grad()
def occluding(
    network: nn.Module,
    image: Tensor,
    target: int | Sequence[int],
    *,
    window: int,
    stride: int,
    explained: Explained = "score",
) -> Generator[None, None, Tensor]:
    """Compute `occlusion`; yields after each of the `evaluations` of the network, and returns the maps."""
    image = as_network_input(network, image)
    height, width = image.shape[-2:]
    _check((height, width), window, stride)
    rows, columns = _begins(height, window, stride), _begins(width, window, stride)
    with evaluating(network):
        given = class_scores(network, image, explained)
        several = len(image) == 1 and not isinstance(target, int)
        targets = checked_targets(given.expand(len(target), -1) if several else given, target)  # type: ignore[arg-type]
        falls = []
        places = [(row, column) for row in rows for column in columns]
        for start in range(0, len(places), AT_ONCE):
            squares = places[start : start + AT_ONCE]
            covered = image.repeat(len(squares), 1, 1, 1, 1)  # (squares, B, C, H, W)
            for each, (top, left) in zip(covered, squares, strict=True):
                each[..., max(0, top) : top + window, max(0, left) : left + window] = GREY
            scores = class_scores(network, covered.flatten(0, 1), explained)
            fall = given - scores.view(len(squares), len(image), -1)  # (squares, B, N)
            falls.append(fall[:, 0, targets] if several else fall[:, torch.arange(len(image)), targets])
            yield
    return torch.cat(falls).t().reshape(-1, len(rows), len(columns)).float()


def evaluations(size: Sequence[int], window: int, stride: int) -> int:
    """Return the number of times that `occluding` yields, for a picture of a height and width."""
    positions = len(_begins(size[0], window, stride)) * len(_begins(size[1], window, stride))
    return -(-positions // AT_ONCE)


def _begins(side: int, window: int, stride: int) -> list[int]:
    """Return the start positions of the squares along one side."""
    count = -(-side // stride)
    return [round((index + 0.5) * side / count - window / 2) for index in range(count)]


def _check(size: Sequence[int], window: int, stride: int) -> None:
    if window < 1 or stride < 1:
        raise OptionError(f"A window and a stride have one pixel or more; received {window} and {stride}.")
    if window > min(size):
        raise OptionError(
            f"A window of {window} pixels does not fit into the {size[1]} x {size[0]} pixels of the network input. "
            "Give a smaller --window."
        )
    if stride > window:
        raise OptionError(f"A --stride of {stride} leaves pixels that no --window of {window} covers. Lower --stride.")
