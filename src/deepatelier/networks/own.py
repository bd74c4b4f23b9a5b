"""The user's own networks, by ``module:function``."""

from __future__ import annotations

import importlib
import sys
from contextlib import redirect_stdout
from pathlib import Path

from torch import nn

from deepatelier.errors import InputError

__all__ = ["own_network"]


def own_network(name: str) -> nn.Module:
    """Return the network that the user's ``module:function`` creates. The module may be in the working directory.

    Raises:
        InputError: There is no such module or function, it fails, or it returns something other than a torch.nn.Module.
    """
    path, _, attribute = name.partition(":")
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        with redirect_stdout(sys.stderr):  # stdout is for results
            made = getattr(importlib.import_module(path), attribute)()
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(
            f"{name} gives no network ({reason}). Give module:function, where the module can be imported from "
            "here and the function takes no arguments."
        ) from error
    finally:
        sys.path.remove(here)
    if not isinstance(made, nn.Module):
        raise InputError(f"{name} returned {type(made).__name__}, not a torch.nn.Module.")
    return made
