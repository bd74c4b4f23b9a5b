"""Build a command from its jobs: the signature from which the command line is parsed, and the function that runs."""

from __future__ import annotations

import inspect
import json as json_module
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from cyclopts import Parameter
from pydantic import BaseModel

from deepatelier.cli.form import form_of, made_from
from deepatelier.cli.messages import say
from deepatelier.cli.running import Wanted, run, run_many
from deepatelier.cli.sources import is_many, photographs, standard_input, targets_in, weighted
from deepatelier.errors import OptionError
from deepatelier.files import make_folder
from deepatelier.inputs import input_fields, paths_of
from deepatelier.jobs import Context, Job, endings, entry, jobs_of

__all__ = ["Instead", "command"]


class Instead(NamedTuple):
    """An action that a flag runs instead of the command's job.

    Attributes:
        about: The help text.
        act: The action.
    """

    about: str
    act: Callable[..., None]


_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def command(words: str, instead: Mapping[str, Instead] | None = None) -> Callable[..., None]:
    """Return the function of a command: its arguments are the jobs' inputs, its flags their options.

    Args:
        words: The command's words, such as ``look gradcam``.
        instead: Flags that run another action, by name.
    """
    jobs, others = jobs_of(words), instead or {}
    form = form_of(jobs)
    outputs = {name: output for job in jobs for name, output in job.outputs.items()}
    further = [name for name in outputs if all(name != next(iter(job.outputs)) for job in jobs)]

    def called(*arguments: Any, **flags: Any) -> None:
        for name, other in others.items():
            if flags.pop(name, False):
                other.act(json=flags.get("json", False))
                return
        options = flags.pop("options", None) or form()
        targets = {name: flags.pop(name, None) for name in further}
        force = flags.pop("force", False)
        flags.setdefault("output", next(iter(jobs[0].outputs.values())).default)
        wanted = Wanted(**flags, others={name: path for name, path in targets.items() if path is not None})
        inputs = _inputs(jobs[0], list(arguments))
        _check_given(jobs, inputs)
        inputs, options = _weighted(inputs, options)
        with standard_input(inputs) as files:
            _carry_out(jobs, files, options, wanted, force=force)

    parameters = [*_arguments(jobs[0], needed=not others), *_flags(jobs, form, further, others)]
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    called.__doc__ = f"{jobs[0].__doc__}\n\nExample: {entry(jobs[0].kind).example}"
    return called


def _arguments(job: type[Job], *, needed: bool) -> Iterator[inspect.Parameter]:
    """Yield the arguments of a command, the last of which may take several values."""
    fields = input_fields(job)
    for name in job.arguments:
        several = name in fields and fields[name].several
        about = job.model_fields[name].description or ""
        if name == job.arguments[0] and _takes_many(job):
            about += " A folder or a quoted pattern ('*.jpg') for many, - for standard input."
        help_ = Parameter(help=about)
        kind = inspect.Parameter.VAR_POSITIONAL if several else inspect.Parameter.POSITIONAL_ONLY
        if needed or several:
            yield inspect.Parameter(name, kind, annotation=Annotated[str, help_])
        else:
            yield inspect.Parameter(name, kind, annotation=Annotated[str | None, help_], default=None)


def _flags(
    jobs: Sequence[type[Job]], form: type[BaseModel], further: Sequence[str], others: Mapping[str, Instead]
) -> Iterator[inspect.Parameter]:
    """Yield the flags of a command.

    Args:
        jobs: The command's jobs.
        form: The model of its options.
        further: The names of the outputs that have their own flag.
        others: Flags that run another action.
    """
    for name, other in others.items():
        yield _switch(name, other.about)
    output = Parameter(name=("--output", "-o"), allow_leading_hyphen=True, help=_about_output(jobs))
    main = next(iter(jobs[0].outputs.values()))
    yield inspect.Parameter("output", _KEYWORD, annotation=Annotated[str, output], default=main.default)
    outputs = {name: each for job in jobs for name, each in job.outputs.items()}
    for name in further:
        yield _file(name, outputs[name].about)
    yield _switch("dry_run", "Estimate time and memory, and make nothing.")
    if _takes_many(jobs[0]):
        yield _switch("force", "For a folder: also remake the pictures that are finished.")
    yield _file("checkpoint", "Save checkpoints to this file, and resume from it if it exists.")
    metadata = Parameter(negative="--no-metadata", help="Save the record of how it was made in the file, or beside it.")
    yield inspect.Parameter("metadata", _KEYWORD, annotation=Annotated[bool, metadata], default=True)
    yield _switch("json", "Print the record as one JSON object on stdout.")
    options = Annotated[form, Parameter(name="*")]  # type: ignore[valid-type]
    yield inspect.Parameter("options", _KEYWORD, annotation=options, default=form())


def _switch(name: str, about: str) -> inspect.Parameter:
    annotation = Annotated[bool, Parameter(help=about, negative=())]
    return inspect.Parameter(name, _KEYWORD, annotation=annotation, default=False)


def _file(name: str, about: str) -> inspect.Parameter:
    return inspect.Parameter(name, _KEYWORD, annotation=Annotated[Path | None, Parameter(help=about)], default=None)


def _about_output(jobs: Sequence[type[Job]]) -> str:
    """Return the help text of the main outputs, with their file extensions."""
    outputs = [next(iter(job.outputs.values())) for job in jobs]
    kinds = {output.kind: output for output in outputs}
    texts = [f"{output.about} {' '.join(endings(kind))}".rstrip() for kind, output in kinds.items()]
    many = " A folder for many photographs; - for a PNG on standard output." if _takes_many(jobs[0]) else ""
    return " ".join(texts) + many


