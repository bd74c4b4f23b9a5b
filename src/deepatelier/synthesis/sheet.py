"""A sheet: several paintings beside each other in one picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor

from deepatelier import images
from deepatelier.options import RecipeOptions
from deepatelier.runs import Input, Measures
from deepatelier.synthesis.engine import State, Step
from deepatelier.synthesis.recipe import Recipe

__all__ = ["SheetRecipe"]


class SheetRecipe:
    """A `Recipe` of recipes: each paints one picture of the sheet, in order.

    Args:
        panels: What paints each picture, or the picture itself, (1, 3, H, W), by its label. All have one size.
        options: What the sheet as a whole was asked for.
        columns: Pictures in a row; by default all of them.
        findings: What the finished sheet shows beside what its pictures show.
    """

    bits = 8

    def __init__(
        self,
        panels: Mapping[str, Recipe | Tensor],
        options: RecipeOptions,
        *,
        columns: int | None = None,
        findings: Callable[[SheetRecipe, Tensor], Measures] = lambda _sheet, _image: {},
    ) -> None:
        self.panels = dict(panels)
        self.options = options
        self._findings = findings
        self.recipes = {label: panel for label, panel in self.panels.items() if not isinstance(panel, Tensor)}
        self._first = next(iter(self.recipes.values()))
        self.inputs: dict[str, Input] = {}
        for recipe in self.recipes.values():
            self.inputs |= recipe.inputs
        height, width = self._first.finished(self._first.initial()).shape[-2:]
        self.layout = images.Sheet((height, width), tuple(self.panels), columns or len(self.panels))

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return self._first.device

    @property
    def precision(self) -> torch.dtype:
        """The number format in which the network runs."""
        return self._first.precision

    @property
    def planned(self) -> int:
        """How many steps there will be."""
        return sum(recipe.planned for recipe in self.recipes.values())

    def alpha(self) -> None:
        """A sheet is opaque."""

    def initial(self) -> Tensor:
        """The sheet of what the paintings start from."""
        return self.layout.compose([self._still(panel) for panel in self.panels.values()])

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Paint one picture after the other; the image of a step is the sheet so far."""
        done: list[Tensor] = list(state.canvas["done"]) if state else []
        inner: State | None = state.canvas["inner"] if state else None
        running: Tensor | None = state.canvas["image"] if state else None
        taken = state.index if state else 0
        for number, panel in list(enumerate(self.panels.values()))[len(done) :]:
            if isinstance(panel, Tensor) or panel.planned == 0:
                done.append(self._still(panel))
                continue
            image = panel.finished(panel.initial()) if running is None else running
            behind = self._still_behind(number)
            for step in panel.steps(inner):
                taken, image = taken + 1, panel.finished(step.image)
                yield self._step(taken, number, step, done, image, behind)
            inner = running = None
            done.append(image.cpu())

    def finished(self, image: Tensor) -> Tensor:
        """The sheet as it is."""
        return image

    def losses(self, image: Tensor) -> dict[str, float]:
        """The total of each picture, by its label, and their sum."""
        totals = {label: recipe.losses(self.picture(image, label))["total"] for label, recipe in self.recipes.items()}
        return {**totals, "total": sum(totals.values())}

    def measures(self, image: Tensor) -> Measures:
        """What each picture shows, behind its label, and the findings."""
        shown = {
            f"{label}: {words}": value
            for label, recipe in self.recipes.items()
            for words, value in recipe.measures(self.picture(image, label)).items()
        }
        return {**shown, **self._findings(self, image)}

    def picture(self, image: Tensor, label: str) -> Tensor:
        """A picture of the finished sheet, (1, 3, H, W)."""
        return self.layout.picture(image, list(self.panels).index(label))

    def _still_behind(self, number: int) -> list[Tensor]:
        """The pictures behind one, if no step is taken for any of them: the last step shows them too."""
        rest = list(self.panels.values())[number + 1 :]
        if any(not isinstance(panel, Tensor) and panel.planned for panel in rest):
            return []
        return [self._still(panel) for panel in rest]

    @staticmethod
    def _still(panel: Recipe | Tensor) -> Tensor:
        return panel if isinstance(panel, Tensor) else panel.finished(panel.initial())

    def _step(
        self, index: int, number: int, step: Step, done: list[Tensor], image: Tensor, behind: list[Tensor]
    ) -> Step:
        finished = tuple(done)

        def snapshot() -> State:
            inner = step.state
            return State(index, {"done": finished, "inner": inner, "image": image}, {}, inner.random, level=number)

        return Step(index, step.losses, self.layout.compose([*finished, image, *behind]), snapshot, level=number)
