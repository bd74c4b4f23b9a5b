"""Imports of packages that only an extra of this package installs."""

from __future__ import annotations

import importlib
import warnings
from types import ModuleType

from deepatelier.errors import SurroundingsError

__all__ = ["from_extra"]


def from_extra(module: str, extra: str, otherwise: str = "") -> ModuleType:
    """Import a module of an optional package.

    Args:
        module: The name of the module, such as ``captum.attr``.
        extra: The extra that installs it, such as ``look``.
        otherwise: What works without it, as a sentence.

    Raises:
        SurroundingsError: The package is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecations in other packages are of no use to the user
            return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise SurroundingsError(
            f"This needs {package}, which is not installed: pip install 'deepatelier[{extra}]'. {otherwise}".rstrip()
        ) from error
