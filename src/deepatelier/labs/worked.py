"""A worked example that is computed: a figure, and what it shows in numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from deepatelier import images
from deepatelier.errors import OptionError
from deepatelier.options import PresetOptions, option
from deepatelier.runs import Input, Measures

__all__ = ["Worked", "WorkedExample", "WorkedOptions"]


class WorkedOptions(PresetOptions):
    """What every computed lab has."""

    seed: int = option(0, "Of the random numbers.", ge=0, le=2**63 - 1)


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


class WorkedExample:
    """A computed lab that is prepared: `look`, then `picture`. It runs on the CPU, in the formats that the lab names.

    Args:
        work: The lab.
        options: See `WorkedOptions`.

    Attributes:
        worked: What was found; None before `look`.
    """

    device = torch.device("cpu")
    precision = torch.float32
    planned = 1
    has_array = False

    def __init__(self, work: Callable[[WorkedOptions], Worked], options: WorkedOptions) -> None:
        self._work, self.options = work, options
        self.inputs: dict[str, Input] = {}
        self.notes: list[str] = []
        self.worked: Worked | None = None

    @property
    def found_something(self) -> bool:
        """Whether there is a picture yet."""
        return self.worked is not None

    def look(self, advance: Callable[[str], None] = lambda _: None) -> None:
        """Compute it."""
        with torch.random.fork_rng():
            torch.manual_seed(self.options.seed)
            self.worked = self._work(self.options)
        advance("")

    def picture(self) -> Tensor:
        """The figure, (1, 3, H, W), sRGB in [0, 1]."""
        assert self.worked is not None
        return images.decode(self.worked.figure)

    def array(self) -> Tensor:
        """Raises OptionError: there is no single array of numbers behind the picture."""
        raise OptionError("A lab has no single array of numbers behind its picture.")

    def losses(self, image: Tensor) -> dict[str, float]:  # noqa: ARG002
        """No picture is optimised."""
        return {}

    def measures(self, image: Tensor) -> Measures:  # noqa: ARG002
        """What was found, by the words that say it."""
        assert self.worked is not None
        return self.worked.findings
