"""Every error that deepatelier raises on purpose.

::

    AtelierError                     exit code 1
    ├── InputError                   exit code 2: what the user gave
    │   ├── ImageError               a picture that cannot be read
    │   ├── OptionError              a value out of range, or two that contradict each other
    │   ├── OutputError              a place that cannot be written
    │   ├── RecordError              a picture that cannot be made again from the record that it carries
    │   ├── ShapeError               a picture of a size or with channels that a network does not take
    │   ├── StateError               a state or checkpoint from which a job cannot go on
    │   └── UnknownNameError         a name that no registry has; tells the nearest known ones
    └── SurroundingsError            exit code 3: the machine or the network around us
        ├── MemoryLimitError         the picture does not fit in memory
        └── WeightsError             pretrained weights that are not at hand, or not what they should be

A message says what was wrong, what was received and what to do, in at most three lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

__all__ = [
    "AtelierError",
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
    """The root of all errors that deepatelier raises on purpose."""

    exit_code: ClassVar[int] = 1


class InputError(AtelierError):
    """What the user gave cannot be used."""

    exit_code = 2


class ImageError(InputError):
    """A picture is missing, damaged, too large or not a picture."""


class OptionError(InputError):
    """An option's value is out of range, or two options contradict each other."""


class OutputError(InputError):
    """The result cannot be written where it was asked for."""


class RecordError(InputError):
    """A picture carries no record, or one that cannot be used, or what the record names is not there."""


class ShapeError(InputError):
    """A tensor has a size or channels that a network does not take. The message names the shape wanted."""


class StateError(InputError):
    """A state is damaged, of another job or of another version, or a job has none from which it could go on."""


class UnknownNameError(InputError):
    """A name that is not known. The message gives the nearest known names, or all of a short list.

    Args:
        kind: What was looked up, in the singular: ``"network"``, ``"layer of vgg19"``.
        name: What was received.
        known: Every name that would have been accepted.
        hint: What else to do, as a sentence.
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
        """A question that names the known words nearest to a word; empty if none is near."""
        import difflib  # here: only who makes a mistake waits for it

        near = difflib.get_close_matches(word, list(known))
        return f"Did you mean {' or '.join(near)}?" if near else ""

    def with_hint(self, hint: str) -> UnknownNameError:
        """The same error with another hint, from somebody who knows more."""
        return UnknownNameError(*self._what, hint)


class SurroundingsError(AtelierError):
    """The machine or the network does not give what is needed."""

    exit_code = 3


class MemoryLimitError(SurroundingsError):
    """There is not enough memory for the picture."""


class WeightsError(SurroundingsError):
    """Pretrained weights are not at hand, or their checksum is wrong."""
