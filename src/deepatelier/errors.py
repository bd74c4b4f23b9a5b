"""All errors that deepatelier raises on purpose.

::

    AtelierError                     exit code 1
    ├── InputError                   exit code 2: invalid input from the user
    │   ├── ImageError               a picture that cannot be read
    │   ├── OptionError              a value out of range, or two that contradict each other
    │   ├── OutputError              a path that cannot be written to
    │   ├── RecordError              a result that cannot be reproduced from its record
    │   ├── ShapeError               a picture whose size or channels do not fit the network
    │   ├── StateError               a state or checkpoint from which a job cannot resume
    │   └── UnknownNameError         an unknown name; the message suggests similar names
    ├── DivergenceError              exit code 3: a training whose loss is no longer finite
    └── SurroundingsError            exit code 3: the machine or the connection
        ├── MemoryLimitError         the picture does not fit in memory
        └── WeightsError             pretrained weights that are missing or damaged

A message says what was wrong, what was received and what to do, in at most three lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

__all__ = [
    "AtelierError",
    "DivergenceError",
    "ImageError",
    "InputError",
    "MemoryLimitError",
    "OptionError",
    "OutputError",
    "RecordError",
    "ShapeError",
    "StateError",
    "SurroundingsError",
    "UnknownNameError",
    "WeightsError",
]


class AtelierError(Exception):
    """The base class of all errors that deepatelier raises on purpose."""

    exit_code: ClassVar[int] = 1


class DivergenceError(AtelierError):
    """The loss of a training is no longer a finite number."""

    exit_code = 3


class InputError(AtelierError):
    """An input from the user is invalid."""

    exit_code = 2


class ImageError(InputError):
    """A picture is missing, damaged, too large or not a picture."""


class OptionError(InputError):
    """An option's value is out of range, or two options contradict each other."""


class OutputError(InputError):
    """The result cannot be written to the given path."""


class RecordError(InputError):
    """A record is missing or invalid, or an input that it names was not found."""


class ShapeError(InputError):
    """A tensor's size or number of channels does not fit the network. The message states the expected shape."""


class StateError(InputError):
    """A state is damaged, belongs to another job or version, or the job does not support resuming."""


class UnknownNameError(InputError):
    """A name is unknown. The message suggests similar names, or lists all names if there are few.

    Args:
        kind: What was looked up, in the singular: ``"network"``, ``"layer of vgg19"``.
        name: What was received.
        known: Every name that would have been accepted.
        hint: A further suggestion, as a sentence.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        names = list(known)
        if near := self.nearest(name, names):
            help_ = near
        elif len(names) <= 12:
            help_ = f"Known: {', '.join(names)}."
        else:
            help_ = f"Known: {', '.join(names[:6])}, … ({len(names)} in all)."
        super().__init__(f"There is no {kind} named {name!r}. {help_}{' ' + hint if hint else ''}")
        self._what = kind, name, names

    @staticmethod
    def nearest(word: str, known: Iterable[str]) -> str:
        """Return a question that suggests similar known names; empty if there are none."""
        import difflib  # lazy: only needed for a wrong name

        near = difflib.get_close_matches(word, list(known))
        return f"Did you mean {' or '.join(near)}?" if near else ""

    def with_hint(self, hint: str) -> UnknownNameError:
        """Return the same error with another hint, for callers that know more."""
        return UnknownNameError(*self._what, hint)


class SurroundingsError(AtelierError):
    """The machine or the connection lacks something that is needed."""

    exit_code = 3


class MemoryLimitError(SurroundingsError):
    """There is not enough memory for the picture."""


class WeightsError(SurroundingsError):
    """Pretrained weights are missing, or their checksum is wrong."""
