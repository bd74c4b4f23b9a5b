"""A sheet: the pictures of several jobs side by side in one picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from deepatelier.jobs.batch import in_turn, picture_of
from deepatelier.jobs.context import Context
from deepatelier.jobs.job import Job, Work
from deepatelier.jobs.products import PictureProduct
from deepatelier.jobs.result import Measured, Measures
from deepatelier.jobs.state import State

if TYPE_CHECKING:
    from torch import Tensor

    from deepatelier.images import Sheet

__all__ = ["Findings", "composed"]

Findings = Callable[[Mapping[str, "Tensor"], Mapping[str, Measured]], Measures]
"""What a sheet shows as a whole, from its pictures as read again and their measures, by label."""


def composed(
    job: Job,
    children: Mapping[str, Job],
    context: Context,
    state: State | None,
    *,
    columns: int | None = None,
    given: Mapping[str, Tensor] | None = None,
    findings: Findings = lambda _pictures, _measured: {},
) -> Work:
    """Run jobs in sequence, and lay out their pictures on one sheet.

    Args:
        job: The job of the whole sheet.
        children: The jobs by label. All pictures have the same size.
        context: The context of all jobs.
        state: The state of an earlier step, to resume after it.
        columns: Pictures per row; all of them by default.
        given: Existing pictures, (1, 3, H, W), which come first.
        findings: Computes further measures of the whole sheet.
    """
    from deepatelier import images

    given = dict(given or {})
    labels = (*given, *children)

    def layout(pictures: Mapping[str, Tensor]) -> Sheet:
        height, width = next(iter(pictures.values())).shape[-2:]
        return images.Sheet((height, width), labels, columns or len(labels))

    def sheet(pictures: Mapping[str, Tensor]) -> Tensor:
        shown = {**given, **pictures}
        return layout(pictures).compose([shown[label] for label in labels if label in shown])

    results = yield from in_turn(children, context, state, sheet)
    pictures = {label: picture_of(result) for label, result in results.items()}
    arranged = layout(pictures)

    def measure(written: Tensor | None) -> Measured:
        assert written is not None
        shown = {label: arranged.picture(written, labels.index(label)) for label in results}
        measures = {label: results[label].measure for label in shown}
        measured = {label: each(shown[label]) if each else Measured() for label, each in measures.items()}
        totals = {label: each.losses.get("total", 0.0) for label, each in measured.items()}
        words = {f"{label}: {word}": value for label, each in measured.items() for word, value in each.measures.items()}
        found = findings(shown, measured) if len(measured) == len(children) else {}
        return Measured({**totals, "total": sum(totals.values())}, {**words, **found})

    first, last = next(iter(results.values())), list(results.values())[-1]
    inputs = {part: each for result in results.values() for part, each in result.inputs.items()}
    return replace(
        first,
        job=_filled_in(job, [result.job for result in results.values()]),
        files={next(iter(type(job).outputs)): PictureProduct(sheet(pictures))},
        inputs=inputs,
        measure=measure,
        steps=sum(result.steps for result in results.values()),
        notes=tuple(note for result in results.values() for note in result.notes),
        interrupted=last.interrupted or len(results) < len(children),
        derived={},
        details={},
    )


def _filled_in(job: Job, children: Sequence[Job]) -> Job:
    """Return the job of a sheet with its open values filled in, where all pictures were made with the same value."""
    update = {}
    for name in type(job).model_fields:
        used = [getattr(child, name, None) for child in children]
        if getattr(job, name) is None and used[0] is not None and all(value == used[0] for value in used):
            update[name] = used[0]
    return job.model_copy(update=update)
