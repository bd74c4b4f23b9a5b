"""Convert a job's fields to the flags of its command, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from cyclopts import Parameter
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model
from pydantic.fields import FieldInfo

from deepatelier.errors import OptionError
from deepatelier.jobs import Choice, Job

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
            if name in job.arguments:
                continue
            if name not in fields:
                fields[name] = _annotation_of(name, field), field
            elif job.choice is not None and field.default not in (fields[name][1].default, None, ()):
                annotation, known = fields[name]
                about = f"{known.description} With {_words(job, jobs[0])}: {_value(field.default)}."
                fields[name] = annotation, Field(known.default, description=about)
    for name, choices in _choices_of(jobs).items():
        fields[name] = _choice_field(fields.get(name), choices)
    return create_model(f"{jobs[0].__name__}Form", __base__=_Form, **fields)


def _value(default: object) -> str:
    return " ".join(map(str, default)) if isinstance(default, tuple) else str(default)


def _choices_of(jobs: Sequence[type[Job]]) -> dict[str, list[Choice]]:
    """Return the choices by their flag."""
    found: dict[str, list[Choice]] = {}
    for job in jobs:
        if job.choice is not None:
            found.setdefault(job.choice.flag, []).append(job.choice)
    return found


def _choice_field(field: tuple[Any, FieldInfo] | None, choices: Sequence[Choice]) -> tuple[Any, FieldInfo]:
    """Return the type and the field of a flag that selects a job. It may be an option of the first job as well."""
    first, abouts = choices[0], [choice.about for choice in choices]
    values = tuple(choice.value for choice in choices)
    annotation: Any
    default: Any
    if isinstance(first.value, bool):
        annotation, default, about = bool, False, first.about
    elif field is not None:
        annotation, known = field
        if get_origin(annotation) is Literal:  # otherwise, it takes any word
            annotation = Literal[(*get_args(annotation), *values)]
        default, about = known.default, "; ".join([(known.description or "").rstrip("."), *abouts])
    else:
        annotation, default, about = (
            Literal[(*first.others, *values)],
            next(iter(first.others), None),
            "; ".join(abouts),
        )
        if default is None:
            annotation = annotation | None
    known_as: FieldInfo = Field(default, description=about)
    return annotation, known_as


def _annotation_of(name: str, field: FieldInfo) -> Any:
    """Return the type of a flag. One that is on by default is switched off by ``--no-NAME``."""
    if field.annotation is bool and field.default is True:
        return Annotated[bool, Parameter(negative=f"--no-{name.replace('_', '-')}")]
    return _from_words(field.annotation)


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
    for name, choices in _choices_of(jobs).items():
        is_chosen = chosen.choice is not None and chosen.choice in choices and given.get(name) == chosen.choice.value
        nothing = (False, *(other for choice in choices for other in choice.others))
        if name in given and (is_chosen or (given[name] in nothing and name not in chosen.model_fields)):
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
