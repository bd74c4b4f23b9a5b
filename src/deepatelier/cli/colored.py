"""Text whose tokens are coloured by values, for a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["show_colored"]


def show_colored(details: Mapping[str, Any]) -> None:
    """Print the coloured text in the details of a record, if there is one and stderr is a terminal."""
    if not sys.stderr.isatty() or not {"tokens", "values"} <= details.keys():
        return
    from rich.console import Console
    from rich.text import Text

    from deepatelier.interpretation.drawing.colored_text import color_of

    shown = Text()
    for token, value in zip(details["tokens"], details["values"], strict=True):
        shown.append(token, f"black on {color_of(value)}" if value else "")
    Console(stderr=True, highlight=False, soft_wrap=True).print(shown)
