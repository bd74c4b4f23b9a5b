"""Style transfer with a lab's options."""

from __future__ import annotations

from typing import Any

from deepatelier.images import Picture
from deepatelier.labs.options import LabOptions
from deepatelier.synthesis.style_options import StyleOptions
from deepatelier.synthesis.style_transfer import StyleTransfer

__all__ = ["painted"]


def painted(photo: Picture, painting: Picture, options: LabOptions, **changed: Any) -> StyleTransfer:
    """Style transfer as the lab's options say, and what else is changed."""
    return StyleTransfer(photo, painting, StyleOptions.complete({**options.model_dump(), **changed}))
