"""Adapter from the steps of a recipe to those of a job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torch import Tensor

from deepatelier.devices import precision_name
from deepatelier.errors import StateError
from deepatelier.jobs import Measured, PictureProduct, Result, State, Step, Work
from deepatelier.synthesis.recipe.recipe import Recipe

if TYPE_CHECKING:
    from deepatelier.jobs import Job
    from deepatelier.synthesis.engine import synthesize

__all__ = ["as_result", "painted"]


def painted(recipe: Recipe, job: Job, state: State | None) -> Work:
    """Run a recipe step by step. If it is interrupted, the last image is the result.

    Args:
        recipe: The recipe to run.
        job: The job it runs for.
        state: The state of an earlier step, to resume after it.

    Raises:
        StateError: A state is given, and the recipe cannot be resumed.
    """
    if state is not None and not recipe.resumable:
        raise StateError(f"A {type(job).kind} cannot be resumed after a step. Start it again.")
    if state is not None and not state.values.keys() >= {"index", "image"}:
        raise StateError("The state is of another kind of job. Start it again.")
    inner = None if state is None else replace(state, index=state.values["index"])
    taken = 0 if state is None else state.index
    image: Tensor | None = recipe.initial() if recipe.planned == 0 else None
    if state is not None:
        image = state.values["image"]
    interrupted = False
    try:
        for step in recipe.steps(inner):
            image, taken = step.image, taken + 1
            yield _step(recipe, step, taken)
    except KeyboardInterrupt:
        if image is None:
            raise
        interrupted = True
    assert image is not None
    return as_result(recipe, job, recipe.finished(image), steps=taken, interrupted=interrupted)


def as_result(recipe: Recipe, job: Job, picture: Tensor, *, steps: int, interrupted: bool = False) -> Result:
    """Return the result of a recipe from its finished picture, (1, 3, H, W)."""

    def measure(written: Tensor | None) -> Measured:
        assert written is not None
        return Measured(recipe.losses(written), recipe.measures(written))

    return Result(
        recipe.options,  # type: ignore[arg-type]  # a job, completed with the values that the recipe filled in
        {next(iter(type(job).outputs)): PictureProduct(picture, recipe.alpha(), recipe.bits)},
        dict(recipe.inputs),
        str(recipe.device),
        precision_name(recipe.precision),
        measure,
        steps=steps,
        interrupted=interrupted,
    )


def _step(recipe: Recipe, step: synthesize.Step, taken: int) -> Step:
    height, width = step.image.shape[-2:]
    values = {"width": width, "height": height, **step.losses}
    if step.losses:
        values["total"] = step.total

    def snapshot() -> State:
        state = step.state
        return replace(state, index=taken, values={**state.values, "index": state.index, "image": step.image})

    return Step(
        taken,
        recipe.planned,
        values,
        _preview=lambda: recipe.finished(step.image),
        _state=snapshot if recipe.resumable else None,
    )