def _takes_many(job: type[Job]) -> bool:
    """Return whether a folder may be given for a job's first input."""
    fields = input_fields(job)
    first = job.arguments[0] if job.arguments else ""
    return first in fields and fields[first].type.kind == "picture" and not fields[first].several


def _inputs(job: type[Job], arguments: list[Any]) -> dict[str, Any]:
    """Return the arguments of a command by the names of the job's inputs."""
    several = {name for name, field in input_fields(job).items() if field.several}
    inputs: dict[str, Any] = {}
    for number, name in enumerate(job.arguments):
        inputs[name] = tuple(arguments[number:]) if name in several else next(iter(arguments[number:]), None)
    return inputs


def _check_given(jobs: Sequence[type[Job]], inputs: dict[str, Any]) -> None:
    missing = [name for name, value in inputs.items() if not value and jobs[0].model_fields[name].is_required()]
    if missing:
        words = " and ".join(name.removesuffix("s").upper() for name in jobs[0].arguments)
        verb = "are" if " and " in words else "is"
        raise OptionError(f"{words} {verb} needed, as in: {entry(jobs[0].kind).example}")


def _weighted(inputs: dict[str, Any], form: Any) -> tuple[dict[str, Any], Any]:
    """Move the weights that are given after paintings to the option for them."""
    if "paintings" not in inputs or "style_weights" not in type(form).model_fields:
        return inputs, form
    paintings, weights = weighted(inputs["paintings"])
    if weights is None:
        return {**inputs, "paintings": paintings}, form
    if "style_weights" in form.model_fields_set:
        raise OptionError("The weights are given both after the paintings and in --style-weights; give them once.")
    return {**inputs, "paintings": paintings}, form.model_copy(update={"style_weights": tuple(weights)})


def _carry_out(jobs: Sequence[type[Job]], inputs: dict[str, Any], form: Any, wanted: Wanted, *, force: bool) -> None:
    if _takes_many(jobs[0]) and is_many(next(iter(inputs.values()))):
        _make_many(jobs, inputs, form, wanted, force=force)
        return
    if force:
        raise OptionError("--force is for a folder of photographs; a single picture is always remade.")
    if len(inputs.get("paintings", ())) > 1 and wanted.output != "-" and not Path(wanted.output).suffix:
        raise OptionError(
            f"{wanted.output} is not the name of a picture. For many photographs, put the pattern in quotes: '*.jpg'"
        )
    job = made_from(jobs, inputs, form)
    if wanted.dry_run:
        _say_plan(job, json=wanted.json)
    else:
        run(job, wanted)


def _make_many(jobs: Sequence[type[Job]], inputs: dict[str, Any], form: Any, wanted: Wanted, *, force: bool) -> None:
    """Run a job for each photograph of a folder or pattern."""
    first = next(iter(inputs))
    source, folder = inputs[first], Path(wanted.output)
    if wanted.dry_run:
        raise OptionError(f"--dry-run works on one photograph; give one of {source}.")
    if wanted.checkpoint or wanted.others:
        raise OptionError(f"{source} stands for several photographs: --checkpoint and extra outputs work for one only.")
    usual = {next(iter(job.outputs.values())).default for job in jobs}
    if wanted.output in ("-", *usual):
        raise OptionError(f"{source} stands for several photographs: name a folder for the pictures with -o.")
    photos = photographs(source)
    if folder.exists() and not folder.is_dir():
        raise OptionError(f"{folder} is a file. For several photographs, -o names a folder.")
    kinds = {output.kind for job in jobs for output in job.outputs.values()}
    if not folder.exists() and any(folder.suffix.lower() in endings(kind) for kind in kinds if kind != "folder"):
        raise OptionError(f"{folder} is the name of a picture. For several photographs, -o names a folder.")
    if folder.exists() and any(photo.parent.samefile(folder) for photo in photos):
        raise OptionError(f"{folder} is the folder of the photographs. Name another for the pictures with -o.")
    targets = targets_in(photos, folder)
    made = {target: made_from(jobs, {**inputs, first: str(photo)}, form) for photo, target in targets.items()}
    for job in made.values():
        for path in paths_of(job):
            if folder.exists() and path in targets.values():
                raise OptionError(f"{path} is an input, and would be overwritten. Write to another folder.")
    make_folder(folder)
    run_many(made, {target: str(photo) for photo, target in targets.items()}, folder, wanted, force=force)


def _say_plan(job: Job, *, json: bool) -> None:
    from deepatelier.devices import available_memory, choose_device, memory_guard

    with memory_guard():
        plan = job.plan(Context())
    device = plan.device or choose_device(getattr(job, "device", None) or "cpu")
    free = available_memory(device)
    if json:
        shown = plan.size and (plan.size[1], plan.size[0])  # width and height, as in a record
        print(json_module.dumps({**plan._asdict(), "size": shown, "device": str(device), "free": free}))
        return
    size = f"{plan.size[1]} x {plan.size[0]} pixels" if plan.size else ""
    steps = f"{plan.steps} steps" if plan.steps or not size else ""
    made = " in ".join(filter(None, (size, steps)))
    needed = []
    if plan.seconds is not None:
        needed.append(f"about {plan.seconds:.0f} s")
    if plan.memory is not None:
        needed.append(f"{plan.memory / 2**30:.1f} GiB of memory")
    what = f" take {' and '.join(needed)}" if needed else ""
    say(f"{made}{what} on {device}; {free / 2**30:.1f} GiB are free. Nothing was made.")
