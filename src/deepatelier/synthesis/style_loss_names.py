"""The names of the style losses: those of the files in ``objectives/style_losses/``.

The files are found and read, and not run: they need torch, which ``--help`` and a wrong name shall not wait for.
"""

from __future__ import annotations

import ast
import pkgutil
from pathlib import Path

__all__ = ["FOLDERS", "about", "names"]

FOLDERS = [str(Path(__file__).with_name("objectives") / "style_losses")]
"""The folders of the package `deepatelier.synthesis.objectives.style_losses`, whose ``__path__`` this list is."""


def names() -> list[str]:
    """The names of all style losses, in the order of the alphabet; ``gram`` is the documents'."""
    return [module.name for module in pkgutil.iter_modules(FOLDERS) if not module.ispkg]


def about(name: str) -> str:
    """What a style loss compares: the ``about`` of the `StyleLoss` in its file, which stands there as a literal.

    Args:
        name: One of `names`.
    """
    path = next(path for folder in FOLDERS if (path := Path(folder, f"{name}.py")).is_file())
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "about":
            return str(ast.literal_eval(node.value))
    return ""
