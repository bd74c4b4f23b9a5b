"""Messages of the command line, on stderr. Results go to stdout."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from deepatelier.errors import AtelierError, UnknownNameError

if TYPE_CHECKING:
    from cyclopts import CycloptsError
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

__all__ = ["explain", "explain_values", "say"]


_LONGEST = 600
"""The maximum length of a line of an error, in characters."""


def say(text: str) -> None:
    """Print a line on stderr. Control characters, which a file's name or record may contain, are escaped."""
    safe = "".join(sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1] for sign in text)
    print(safe, file=sys.stderr, flush=True)


def explain(error: AtelierError | CycloptsError) -> str:
    """Return what was wrong, what was received and what to do, in at most three lines."""
    from pydantic import ValidationError

    if isinstance(error.__cause__, ValidationError):
        return explain_values(error.__cause__)
    text = str(error).strip().splitlines()
    hint = [] if isinstance(error, AtelierError) else ["Help: atelier --help, or --help after the command."]
    return "\n".join([*(line[:_LONGEST] for line in text[: 3 - len(hint)]), *hint])


def explain_values(error: ValidationError) -> str:
    """Return what was wrong with the values of an options model, in at most three lines."""
    lines = [_explain_value(details) for details in error.errors()]
    rest = [f"… and {len(lines) - 2} more."] if len(lines) > 3 else lines[2:]
    return "\n".join([*lines[:2], *rest])


def _explain_value(details: ErrorDetails) -> str:
    """Return one line for a value that an options model rejected."""
    name = next((str(part) for part in details["loc"] if isinstance(part, str)), "")
    message = details["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if not name:
        return message
    expected = re.findall(r"'([^']*)'", details.get("ctx", {}).get("expected", ""))
    near = UnknownNameError.nearest(str(details["input"]), expected)
    return f"--{name.replace('_', '-')} {message}; received {repr(details['input'])[:80]}. {near}".rstrip()
