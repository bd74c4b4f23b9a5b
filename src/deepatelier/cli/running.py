"""Run jobs for a terminal: progress bar, messages, Ctrl-C and exit codes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from deepatelier.cli.colored import show_colored
from deepatelier.cli.messages import explain, say
from deepatelier.cli.progress import progress
from deepatelier.errors import OptionError
from deepatelier.jobs import (
    ArrayProduct,
    Batch,
    Checkpoint,
    Context,
    Finished,
    Job,
    KeptPictures,
    Made,
    PictureProduct,
    Record,
    Step,
    check_targets,
    make,
    make_each,
    stopped_between_steps,
)

__all__ = ["Wanted", "carry_out", "run", "run_many", "say_result"]


@dataclass(frozen=True)
class Wanted:
    """Where and how a command writes its results.

    Attributes:
        output: The path of the main output; - is standard output.
        others: The paths of further outputs, by name.
        metadata: Whether files carry their record.
        json: Whether to print the record on stdout.
        dry_run: Whether to only estimate time and memory.
        checkpoint: The file for checkpoints.
    """

    output: str
    others: Mapping[str, Path] = field(default_factory=dict)
    metadata: bool = True
    json: bool = False
    dry_run: bool = False
    checkpoint: Path | None = None


def run(job: Job, wanted: Wanted) -> None:
    """Run a job and report its results. Exits with 130 if it was interrupted."""
    if wanted.output == "-":
        _to_standard_output(job, wanted)
        return
    main = next(iter(type(job).outputs))
    finished = carry_out(job, {main: Path(wanted.output), **wanted.others}, wanted)
    say_result(job, finished, wanted)


def carry_out(job: Job, targets: Mapping[str, Path], wanted: Wanted, stop_after: int | None = None) -> Finished:
    """Run `deepatelier.jobs.make` with a progress bar. The pictures of a sheet are kept in a folder beside it."""
    context = Context(say=say)
    kept, labels = None, list[str]()
    if isinstance(job, Batch) and job.keeps_pictures and stop_after is None:
        check_targets(job, targets, metadata=wanted.metadata)  # before a folder is made
        target, children = next(iter(targets.values())), job.children(context)
        labels = list(children)
        kept = KeptPictures(target.with_name(f"{target.stem}_pictures"), children)
        context.child_done = kept.picture
        if not wanted.json:
            say(f"{len(kept.finished)} of {len(labels)} pictures were finished before; all are kept in {kept.folder}.")
    checkpoint = Checkpoint(wanted.checkpoint) if wanted.checkpoint else None

    def on_step(step: Step) -> None:
        show(step)
        if kept is not None:
            kept.keep(step)
        if step.finished is not None and labels and not wanted.json:
            say(f"{labels.index(step.child) + 1} of {len(labels)}: {step.child}")

    try:
        with (
            progress(type(job).kind.partition("/")[0].capitalize()) as show,
            stopped_between_steps(context) if checkpoint else nullcontext(),
        ):
            return make(
                job,
                targets,
                context,
                on_step=on_step,
                metadata=wanted.metadata,
                checkpoint=checkpoint,
                stop_after=stop_after,
            )
    finally:
        if kept is not None:
            kept.close()


def say_result(job: Job, finished: Finished, wanted: Wanted) -> None:
    """Report the files, the measures, and what was lost on writing. Exits with 130 if the job was interrupted."""
    result, record = finished.result, finished.record
    for note in (*result.notes, *_lost(finished)):
        say(note)
    if wanted.json:
        print(record.to_json())
    else:
        for words, value in record.measures.items() if getattr(job, "measure", True) else ():
            say(f"{words}: {f'{value:.4g}' if isinstance(value, float) else value}")
        show_colored(record.details)
        for name, each in finished.records.items():
            product = finished.result.files.get(name)
            facts = _shape(product) if isinstance(product, ArrayProduct) else _facts(each, each is record, job)
            say(f"Wrote {each.output}{facts}.")
    if result.interrupted:
        say(f"Interrupted after {result.steps} steps; the result so far is in {record.output}.")
        sys.exit(130)


def run_many(
    jobs: Mapping[Path, Job], sources: Mapping[Path, str], folder: Path, wanted: Wanted, *, force: bool
) -> None:
    """Run a job for each file of a folder. Exits with 2 if one fails.

    Args:
        jobs: The jobs, by the files to write.
        sources: The photograph of each file.
        folder: The folder of the files.
        wanted: How to write the results.
        force: Whether to redo finished jobs.
    """
    made = Made({}, [], {})
    try:
        with progress("All") as show:
            make_each(
                jobs,
                Context(say=say),
                force=force,
                metadata=wanted.metadata,
                on_job=lambda number, target, _job: say(f"{number} of {len(jobs)}: {sources[target]} to {target}"),
                on_step=show,
                on_record=partial(_say_record, wanted=wanted, jobs=jobs),
                made=made,
            )
    finally:
        say(f"Made {len(made.records)} of {len(jobs)} pictures in {folder}; {len(made.left)} were finished before.")
        for target, error in made.failed.items():
            text = explain(error)
            say(f"Failed: {text if sources[target] in text else f'{sources[target]}: {text}'}")
    if made.failed:
        sys.exit(2)


def _say_record(record: Record, *, wanted: Wanted, jobs: Mapping[Path, Job]) -> None:
    if wanted.json:
        print(record.to_json())
    elif getattr(jobs[Path(record.output)], "measure", False):
        for words, value in record.measures.items():
            say(f"{words}: {f'{value:.4g}' if isinstance(value, float) else value}")


def _to_standard_output(job: Job, wanted: Wanted) -> None:
    if wanted.json or wanted.others:
        raise OptionError("With -o -, the picture goes to standard output; leave out --json and further outputs.")
    if sys.stdout.isatty():
        raise OptionError("-o - writes a PNG to standard output, which is a terminal here; redirect or pipe it.")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "standard_output.png"
        finished = carry_out(job, {next(iter(type(job).outputs)): target}, wanted)
        if finished.result.interrupted:
            raise KeyboardInterrupt
        sys.stdout.buffer.write(target.read_bytes())


def _shape(product: ArrayProduct) -> str:
    """Return the shape of an array, for a message."""
    return f" (float32, {' x '.join(map(str, product.array.shape))})"


def _facts(record: Record, main: bool, job: Job) -> str:
    """Return the size of a file, and for the main one also the steps and seconds, for a message."""
    size = [f"{record.size[0]} x {record.size[1]} pixels"] if record.size else []
    steps = [f"{record.steps} steps"] if "steps" in type(job).model_fields else []
    facts = [*size, *(([*steps, f"{record.seconds:.1f} s"]) if main else [])]
    return f" ({', '.join(facts)})" if facts else ""


def _lost(finished: Finished) -> Iterable[str]:
    """Yield a message for everything that the file formats cannot store."""
    from deepatelier import images

    for name, record in finished.records.items():
        product = finished.result.files.get(name)
        if not isinstance(product, PictureProduct):
            continue
        format_ = images.format_of(record.output)
        if product.alpha is not None and not images.holds_alpha(format_):
            yield f"{format_} has no transparency: transparent areas are white. A .png keeps it."
        if product.bits > images.deepest(format_):
            depth = f"8 bits per channel, and the photograph has {product.bits}"
            yield f"{format_} is written with {depth}. A .png keeps them."
