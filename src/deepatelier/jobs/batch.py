"""A job with child jobs, each of which could also run on its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from deepatelier.errors import StateError
from deepatelier.jobs.context import Context
from deepatelier.jobs.job import Job, Plan
from deepatelier.jobs.mapped import mapped
from deepatelier.jobs.result import Result
from deepatelier.jobs.state import State
from deepatelier.jobs.step import Step

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Batch", "in_turn", "picture_of", "plan_of"]


class Batch(Job):
    """A job that consists of other jobs."""

    keeps_pictures: ClassVar[bool] = False
    """Whether the picture of each child is worth a file of its own."""

    @abstractmethod
    def children(self, context: Context) -> Mapping[str, Job]:
        """Return the child jobs by name, in order. This must be cheap."""

    def plan(self, context: Context) -> Plan:
        """See `Job`."""
        return plan_of(self.children(context).values(), context)


def picture_of(result: Result) -> Tensor:
    """Return the picture that a job has made, (1, 3, H, W), on the CPU."""
    picture: Tensor = next(iter(result.files.values())).image.detach().cpu()  # type: ignore[attr-defined]
    return picture


def in_turn(
    children: Mapping[str, Job],
    context: Context,
    state: State | None = None,
    preview: Callable[[Mapping[str, Tensor]], Tensor] | None = None,
) -> Generator[Step, None, dict[str, Result]]:
    """Run jobs that make pictures one after the other, in this process.

    Args:
        children: The jobs by name. A job whose picture the context has already is not run again.
        context: The context of all jobs.
        state: The state of an earlier step, to resume after it.
        preview: Makes the preview of the batch from the pictures so far, by name.

    Returns:
        A generator of each child's steps, followed by one step with the child's result. It returns the results; if it
        is stopped, the results so far, with the last one marked as interrupted.

    Raises:
        KeyboardInterrupt: It was stopped before the first picture.
    """
    if state is not None and not state.values.keys() >= {"pictures", "child", "index", "inner"}:
        raise StateError("The state belongs to another kind of job. Start again without it.")
    known = dict(state.values["pictures"]) if state else {}
    results: dict[str, Result] = {}
    pictures: dict[str, Tensor] = {}
    for number, (name, job) in enumerate(children.items()):
        before = known[name] if name in known else context.child_done(name, job)
        if before is not None:
            results[name], pictures[name] = job.recalled(context, before), before
            continue
        inner = None
        if state is not None and state.values["child"] == name:
            inner = State(state.values["index"], state.values["inner"], state.fingerprint)
        place = _Place(name, sum(each.steps for each in results.values()), len(children) - number, dict(pictures))
        try:
            result = yield from mapped(job.run(context, inner), partial(_of_the_batch, place=place, preview=preview))
        except KeyboardInterrupt:
            if not results:
                raise
            return results
        results[name], pictures[name] = result, picture_of(result)
        if result.interrupted:
            return results
        try:
            yield _end(result, place, dict(pictures))
        except KeyboardInterrupt:
            return results
    return results


class _Place(NamedTuple):
    """The position of a child in its batch: its name, the steps before it, the children left, the pictures so far."""

    name: str
    before: int
    left: int
    pictures: dict[str, Tensor]


def _of_the_batch(step: Step, *, place: _Place, preview: Callable[[Mapping[str, Tensor]], Tensor] | None) -> Step:
    """Return a child's step as a step of the batch. Each remaining child counts as many steps as this one."""
    name, before, left, pictures = place

    def shown() -> Tensor:
        assert preview is not None
        picture = step.preview
        return preview(pictures if picture is None else {**pictures, name: picture.detach().cpu()})

    def snapshot() -> State:
        inner = step.state
        assert inner is not None
        values = {"pictures": pictures, "child": name, "index": inner.index, "inner": inner.values}
        return State(before + step.index, values, inner.fingerprint)

    return Step(
        before + step.index,
        before + left * step.of,
        step.values,
        child=name,
        _preview=shown if preview and step._preview else None,
        _state=snapshot if step.resumable else None,
    )


def _end(result: Result, place: _Place, pictures: dict[str, Tensor]) -> Step:
    """Return the step that ends a child."""
    index = place.before + result.steps
    state = State(index, {"pictures": pictures, "child": "", "index": 0, "inner": {}})
    of = place.before + place.left * result.steps
    return Step(index, of, child=place.name, finished=result, _state=lambda: state)


def plan_of(children: Iterable[Job], context: Context) -> Plan:
    """Return the plan of several jobs in sequence: steps and seconds add up; the memory is the maximum."""
    plans = [job.plan(context) for job in children]
    seconds = [plan.seconds for plan in plans if plan.seconds is not None]
    memory = [plan.memory for plan in plans if plan.memory is not None]
    return Plan(sum(plan.steps for plan in plans), max(memory, default=None), sum(seconds) if seconds else None)
