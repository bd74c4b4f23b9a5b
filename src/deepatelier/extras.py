"""Packages that only an extra of this package brings."""

from __future__ import annotations

import importlib
import warnings
from types import ModuleType

from deepatelier.errors import SurroundingsError

__all__ = ["from_extra"]


def from_extra(module: str, extra: str, otherwise: str = "") -> ModuleType:
    """A module, imported when it is first wanted.

    Args:
        module: Its name: ``captum.attr``.
        extra: What brings it: ``look``.
        otherwise: What goes without it, as a sentence.

    Raises:
        SurroundingsError: It is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what others deprecate is not the user's concern
            return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise SurroundingsError(
            f"This needs {package}, which is not installed: pip install 'deepatelier[{extra}]'. {otherwise}".rstrip()
        ) from error
