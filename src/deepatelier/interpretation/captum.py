"""captum, which the extra ``look`` brings."""

from __future__ import annotations

import warnings
from types import ModuleType

from deepatelier.errors import SurroundingsError

__all__ = ["captum_attr"]


def captum_attr() -> ModuleType:
    """The module ``captum.attr``, imported when it is first wanted: it takes half a second.

    Raises:
        SurroundingsError: captum is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import captum.attr
    except ImportError as error:
        raise SurroundingsError(
            "This needs captum, which is not installed: pip install 'deepatelier[look]' brings it."
        ) from error
    attr: ModuleType = captum.attr
    return attr
