"""Films over a training: how pictures of a network change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from deepatelier.images import decode, encode, encode_film, film_format_of

__all__ = ["TrainingFilms"]

_FPS = 8
_LAST = 12
"""The number of times that the last frame is shown."""


class TrainingFilms:
    """Pictures of a network at some steps of its training, as films.

    The k-th of n frames belongs to step ⌈S·(k/(n − 1))²⌉ of S, because a network changes most at first. A resumed
    training with another S keeps the frames so far.

    Args:
        views: Returns the pictures of the network in its present state, by name of the film.
        frames: n. With 0, there are no films.
        steps: S.
    """

    def __init__(self, views: Callable[[], Mapping[str, Tensor]], frames: int, steps: int) -> None:
        self._views = views
        self._due = {-(-steps * number**2 // max(1, frames - 1) ** 2) for number in range(frames)}
        self._frames: dict[str, list[bytes]] = {}

    def note(self, step: int) -> None:
        """Add a frame to each film, if one is due after this number of steps."""
        if step in self._due:
            for name, picture in self._views().items():
                self._frames.setdefault(name, []).append(encode(picture, "PNG"))

    def state_dict(self) -> dict[str, Any]:
        """Return the frames so far, as PNG files."""
        return {
            name: [torch.frombuffer(bytearray(frame), dtype=torch.uint8) for frame in frames]
            for name, frames in self._frames.items()
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore the frames of `state_dict`."""
        self._frames = {name: [frame.numpy().tobytes() for frame in frames] for name, frames in state.items()}

    def files(self) -> dict[str, bytes]:
        """Return the films by file name."""
        found = {}
        for name, frames in self._frames.items():
            levels = [(255 * decode(frame)).round().to(torch.uint8) for frame in frames]
            found[f"{name}.webp"] = encode_film([*levels, *levels[-1:] * _LAST], film_format_of(".webp"), _FPS)
        return found
