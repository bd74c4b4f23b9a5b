"""A worked example that is computed: a figure, and what it shows in numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier import images
from deepatelier.jobs import FilmProduct, Measured, Measures, PictureProduct, Result, Step, Work
from deepatelier.labs.computed import ComputedLab

__all__ = ["Worked", "worked_out"]

_FPS = 8


class Worked(NamedTuple):
    """What a lab has found.

    Attributes:
        figure: A PNG's bytes.
        findings: What it shows, by the words that say it.
        frames: The same in motion, (1, 3, H, W) each, sRGB in levels of 0 to 255; empty if nothing moves.
    """

    figure: bytes
    findings: Measures
    frames: tuple[Tensor, ...] = ()


def worked_out(job: ComputedLab, work: Callable[[ComputedLab], Worked]) -> Work:
    """Compute a lab, with torch's random numbers that begin with its seed and are afterwards as they were before."""
    with torch.random.fork_rng():
        torch.manual_seed(job.seed)
        worked = work(job)
    yield Step(1, 1)
    film = {"film": FilmProduct(worked.frames, _FPS)} if worked.frames else {}
    return Result(
        job,
        {"picture": PictureProduct(images.decode(worked.figure)), **film},
        measure=lambda _written: Measured({}, worked.findings),
        steps=1,
    )
