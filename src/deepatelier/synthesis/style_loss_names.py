"""The names of the style losses, which are those of the files in ``objectives/style_losses/``.

The files are parsed, not imported: they need torch, and ``--help`` or a wrong name should not have to wait for it.
"""

from __future__ import annotations

import ast
import pkgutil
from pathlib import Path

__all__ = ["FOLDERS", "about", "names"]

FOLDERS = [str(Path(__file__).with_name("objectives") / "style_losses")]
"""The search path of the package `deepatelier.synthesis.objectives.style_losses`: this list is its ``__path__``."""


def names() -> list[str]:
    """Return the names of all style losses in alphabetical order; ``gram`` is that of Gatys et al. (2015)."""
    return [module.name for module in pkgutil.iter_modules(FOLDERS) if not module.ispkg]


def about(name: str) -> str:
    """Return what a style loss compares: the ``about`` of the `StyleLoss` in its file, which must be a literal.

    Args:
        name: One of `names`.
    """
    path = next(path for folder in FOLDERS if (path := Path(folder, f"{name}.py")).is_file())
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "about":
            return str(ast.literal_eval(node.value))
    return ""
