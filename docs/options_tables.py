"""Writes docs/options.md: every option of every command that has a job, from the registry of jobs.

python docs/options_tables.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from deepatelier.cli.form import flag, form_of
from deepatelier.jobs import command_of, jobs_of, kinds

COMMANDS = list(dict.fromkeys(command_of(kind) for kind in kinds()))
"""The words of each command."""

_HEAD = """# Options

Every input and option of every job, with its default: the arguments and flags of the command line, the fields of the
jobs in Python, and what the record of a file holds, from one definition. What a command does with its files (`-o`,
`--json`, …) stands in its `--help`. `python docs/options_tables.py` writes this page.
"""


def form(command: str) -> type[BaseModel]:
    """The model of a command's flags."""
    return form_of(jobs_of(command))


def written() -> str:
    """The page."""
    return "\n".join([_HEAD, *(line for command in COMMANDS for line in _section(command))])


def _section(command: str) -> Iterator[str]:
    jobs = jobs_of(command)
    named = ", ".join(f"`{job.__module__}.{job.__name__}`" for job in jobs)
    yield f"## {command}\n\n{named}\n\n| input or option | default | |\n|---|---|---|"
    first = jobs[0]
    for name in first.arguments:
        yield _row(name.upper().replace("_", "-"), first.model_fields[name])
    for name, field in form(command).model_fields.items():
        yield _row(flag(name), field)
    yield ""


def _row(name: str, field: FieldInfo) -> str:
    words = (field.description or "").replace("|", "\\|")
    default = "needed" if field.is_required() else _shown(field.default)
    return f"| `{name}` | {default} | {words} |"


def _shown(value: object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    (Path(__file__).parent / "options.md").write_text(written(), encoding="utf-8")
