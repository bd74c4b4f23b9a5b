"""``atelier style``: neural style transfer, and the list of bundled paintings."""

from __future__ import annotations

from deepatelier.cli.command import Instead, command
from deepatelier.cli.samples import list_paintings

__all__ = ["style"]

style = command("style", {"list": Instead("List the bundled paintings and exit.", list_paintings)})
"""The function of the command."""
