"""A job with children: each is a job of its own, which could run anywhere."""

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
    """A job that consists of others."""

    keeps_pictures: ClassVar[bool] = False
    """Whether there are so many that each is worth a file of its own."""

    @abstractmethod
    def children(self, context: Context) -> Mapping[str, Job]:
        """The jobs by their names, in order. Making them takes no time."""

    def plan(self, context: Context) -> Plan:
        """See `Job`."""
        return plan_of(self.children(context).values(), context)


def picture_of(result: Result) -> Tensor:
    """The picture that a job has made, (1, 3, H, W), on the CPU."""
    picture: Tensor = next(iter(result.files.values())).image.detach().cpu()  # type: ignore[attr-defined]
    return picture


def in_turn(
    children: Mapping[str, Job],
    context: Context,
    state: State | None = None,
    preview: Callable[[Mapping[str, Tensor]], Tensor] | None = None,
) -> Generator[Step, None, dict[str, Result]]:
    """Do jobs that make pictures, one after the other, in this process.

    Args:
        children: By their names. One of which the context knows the picture is not done again.
        context: Of all of them.
        state: Of an earlier step, to go on after it.
        preview: What there is to see, from the pictures that there are, by name.

    Returns:
        A generator of steps: of each child's own, and one at its end with its result. It returns the results; if it is
        stopped, those that there are, the last one marked as interrupted.

    Raises:
        KeyboardInterrupt: It was stopped, and there is no picture yet.
    """
    if state is not None and not state.values.keys() >= {"pictures", "child", "index", "inner"}:
        raise StateError("The state is of another kind of job. Begin anew.")
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
    """Where a child stands in its batch: its name, steps before it, children from it on, pictures so far."""

    name: str
    before: int
    left: int
    pictures: dict[str, Tensor]


def _of_the_batch(step: Step, *, place: _Place, preview: Callable[[Mapping[str, Tensor]], Tensor] | None) -> Step:
    """A child's step as one of the batch; each child that is left counts as having as many steps as this one."""
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
    """The step at the end of a child."""
    index = place.before + result.steps
    state = State(index, {"pictures": pictures, "child": "", "index": 0, "inner": {}})
    of = place.before + place.left * result.steps
    return Step(index, of, child=place.name, finished=result, _state=lambda: state)


def plan_of(children: Iterable[Job], context: Context) -> Plan:
    """What jobs in turn will take together; the memory is that of the one that takes most."""
    plans = [job.plan(context) for job in children]
    seconds = [plan.seconds for plan in plans if plan.seconds is not None]
    memory = [plan.memory for plan in plans if plan.memory is not None]
    return Plan(sum(plan.steps for plan in plans), max(memory, default=None), sum(seconds) if seconds else None)
