"""The base class of jobs that make a picture with a recipe."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from deepatelier.jobs import Context, Job, Output, Plan, State, Work

if TYPE_CHECKING:
    from torch import Tensor

    from deepatelier.jobs import Result
    from deepatelier.synthesis.recipe.recipe import Recipe

__all__ = ["PHOTO", "PaintingJob"]

PHOTO = "Path of the photograph, or a sample: astronaut, chelsea, coffee, rocket."
"""The help text of the argument for the photograph."""


class PaintingJob(Job):
    """A job that makes one picture. A subclass chooses the recipe."""

    outputs: ClassVar = {"picture": Output("picture", "out.png", "The picture to write.")}

    @abstractmethod
    def recipe(self, context: Context) -> Recipe:
        """Return the prepared recipe. Errors in options and inputs are raised here."""

    def plan(self, context: Context) -> Plan:
        """See `Job`. It runs some trial steps."""
        from deepatelier.synthesis.recipe.estimation import expected

        began = time.perf_counter()
        recipe = self.recipe(context)
        prepared = time.perf_counter() - began
        plan = expected(recipe)
        return plan if plan.seconds is None else plan._replace(seconds=prepared + plan.seconds)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`."""
        from deepatelier.synthesis.recipe.painted import painted

        result = yield from painted(self.recipe(context), self, state)
        return result

    def recalled(self, context: Context, picture: Tensor) -> Result:
        """See `Job`."""
        from deepatelier.synthesis.recipe.painted import as_result

        recipe = self.recipe(context)
        return as_result(recipe, self, picture, steps=recipe.planned)
