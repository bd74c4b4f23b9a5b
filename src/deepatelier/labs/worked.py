"""The result of a lab that computes: a figure and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import Tensor

from deepatelier import images
from deepatelier.inputs import Input
from deepatelier.jobs import FilmProduct, Measured, Measures, PictureProduct, Result, Step, Work
from deepatelier.labs.computed import ComputedLab

__all__ = ["Worked", "worked_out"]

_FPS = 8


class Worked(NamedTuple):
    """The result of a lab.

    Attributes:
        figure: The bytes of a PNG.
        findings: The numbers, by the text that describes them.
        frames: The animation, (1, 3, H, W) each, sRGB in levels of 0 to 255; empty if there is none.
        inputs: The name and sha256 of each input, by its part.
    """

    figure: bytes
    findings: Measures
    frames: tuple[Tensor, ...] = ()
    inputs: Mapping[str, Input] = MappingProxyType({})


def worked_out(job: ComputedLab, work: Callable[[Any], Worked]) -> Work:
    """Run a lab with torch's random seed set to the job's, and restore the generator's state afterwards."""
    with torch.random.fork_rng():
        torch.manual_seed(job.seed)
        worked = work(job)
    yield Step(1, 1)
    film = {"film": FilmProduct(worked.frames, _FPS)} if worked.frames else {}
    return Result(
        job,
        {"picture": PictureProduct(images.decode(worked.figure)), **film},
        worked.inputs,
        measure=lambda _written: Measured({}, worked.findings),
        steps=1,
    )
