"""Convert a job's fields to the flags of its command, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from deepatelier.errors import OptionError
from deepatelier.jobs import Job

__all__ = ["flag", "form_of", "made_from"]


class _Form(BaseModel):
    """The values that a user gives to a command, by name; not yet a job."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


def flag(name: str) -> str:
    """Return the flag of a field."""
    return f"--{name.rstrip('_').replace('_', '-')}"


def form_of(jobs: Sequence[type[Job]]) -> type[BaseModel]:
    """Return a model of a command's flags: the fields of all its jobs except their arguments, and the choices.

    If several jobs have a field, the first one defines it.
    """
    fields: dict[str, Any] = {}
    for job in jobs:
        for name, field in job.model_fields.items():
            if name not in fields and name not in job.arguments:
                fields[name] = _from_words(field.annotation), field
    for job in jobs:
        choice = job.choice
        if choice is None:
            continue
        if isinstance(choice.value, bool):
            fields[choice.flag] = bool, Field(False, description=choice.about)
        elif choice.flag in fields:
            annotation, field = fields[choice.flag]
            if get_origin(annotation) is Literal:  # otherwise, it takes any word
                annotation = Literal[(*get_args(annotation), choice.value)]
            about = f"{(field.description or '').rstrip('.')}; {choice.about}"
            fields[choice.flag] = annotation, Field(field.default, description=about)
        else:
            words = (*choice.others, choice.value)
            fields[choice.flag] = Literal[words], Field(choice.others[0], description=choice.about)
    return create_model(f"{jobs[0].__name__}Form", __base__=_Form, **fields)


def _from_words(annotation: Any) -> Any:
    """Return a type that takes its choices as words too: a command line has no numbers."""
    if get_origin(annotation) is not Literal or all(isinstance(each, str) for each in get_args(annotation)):
        return annotation
    choices = {str(each): each for each in get_args(annotation)}
    return Annotated[annotation, BeforeValidator(lambda value: choices.get(value, value))]


def made_from(jobs: Sequence[type[Job]], inputs: Mapping[str, Any], form: BaseModel) -> Job:
    """Return the job that the arguments and flags of a command select.

    Args:
        jobs: The command's jobs.
        inputs: The command's arguments.
        form: The flags, an instance of the model of `form_of`.

    Raises:
        OptionError: A flag has no effect on this job, or a value is invalid.
    """
    given = {name: getattr(form, name) for name in form.model_fields_set}
    meant = [job for job in jobs[1:] if job.chosen_by(given)]
    if len(meant) > 1:
        first, second = (_words(job, jobs[0]) for job in meant[:2])
        raise OptionError(f"{first} and {second} select two different jobs; give one of them.")
    chosen = meant[0] if meant else jobs[0]
    choices = {job.choice.flag: job.choice for job in jobs if job.choice is not None}
    for name, choice in choices.items():
        is_meant = given.get(name) == choice.value
        says_nothing = given.get(name) in (False, *choice.others) and name not in chosen.model_fields
        if name in given and (chosen.choice is choice if is_meant else says_nothing):
            del given[name]
    unused = sorted(flag(name) for name in given.keys() - chosen.model_fields.keys())
    if unused:
        means = (
            f"With {_words(chosen, jobs[0])}" if chosen.choice else f"Without {_words(_one_with(given, jobs), jobs[0])}"
        )
        raise OptionError(f"{means}, {', '.join(unused)} would have no effect; leave it out.")
    try:
        return chosen(**inputs, **given)
    except ValidationError as error:
        raise OptionError("An option is invalid.") from error


def _one_with(given: Mapping[str, Any], jobs: Sequence[type[Job]]) -> type[Job]:
    """Return the job that has most of the given options."""
    return max(jobs[1:], key=lambda job: len(given.keys() & job.model_fields.keys()), default=jobs[0])


def _words(job: type[Job], usual: type[Job]) -> str:
    """Return the flag that selects a job: its choice, or its first option that the command's first job lacks."""
    choice = job.choice
    if choice is None:
        return flag(next((name for name in job.model_fields if name not in usual.model_fields), job.kind))
    return flag(choice.flag) if isinstance(choice.value, bool) else f"{flag(choice.flag)} {choice.value}"
