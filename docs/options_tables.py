"""Writes docs/options.md: every option of every command that makes a picture, from the models that define them.

python docs/options_tables.py
"""

from __future__ import annotations

from pathlib import Path

from deepatelier.interpretation import (
    ActivationOptions,
    CamOptions,
    FilterOptions,
    GradCamOptions,
    OcclusionOptions,
    SaliencyOptions,
)
from deepatelier.labs import LabOptions
from deepatelier.options import PresetOptions
from deepatelier.painter_options import PainterOptions
from deepatelier.synthesis import (
    ContentReconstructionOptions,
    DreamOptions,
    FoolingOptions,
    InversionOptions,
    SheetOptions,
    StyleOptions,
    StyleReconstructionOptions,
    TextureOptions,
    VisualizationOptions,
)
from deepatelier.training import TrainingOptions

MODELS: dict[str, type[PresetOptions]] = {
    "style": StyleOptions,
    "sheet": SheetOptions,
    "train": TrainingOptions,
    "train-painter": PainterOptions,
    "texture": TextureOptions,
    "reconstruct content": ContentReconstructionOptions,
    "reconstruct style": StyleReconstructionOptions,
    "invert": InversionOptions,
    "visualize": VisualizationOptions,
    "dream": DreamOptions,
    "fool": FoolingOptions,
    "lab": LabOptions,
    "look filters": FilterOptions,
    "look activations": ActivationOptions,
    "look occlusion": OcclusionOptions,
    "look cam": CamOptions,
    "look gradcam": GradCamOptions,
    "look saliency": SaliencyOptions,
}
"""The options of each command."""

_HEAD = """# Options

Every option of what is made, with its default: the flags of the command line, the fields of the models in Python, and
what the record of a picture holds, from one definition. What a command does with its files (`-o`, `--json`, …) stands
in its `--help`. `python docs/options_tables.py` writes this page.
"""


def flag(name: str) -> str:
    """The flag of a field."""
    return f"--{name.rstrip('_').replace('_', '-')}"


def written() -> str:
    """The page."""
    parts = [_HEAD]
    for command, model in MODELS.items():
        parts.append(f"## {command}\n\n`{model.__module__}.{model.__name__}`\n\n| option | default | |\n|---|---|---|")
        for name, field in model.model_fields.items():
            words = (field.description or "").replace("|", "\\|")
            parts.append(f"| `{flag(name)}` | {_shown(field.default)} | {words} |")
        parts.append("")
    return "\n".join(parts)


def _shown(value: object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    (Path(__file__).parent / "options.md").write_text(written(), encoding="utf-8")
