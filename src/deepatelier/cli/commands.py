"""The functions of the commands that only run a job, each built when it is called."""

from __future__ import annotations

from collections.abc import Callable

from deepatelier.cli.command import command
from deepatelier.jobs import command_of, kinds

__all__: list[str] = []

_WORDS = {words.replace(" ", "_").replace("-", "_"): words for words in map(command_of, kinds())}


def __getattr__(name: str) -> Callable[..., None]:
    """Return the function of a command, named by its words joined with underscores."""
    if name in _WORDS:
        return command(_WORDS[name])
    raise AttributeError(name)
